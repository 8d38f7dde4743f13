import type { Folded, ServerOwner } from '../../model/link.ts';
import { isPeerPort, type PortSpec, type Voters } from '../../model/profile.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { asFarAsSeen } from './as-far-as-seen.ts';
import type { Circumstances, Outcome } from './circumstances.ts';
import { linksWithPeers } from './link-index.ts';
import { type Member, voterCount } from './members.ts';
import { byVotes, IN, type Membership, OUT, unknownFor } from './membership.ts';
import { isAttempt, isSettledLink, isUsable, type Persistence } from './peer-links.ts';
import { isObserver, mustListen, servingPorts } from './required-ports.ts';
import { isListening, type Listening, listeningOf } from './seen.ts';
import { starStanding } from './star.ts';
import { judgeVotes } from './unmatched.ts';
import { verifiedMembership, verifierOf } from './verified.ts';
import { linkedPeers, linkedVoters, movingVotes } from './votes.ts';

/** Where this member stands. */
export type Standing = Outcome & {
  /** Membership by the links alone: a closed port or a cut network may yet take it away. */
  readonly linked: Membership;
  /** Whether the ports without which it does not serve are open. */
  readonly serving: Listening;
  /** Voters of the ensemble; `null` where their number is not known. */
  readonly size: number | null;
  /** How many voters make a majority; `null` where that is not known, and for systems without one. */
  readonly majority: number | null;
};

/** Voters together with this member, itself included; `null` where this role does not know. */
export function votesOf(standing: Outcome): number | null {
  return standing.role === 'leader' || standing.role === 'member' ? standing.votes : null;
}

const NO_BASIS = 'none';
const ABSENT: Outcome = { role: 'absent', inQuorum: OUT, basis: NO_BASIS };

/** Role and membership in the quorum by the profile's quorum rule. */
export function standing(
  folded: Folded,
  settings: JudgeSettings,
  members: readonly Member[],
  persistence: Persistence,
  known: Pick<Circumstances, 'unmatchedBefore' | 'placedBefore' | 'saysItLeads'>,
): Standing {
  const size = voterCount(settings.ensemble);
  const majority = majorityOf(settings);
  const given = { folded, settings, members, size, majority, persistence, ...known };
  const outcome = asFarAsSeen(given, outcomeOf(given));
  const serving = servingOf(given);
  const open = serving !== 'closed';
  const isKnown = !open || isOwned(folded.owner) || outcome.inQuorum.kind === 'out';
  const linked = isKnown ? outcome.inQuorum : unknownFor('owner');
  const inQuorum = open ? linked : OUT;
  return { ...outcome, inQuorum, linked, serving, size, majority };
}

/** Whether every port without which this member does not serve is open, and within reach of its peers. */
function servingOf({ folded, settings, members, size }: Circumstances): Listening {
  const alone = size === 1 || size === null;
  const ports = servingPorts(settings.profile, members);
  const listening = ports.map((spec) => {
    const own = listeningOf(folded, spec);
    return own === 'open' && !alone && !isReachable(folded, spec) ? 'closed' : own;
  });
  if (listening.includes('closed')) return 'closed';
  return listening.includes('not-seen') ? 'not-seen' : 'open';
}

/** Whether the connections may be taken for the server's own. */
function isOwned(owner: ServerOwner): boolean {
  return owner.kind !== 'unproven' || owner.trusted;
}

/** Whether peers can reach a port between members: not where it listens on loopback, unless a mesh delivers there. */
function isReachable({ listeners, provenRoles, mesh }: Folded, spec: PortSpec): boolean {
  return (
    !isPeerPort(spec) ||
    mesh.inbound === 'loopback' ||
    provenRoles.has(spec.role) ||
    listeners.some((listener) => listener.role === spec.role && listener.reach !== 'loopback')
  );
}

/** Voters that make a majority; `null` where their number is not known or does not count, and for systems without one. */
export function majorityOf({ profile, ensemble }: JudgeSettings): number | null {
  const { kind } = profile.quorum;
  const size = voterCount(ensemble);
  if (size === null || kind === 'none' || kind === 'gossip') return null;
  // Where votes have weights or an oracle speaks, no number of voters is a majority.
  return kind === 'hub' && verifierOf(ensemble) !== null ? null : Math.floor(size / 2) + 1;
}

