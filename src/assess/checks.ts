import type { Link } from '../model/link.ts';
import type { PortSpec, Profile } from '../model/profile.ts';
import type { Check, CheckStatus, Finding } from '../model/report.ts';
import { unseenText } from './membership.ts';
import { isListening, mustListen } from './required-ports.ts';
import { portsOf, type Scene } from './scene.ts';
import { type Standing, votesOf } from './standing.ts';

/** The closed list of checks for a profile: one for each port role, then what they come to. */
export function runChecks(scene: Scene, findings: readonly Finding[]): Check[] {
  const { profile } = scene.settings;
  return [
    ...profile.ports.map((spec) => portCheck(scene, spec)),
    ...quorumChecks(profile).map((name) =>
      name === 'majority' ? majorityCheck(scene, findings) : quorumLinkCheck(scene),
    ),
    peersCheck(scene, findings),
    queuesCheck(findings),
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

/** "1 other voter linked", "2 other voters linked". */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'} linked`;
}

function check(name: string, status: CheckStatus, reason: string): Check {
  return { name, status, reason };
}

function portCheck(scene: Scene, spec: PortSpec): Check {
  const name = `${spec.role}-port`;
  const ports = portsOf(scene, spec.role);
  const listener = scene.folded.listeners.find((candidate) => candidate.role === spec.role);
  if (listener !== undefined) {
    const shut = listener.reach === 'loopback' && scene.folded.mesh.inbound !== 'loopback';
    return shut && spec.links !== 'clients'
      ? check(name, 'fail', `port ${listener.port} listens on loopback only`)
      : check(name, 'pass', `port ${listener.port} listens (${listener.reach})`);
  }
  if (spec.listens === 'optional') return check(name, 'pass', `port ${ports} is optional`);
  if (spec.listens === 'leader') {
    return check(name, 'pass', `port ${ports} is closed; only the leader listens`);
  }
  if (!mustListen(spec, scene.members)) {
    return check(name, 'pass', `port ${ports} is closed; only voters listen`);
  }
  const electionOfOne = spec.links !== 'clients' && scene.standing.size === 1;
  if (electionOfOne) return check(name, 'pass', 'an ensemble of one needs no peer port');
  return check(name, 'fail', `nothing listens on port ${ports}`);
}

function quorumLinkCheck(scene: Scene): Check {
  const name = 'quorum-link';
  const { standing } = scene;
  if (scene.settings.profile.quorum.kind === 'gossip' && standing.role === 'member') {
    return gossipCheck(scene, name);
  }
  switch (standing.role) {
    case 'leader':
    case 'member':
      return votesCheck(name, standing.votes ?? 0, standing);
    case 'learner':
      return learnerCheck(standing.leader, name);
    case 'standalone':
      return check(name, 'pass', 'an ensemble of one needs no link');
    case 'unknown':
      return check(name, 'unknown', 'the role is not known');
    default:
      return check(name, 'fail', `no link to a leader (${standing.role})`);
  }
}

function votesCheck(name: string, votes: number, { majority, linked }: Standing): Check {
  const others = Math.max(0, votes - 1);
  if (majority === null) {
    switch (linked.kind) {
      case 'in':
        return check(name, 'pass', counted(others, 'other voter'));
      case 'out':
        return check(name, 'fail', `${counted(others, 'other voter')}, with too little weight`);
      case 'unknown':
        return check(
          name,
          'unknown',
          linked.unseen === 'ensemble-size'
            ? `${others} voters linked, ensemble size not known`
            : unseenText(linked.unseen),
        );
    }
  }
  return votes >= majority
    ? check(name, 'pass', counted(others, 'other voter'))
    : check(name, 'fail', `${votes} of ${majority} needed voters, this one included`);
}

function gossipCheck({ standing, peers }: Scene, name: string): Check {
  const linked = peers.filter((peer) => peer.status === 'linked').length;
  if (standing.linked.kind !== 'in') return check(name, 'fail', 'no other member answers');
  return linked === 0 && peers.length > 0
    ? check(name, 'pass', 'linked with no other member so far')
    : check(name, 'pass', counted(linked, 'other member'));
}

function learnerCheck(link: Link, name: string): Check {
  const to = `link to ${link.peer ?? 'the leader'}:${link.port}`;
  if (link.state !== 'up' && link.stall !== 'zero-window') {
    return check(name, 'fail', `${to} is ${link.state}`);
  }
  return link.path === 'unattributed'
    ? check(name, 'warn', `${to} is up as far as the local proxy; what lies beyond is not seen`)
    : check(name, 'pass', `${to} is ${link.state}`);
}

function majorityCheck(scene: Scene, findings: readonly Finding[]): Check {
  const name = 'majority';
  const isolated = findings.find(({ code }) => code === 'isolated');
  if (isolated !== undefined) return check(name, 'fail', isolated.summary);
  const { role, linked, majority, size } = scene.standing;
  const votes = votesOf(scene.standing);
  if (role === 'learner' && linked.kind === 'in') {
    return check(name, 'pass', 'the leader that this member follows vouches for it');
  }
  if (linked.kind === 'unknown') return check(name, 'unknown', unseenText(linked.unseen));
  if (size !== null && votes !== null && votes > size) {
    return check(
      name,
      'warn',
      `${votes} voters are linked, and only ${size} are configured: look at --members, --replicas, --ensemble-size or --observers`,
    );
  }
  if (votes === null || majority === null) {
    return linked.kind === 'in'
      ? check(name, 'pass', 'in quorum')
      : check(name, 'fail', `not linked with a majority (${role})`);
  }
  return votes >= majority
    ? check(name, 'pass', `${votes} of ${size ?? votes} voters, ${majority} needed`)
    : check(name, 'fail', `${votes} of ${size ?? '?'} voters, ${majority} needed`);
}

const PEER_TROUBLE: ReadonlySet<string> = new Set([
  'members-unresolved',
  'peer-missing',
  'stalled-link',
  'peer-connecting',
]);

function peersCheck(scene: Scene, findings: readonly Finding[]): Check {
  const trouble = findings.find((finding) => PEER_TROUBLE.has(finding.code));
  if (trouble !== undefined) return check('peers', 'warn', trouble.summary);
  const linked = scene.peers.filter((peer) => peer.status === 'linked').length;
  const { role, inQuorum } = scene.standing;
  if (role === 'looking' && scene.peers.length > 0) {
    return check('peers', 'warn', `${linked} of ${scene.peers.length} are linked for an election`);
  }
  const needed = scene.peers.filter(({ status }) => status !== 'unknown').length;
  if (role === 'absent' || (needed === 0 && scene.members.length > 0)) {
    return check('peers', 'pass', 'no link with a peer is needed now');
  }
  // Without a quorum that alone is told, and not each peer that is missing from it.
  if (inQuorum.kind === 'out' && linked < needed) {
    return check('peers', 'warn', `${linked} of ${needed} are linked`);
  }
  return scene.members.length === 0
    ? check('peers', 'pass', 'no peer is in trouble; members are not configured by name')
    : check('peers', 'pass', 'every peer that this role needs is linked');
}

function queuesCheck(findings: readonly Finding[]): Check {
  const waiting = findings.find(
    (finding) => finding.code === 'accept-queue-backlog' || finding.code === 'unread-bytes',
  );
  return waiting === undefined
    ? check('queues', 'pass', 'connections are accepted and bytes are read')
    : check('queues', 'warn', waiting.summary);
}

function scanCheck(scene: Scene): Check {
  const { table } = scene;
  const malformed = Object.values(table.malformed).reduce((sum, rows) => sum + rows, 0);
  if (table.coverage.kind === 'truncated') {
    return check('scan', 'warn', 'more rows than the cap: peers may be missing (--scan-row-cap)');
  }
  if (scene.observation.scan.truncated) {
    return check(
      'scan',
      'warn',
      'netstat may have cut long addresses short: print with netstat -W',
    );
  }
  return malformed > 0
    ? check('scan', 'warn', `${malformed} of ${table.rowsRead + malformed} rows could not be read`)
    : check('scan', 'pass', `${table.rowsRead} rows read`);
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
