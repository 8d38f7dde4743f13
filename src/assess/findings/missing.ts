import { dialsBothWays } from '../../model/profile.ts';
import { heldForMs } from '../quorum/held.ts';
import { linksWithPeers } from '../quorum/link-index.ts';
import { observerCount } from '../quorum/members.ts';
import { isAttempt, peerNotLinked } from '../quorum/peer-links.ts';
import type { PeerStanding } from '../quorum/peers.ts';
import { VOTERS_MISSING, votersMissing } from '../quorum/voters-missing.ts';
import { listed } from '../scene/row-text.ts';
import { certaintyOfAbsence, linkEvidence, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';
import { lostNames } from './names.ts';

/**
 * Only a peer that this role needs: a learner needs its leader alone. One that has been dialled in vain
 * for long is missing too, whether or not an attempt is under way just now; in a single scan, only if none is.
 */
export function missingFindings(scene: Scene): Diagnosis[] {
  const { role, inQuorum } = scene.standing;
  if ((role !== 'leader' && role !== 'member') || inQuorum.kind === 'out') return [];
  return scene.members.length > 0 ? missingPeers(scene) : missingByNumber(scene);
}

function missingPeers(scene: Scene): Diagnosis[] {
  const attempts = new Set(scene.folded.links.filter(isAttempt).map(({ peer }) => peer));
  // Names that nobody ever had are told by themselves.
  const lost = new Set(lostNames(scene).map(({ name }) => name));
  const missing = scene.peers.filter(({ name, addresses, status }) => {
    if (lost.has(name)) return false;
    if (status !== 'missing' && status !== 'connecting') return false;
    return scene.persistence.persistMs > 0
      ? hasLasted(scene, peerNotLinked(name))
      : !addresses.some((address) => attempts.has(address));
  });
  if (missing.length === 0) return [];
  const names = missing.map(({ name, addresses }) =>
    addresses.length === 0 || addresses.includes(name) ? name : `${name} (${addresses.join(', ')})`,
  );
  const one = missing.length === 1;
  return [
    {
      code: 'peer-missing',
      certainty: certaintyOfAbsence(scene),
      summary: `${listed(names)} ${one ? 'is' : 'are'} not linked with this member.`,
      evidence: linkEvidence(scene),
      cause: `${one ? 'That member is' : 'Those members are'} down, still starting, or cut off from this one.${leftovers(scene, missing)}`,
      remedy: `Check ${one ? 'its pod' : 'their pods'} first (kubectl get pod, kubectl logs). If ${one ? 'it runs' : 'they run'}, check ${one ? 'its own probe' : 'their own probes'} and the network policies between them and this pod.`,
    },
  ];
}

/** What is said of links that still come in from missing peers, where each end dials the other. */
function leftovers(scene: Scene, missing: readonly PeerStanding[]): string {
  const bothWays = scene.settings.profile.ports
    .filter(dialsBothWays)
    .flatMap(({ role }) => linksWithPeers(scene.folded, role));
  const heardFrom = new Set(
    bothWays
      .filter(({ direction, state }) => direction === 'inbound' && state === 'up')
      .map(({ peer }) => peer),
  );
  const from = missing.filter(({ addresses }) =>
    addresses.some((address) => heardFrom.has(address)),
  );
  if (from.length === 0) return '';
  const names = listed(from.map(({ name }) => name));
  return ` An inbound link from ${names} may be left over from a connection that the other end closed long ago.`;
}

/** Where only the size of the ensemble is known, that one is missing shows, but not which. */
function missingByNumber(scene: Scene): Diagnosis[] {
  const { standing, folded, settings, persistence } = scene;
  const missing = votersMissing(standing, folded, settings.profile, persistence);
  if (missing === 0 || !hasLasted(scene, VOTERS_MISSING)) return [];
  // By numbers alone an observer that is gone looks like a voter.
  const all = missing === (standing.size ?? 0) - 1;
  const others =
    observerCount(settings.ensemble) > 0 || settings.profile.quorum.kind === 'gossip'
      ? 'other members'
      : `${(standing.size ?? 1) - 1} other voters`;
  return [
    {
      code: 'peer-missing',
      certainty: certaintyOfAbsence(scene),
      summary: `${missing} of the ${others} ${missing === 1 ? 'is' : 'are'} not linked with this member.`,
      evidence: linkEvidence(scene),
      cause: all
        ? 'This member runs alone: the others are down or still starting, it and they are not configured with each other, or it is cut off from all of them.'
        : 'A member is down, still starting, or cut off from this one; which one is not known, because the probe is configured with only the number of members.',
      remedy:
        'Look for a pod of the StatefulSet that is missing or whose own probe is not ready (kubectl get pod). With --members, or --service and --replicas, the probe names it.',
    },
  ];
}

function hasLasted({ persistence }: Scene, condition: string): boolean {
  const { held, nowMs, persistMs } = persistence;
  return persistMs === 0 || heldForMs(held, condition, nowMs) >= persistMs;
}
