import type { ServerMode } from '../../model/evidence.ts';
import type { MemberRole } from '../../model/report.ts';
import { heldForMs } from '../quorum/held.ts';
import { judgeIsolation } from '../quorum/isolation.ts';
import { leaderServes } from '../quorum/members.ts';
import { inQuorumOf } from '../quorum/membership.ts';
import { verifierOf } from '../quorum/verified.ts';
import { rowsText } from '../scene/row-text.ts';
import type { Scene } from '../scene/scene.ts';
import { isolationFinding } from './ensemble.ts';
import type { Diagnosis } from './finding.ts';

/** How long server and sockets may say different things: elections and syncs take their time. */
const DISAGREEMENT_MS = 15_000;

export const SERVER_DISAGREES = 'server disagrees';

/** What only evidence beyond this pod's sockets can show. */
export function askedFindings(scene: Scene): Diagnosis[] {
  const { asked, nowMs } = scene.observation;
  const isolation =
    asked.peers === null
      ? null
      : judgeIsolation(
          asked.peers.answer.history,
          nowMs,
          scene.settings.profile.quorum.kind,
          verifierOf(scene.settings.ensemble),
        );
  return [
    ...serverDisagrees(scene),
    ...(isolation === null
      ? []
      : isolationFinding(isolation, nowMs, scene.settings.profile.advice)),
  ];
}

/** Whether the server's own word differs from what its sockets show; `null` where it said nothing. */
export function serverDisagreement(
  scene: Pick<Scene, 'standing' | 'observation' | 'settings'>,
): string | null {
  const answer = scene.observation.asked.srvr?.answer;
  const { role } = scene.standing;
  const inQuorum = inQuorumOf(scene.standing.inQuorum);
  switch (answer?.kind) {
    case 'serving': {
      const same = fits(answer.mode, role, inQuorum);
      return same || inQuorum === null ? null : `the server reports itself as ${answer.mode}`;
    }
    case 'not-serving':
      if (role === 'leader' && !leaderServes(scene.settings)) return null;
      return inQuorum === true ? 'the server says that it is not serving requests' : null;
    case 'failed':
      return inQuorum === true && answer.reason === 'timeout'
        ? 'the server accepts connections but does not answer'
        : null;
    default:
      return null;
  }
}

function fits(mode: ServerMode, role: MemberRole, inQuorum: boolean | null): boolean {
  switch (mode) {
    case 'follower':
    case 'observer':
      return role === 'learner';
    // `readonlymode.enabled`: what a server without a quorum may still do.
    case 'read-only':
      return inQuorum === false;
    default:
      return mode === role;
  }
}

function serverDisagrees(scene: Scene): Diagnosis[] {
  const said = serverDisagreement(scene);
  const { held, nowMs, persistMs } = scene.persistence;
  const neededMs = persistMs === 0 ? 0 : DISAGREEMENT_MS;
  if (said === null || heldForMs(held, SERVER_DISAGREES, nowMs) < neededMs) return [];
  return [
    {
      code: 'srvr-disagrees',
      certainty: 'confirmed',
      summary: `The sockets show a ${scene.standing.role} that is ${scene.standing.inQuorum.kind === 'in' ? '' : 'not '}in a quorum, but ${said}.`,
      evidence: [`srvr: ${said}`, ...rowsText(scene.folded.links.flatMap((link) => link.rows))],
      cause:
        'The server is still syncing with its leader, is hung, or serves on ports that the probe does not watch.',
      remedy:
        "Check the server's log, latency and outstanding requests: a long sync shows there. If its ports differ, set --ports.",
    },
  ];
}
