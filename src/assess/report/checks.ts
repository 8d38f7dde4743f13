import { NOT_APPLICABLE } from '../../model/check.ts';
import { coversConnections, coversListener } from '../../model/coverage.ts';
import { isPeerPort, type Profile } from '../../model/profile.ts';
import type { Check, Finding } from '../../model/report.ts';
import { type Unseen, unseenText } from '../quorum/membership.ts';
import { mustListen } from '../quorum/required-ports.ts';
import { isListening, seesConnections, unseenBy } from '../quorum/seen.ts';
import type { Scene } from '../scene/scene.ts';
import { check } from './check.ts';
import { portCheck } from './port-check.ts';
import { majorityCheck, quorumLinkCheck } from './quorum-checks.ts';

/** The closed list of checks for a profile: one for each port role, then what they come to. */
export function runChecks(scene: Scene, findings: readonly Finding[]): Check[] {
  const { profile } = scene.settings;
  return [
    ...profile.ports.map((spec) => portCheck(scene, spec)),
    ...quorumChecks(profile).map((name) =>
      name === 'majority' ? majorityCheck(scene, findings) : quorumLinkCheck(scene),
    ),
    peersCheck(scene, findings),
    queuesCheck(scene, findings),
    scanCheck(scene),
  ];
}

/** The checks' names for a profile, in their order. */
export function checkNames(profile: Profile): string[] {
  return [
    ...profile.ports.map((spec) => `${spec.role}-port`),
    ...quorumChecks(profile),
    'peers',
    'queues',
    'scan',
  ];
}

function quorumChecks({ quorum }: Profile): ('quorum-link' | 'majority')[] {
  switch (quorum.kind) {
    case 'none':
      return [];
    case 'gossip':
      return ['quorum-link'];
    default:
      return ['quorum-link', 'majority'];
  }
}

const PEER_TROUBLE: ReadonlySet<string> = new Set([
  'members-unresolved',
  'peer-missing',
  'stalled-link',
  'silent-peer',
  'peer-connecting',
]);

function peersCheck(scene: Scene, findings: readonly Finding[]): Check {
  const trouble = findings.find((finding) => PEER_TROUBLE.has(finding.code));
  if (trouble !== undefined) return check('peers', 'warn', trouble.summary);
  const linked = scene.peers.filter((peer) => peer.status === 'linked').length;
  const { role, inQuorum } = scene.standing;
  if (role === 'looking' && scene.peers.length > 0) {
    return check('peers', 'warn', `${linked} of ${scene.peers.length} are linked for the election`);
  }
  const unseen = peerPortsUnseen(scene);
  if (unseen !== null) return check('peers', 'unknown', unseenText(unseen));
  const needed = scene.peers.filter(({ status }) => status !== 'unknown').length;
  if (role === 'absent' || (needed === 0 && scene.members.length > 0)) {
    return check(
      'peers',
      'pass',
      `${NOT_APPLICABLE}: no link with a peer is required in this state`,
    );
  }
  // Without a quorum that alone is told, and not each peer that is missing from it.
  if (inQuorum.kind === 'out' && linked < needed) {
    return check('peers', 'warn', `${linked} of ${needed} are linked`);
  }
  return scene.members.length === 0
    ? check('peers', 'pass', 'no problem with any peer; members are not configured by name')
    : check('peers', 'pass', 'every peer that this role needs is linked');
}

/** Why links between members may be there that were not read; `null` where all were. */
function peerPortsUnseen({ folded, settings }: Scene): Unseen | null {
  const between = settings.profile.ports.filter(isPeerPort);
  return between.every((spec) => seesConnections(folded, spec)) ? null : unseenBy(folded);
}

function queuesCheck({ observation }: Scene, findings: readonly Finding[]): Check {
  const waiting = findings.find(
    (finding) => finding.code === 'accept-queue-backlog' || finding.code === 'unread-bytes',
  );
  if (waiting === undefined && observation.kernel === 'gvisor') {
    return check(
      'queues',
      'unknown',
      'gVisor reports no queues and no timers: stalled links, unread bytes and waiting connections are not visible',
    );
  }
  return waiting === undefined
    ? check('queues', 'pass', 'no backlog')
    : check('queues', 'warn', waiting.summary);
}

function scanCheck(scene: Scene): Check {
  const { table } = scene;
  const malformed = Object.values(table.malformed).reduce((sum, rows) => sum + rows, 0);
  if (table.coverage.kind === 'truncated') {
    return check('scan', 'warn', 'more rows than the cap: peers may be missing (--scan-row-cap)');
  }
  if (scene.observation.scan.truncated) {
    return check('scan', 'warn', 'netstat may have cut long addresses short: use netstat -W');
  }
  if (malformed > 0) {
    const rows = table.rowsRead + malformed;
    return check('scan', 'warn', `${malformed} of ${rows} rows could not be read`);
  }
  return showsPart(scene)
    ? check('scan', 'warn', 'the listing shows only a part of the sockets: rows may be missing')
    : check('scan', 'pass', `${table.rowsRead} rows read`);
}

/** Whether rows of the profile's ports may be missing from a listing. */
function showsPart({ table: { coverage }, settings }: Scene): boolean {
  if (coverage.kind !== 'listing') return false;
  const ports = settings.profile.ports.flatMap((spec) => spec.ports);
  return !ports.every(
    (port) => coversListener(coverage, port) && coversConnections(coverage, port),
  );
}

/** Whether every port that a serving member listens on is open, those for elections included. */
export function requiredPortsListen({
  settings,
  folded,
  members,
}: Pick<Scene, 'settings' | 'folded' | 'members'>): boolean {
  return settings.profile.ports
    .filter((spec) => mustListen(spec, members))
    .every((spec) => isListening(folded, spec.role));
}
