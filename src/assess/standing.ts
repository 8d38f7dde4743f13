import type { Folded } from '../model/link.ts';
import type { PortSpec, Voters } from '../model/profile.ts';
import type { JudgeSettings } from '../model/settings.ts';
import type { Circumstances, Outcome } from './circumstances.ts';
import { linksWithPeers } from './link-index.ts';
import { type Member, voterCount } from './members.ts';
import { isAttempt, isSettledLink, isUsable, type Persistence } from './peer-links.ts';
import { isListening, isObserver, mustListen, servingPorts } from './required-ports.ts';
import { starStanding } from './star.ts';
import { linkedPeers, linkedVoters, movingVotes } from './votes.ts';

/** Where this member stands. */
export interface Standing extends Outcome {
  /** Membership by the links alone: a closed port or a cut network may yet take it away. */
  readonly linked: boolean | null;
  /** Voters of the ensemble; `null` where their number is not known. */
  readonly size: number | null;
  /** How many voters make a majority; `null` where that is not known, and for systems without one. */
  readonly majority: number | null;
}

const NOTHING = { votes: null, basis: 'none', leader: null } as const;
const ABSENT: Outcome = { role: 'absent', inQuorum: false, ...NOTHING };

/** Role and membership in the quorum by the profile's quorum rule. */
export function standing(
  folded: Folded,
  settings: JudgeSettings,
  members: readonly Member[],
  persistence: Persistence,
): Standing {
  const size = voterCount(settings.ensemble);
  const majority = majorityOf(settings);
  const outcome = outcomeOf({ folded, settings, members, size, majority, persistence });
  const open = servingPorts(settings.profile, members).every(
    (spec) =>
      isListening(folded, spec.role) && (size === 1 || size === null || isReachable(folded, spec)),
  );
  const inQuorum = open ? outcome.inQuorum : false;
  return { ...outcome, inQuorum, linked: outcome.inQuorum, size, majority };
}

/** Whether peers can reach a port between members: not where it listens on loopback, unless a mesh delivers there. */
function isReachable({ listeners, mesh }: Folded, { role, links }: PortSpec): boolean {
  return (
    links === 'clients' ||
    mesh.inbound === 'loopback' ||
    listeners.some((listener) => listener.role === role && listener.reach !== 'loopback')
  );
}

/** Voters that make a majority; `null` where their number is not known, and for systems without one. */
export function majorityOf({ profile, ensemble }: JudgeSettings): number | null {
  const { kind } = profile.quorum;
  const size = voterCount(ensemble);
  return size === null || kind === 'none' || kind === 'gossip' ? null : Math.floor(size / 2) + 1;
}

function outcomeOf(given: Circumstances): Outcome {
  const rule = given.settings.profile.quorum;
  if (rule.kind !== 'hub' && !anyRequiredListens(given)) return ABSENT;
  switch (rule.kind) {
    case 'hub':
      return hubStanding(given, rule);
    case 'star':
      return starStanding(given, rule);
    case 'mesh':
      return meshStanding(given, rule);
    case 'gossip':
      return gossipStanding(given, rule);
    case 'none':
      return { role: 'member', inQuorum: true, votes: null, basis: 'member', leader: null };
  }
}

/**
 * ZooKeeper's way: the leader alone listens on the quorum port and learners dial it, while everybody
 * listens on the election port and, in every state, on the client port.
 */
function hubStanding(
  given: Circumstances,
  rule: { readonly port: string; readonly election: string },
): Outcome {
  const { folded, size, majority, persistence } = given;
  const electing = isListening(folded, rule.election);
  if (isListening(folded, rule.port)) {
    const votes = 1 + linkedVoters(given, linksWithPeers(folded, rule.port), rule.port);
    const inQuorum = majority === null ? null : votes >= majority;
    return { role: 'leader', inQuorum, votes, basis: 'leader', leader: null };
  }
  const dialled = linksWithPeers(folded, rule.port).filter((link) => link.direction === 'outbound');
  const usable = dialled.find((link) => isUsable(link, persistence));
  const held = usable ?? dialled.find((link) => isSettledLink(link, persistence));
  if (held !== undefined) {
    const inQuorum = usable !== undefined;
    return { role: 'learner', inQuorum, votes: null, basis: `learner ${held.key}`, leader: held };
  }
  if (electing) return { role: 'looking', inQuorum: false, ...NOTHING };
  if (folded.listeners.length === 0) return ABSENT;
  if (size === 1) {
    return { role: 'standalone', inQuorum: true, votes: 1, basis: 'standalone', leader: null };
  }
  return { role: 'unknown', inQuorum: size === null ? null : false, ...NOTHING };
}

/** Every voter is linked with every other, and a majority of them is what counts. */
function meshStanding(
  given: Circumstances,
  rule: { readonly port: string; readonly voters: Voters },
): Outcome {
  const links = linksWithPeers(given.folded, rule.port);
  const configured = (isObserver(given.members) ? 0 : 1) + linkedVoters(given, links, rule.port);
  const votes =
    rule.voters === 'moving' ? movingVotes(given, links, rule.port, configured) : configured;
  const inQuorum = given.majority === null ? null : votes >= given.majority;
  return { role: 'member', inQuorum, votes, basis: 'member', leader: null };
}

/**
 * Without a majority a member belongs to the cluster unless it holds or tries links and none of them
 * carries. One that has no link at all is alone: the first to start, or the last to run. So is one that
 * has never had a link that carried, whomever it tries: the first to start knows dead addresses of others.
 */
function gossipStanding(given: Circumstances, rule: { readonly port: string }): Outcome {
  const { folded, persistence } = given;
  // An attempt is this server's own, and may end before a second reading: its second segment tells.
  const links = linksWithPeers(folded, rule.port).filter(
    (link) =>
      (isAttempt(link) && link.rows.some(({ retransmits }) => retransmits > 0)) ||
      (link.state !== 'closing' && isSettledLink(link, persistence)),
  );
  const inQuorum =
    links.length === 0 || !persistence.everLinked || linkedPeers(given, links, rule.port) > 0;
  return { role: 'member', inQuorum, votes: null, basis: 'member', leader: null };
}

function anyRequiredListens({ folded, settings, members }: Circumstances): boolean {
  const required = settings.profile.ports.filter((spec) => mustListen(spec, members));
  // Where nothing must be open, whatever is open shows that the server runs.
  return required.length === 0
    ? folded.listeners.length > 0
    : required.some(({ role }) => isListening(folded, role));
}