function outcomeOf(given: Circumstances): Outcome {
  const rule = given.settings.profile.quorum;
  if (rule.kind !== 'hub' && !anyRequiredListens(given)) return ABSENT;
  switch (rule.kind) {
    case 'hub':
      return hubStanding(given, rule);
    case 'star':
      return starStanding(given, rule);
    case 'pairwise':
      return pairwiseStanding(given, rule);
    case 'gossip':
      return gossipStanding(given, rule);
    case 'none':
      return { role: 'member', inQuorum: IN, votes: null, unmatched: 0, basis: 'member' };
  }
}

/**
 * The rule `hub`: the leader alone listens on the quorum port and learners dial it, while everybody
 * listens on the election port and, in every state, on the client port.
 */
function hubStanding(
  given: Circumstances,
  rule: { readonly port: string; readonly election: string },
): Outcome {
  const { folded, size, persistence } = given;
  const electing = isListening(folded, rule.election);
  if (isListening(folded, rule.port)) {
    const linked = linkedVoters(given, linksWithPeers(folded, rule.port), rule.port);
    const judged = judgeVotes(given, linked, 1);
    const verifier = verifierOf(given.settings.ensemble);
    const verified =
      verifier === null
        ? {}
        : { inQuorum: verifiedMembership(given, verifier, judged.votes, rule.port) };
    return { role: 'leader', basis: 'leader', ...judged, ...verified };
  }
  const dialled = linksWithPeers(folded, rule.port).filter((link) => link.direction === 'outbound');
  const usable = dialled.find((link) => isUsable(link, persistence));
  const held = usable ?? dialled.find((link) => isSettledLink(link, persistence));
  if (held !== undefined) {
    const inQuorum = usable === undefined ? OUT : IN;
    return { role: 'learner', inQuorum, basis: `learner ${held.key}`, leader: held };
  }
  if (electing) return { role: 'looking', inQuorum: OUT, basis: NO_BASIS };
  if (folded.listeners.length === 0) return ABSENT;
  if (size === 1) {
    return { role: 'standalone', inQuorum: IN, basis: 'standalone' };
  }
  const inQuorum = size === null ? unknownFor('ensemble-size') : OUT;
  return { role: 'unknown', inQuorum, basis: NO_BASIS };
}

/** Every voter is linked with every other, and a majority of them is what counts. */
function pairwiseStanding(
  given: Circumstances,
  rule: { readonly port: string; readonly voters: Voters },
): Outcome {
  const links = linksWithPeers(given.folded, rule.port);
  const linked = linkedVoters(given, links, rule.port);
  const judged = judgeVotes(given, linked, isObserver(given.members) ? 0 : 1);
  if (rule.voters === 'fixed') return { role: 'member', basis: 'member', ...judged };
  const votes = movingVotes(given, links, rule.port, judged.votes);
  const inQuorum = votes === judged.votes ? judged.inQuorum : byVotes(votes, given.majority);
  return { role: 'member', basis: 'member', ...judged, votes, inQuorum };
}

/**
 * Without a majority a member belongs to the cluster unless it holds or tries links and none of them
 * carries. One that has no link at all is alone: the first to start, or the last to run. So is one that
 * has never had a link that carried, whomever it tries: the first to start knows dead addresses of others.
 */
function gossipStanding(given: Circumstances, rule: { readonly port: string }): Outcome {
  const { folded, persistence } = given;
  // A listing may have no timers: that this server tries another is then shown by the state alone.
  const isListed = folded.coverage.kind === 'listing';
  // An attempt is this server's own, and may end before a second reading: its second segment tells.
  const links = linksWithPeers(folded, rule.port).filter(
    (link) =>
      (isAttempt(link) && link.rows.some(({ retransmits }) => retransmits > 0)) ||
      (isListed && link.direction === 'outbound' && link.state !== 'up') ||
      (link.state !== 'closing' && isSettledLink(link, persistence)),
  );
  const belongs =
    links.length === 0 || !persistence.everLinked || linkedPeers(given, links, rule.port) > 0;
  return {
    role: 'member',
    inQuorum: belongs ? IN : OUT,
    votes: null,
    unmatched: 0,
    basis: 'member',
  };
}

function anyRequiredListens({ folded, settings, members }: Circumstances): boolean {
  const required = settings.profile.ports.filter((spec) => mustListen(spec, members));
  // Where nothing must be open, whatever is open shows that the server runs.
  return required.length === 0
    ? folded.listeners.length > 0
    : required.some(({ role }) => isListening(folded, role));
}
