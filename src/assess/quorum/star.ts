import type { Direction, Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';
import type { StarDials } from '../../model/profile.ts';
import type { Circumstances, Outcome } from './circumstances.ts';
import { groupByPeer, linksWithPeers } from './link-index.ts';
import { byVotes, IN, OUT } from './membership.ts';
import {
  isAttempt,
  isSettledLink,
  isUnanswered,
  isUsable,
  specOf,
  statusOfLinks,
} from './peer-links.ts';
import { isObserver } from './required-ports.ts';
import { judgeVotes } from './unmatched.ts';
import { linkedVoters } from './votes.ts';

const LOOKING: Outcome = { role: 'looking', inQuorum: OUT, basis: 'none' };

/**
 * The rule `star`: every voter listens on one port, and most links are between the leader and the others.
 * Where the followers dial, they fetch from the leader there, which dials them only to announce itself: so
 * most links come in to the leader, and most go out elsewhere. Where the leader dials, it is the reverse.
 */
export function starStanding(
  given: Circumstances,
  rule: { readonly port: string; readonly dials: StarDials },
): Outcome {
  const { folded, majority, size, persistence } = given;
  const links = linksWithPeers(folded, rule.port).filter((link) =>
    isSettledLink(link, persistence),
  );
  const held = withoutLeftovers(
    links.filter((link) => link.state === 'up' || link.state === 'stalled'),
  );
  const leading: Direction = rule.dials === 'followers' ? 'inbound' : 'outbound';
  const withFollowers = held.filter((link) => link.direction === leading);
  const withLeader = held.filter((link) => link.direction !== leading);
  const tried = new Set(links.filter(isAttempt).map(({ peer }) => peer));
  const trying = tried.size > 0;
  if (!isObserver(given.members) && (withFollowers.length > withLeader.length || size === 1)) {
    // A peer that has to be dialled and does not answer at once is no follower: what comes in from it
    // may be the leftover of a link that its end knows no more.
    const following = new Set(withFollowers.map(({ peer }) => peer));
    const followers = links.filter(({ peer }) => following.has(peer) && !tried.has(peer));
    const judged = judgeVotes(given, linkedVoters(given, followers, rule.port), 1);
    // Where a mesh hides whose links come in, those that are dialled are none of them all the same.
    const votes = size === null ? judged.votes : Math.min(judged.votes, size - tried.size);
    const inQuorum = votes === judged.votes ? judged.inQuorum : byVotes(votes, majority);
    // Who leads stops trying the others soon; who looks for a leader never does.
    if (inQuorum.kind === 'out' && trying) return LOOKING;
    return { role: 'leader', basis: 'leader', ...judged, inQuorum, votes };
  }
  const spec = specOf(given.settings.profile, rule.port);
  const byPeer = groupByPeer(links);
  const statusOf = onceFor((withPeer: readonly Link[]) =>
    statusOfLinks(withPeer, spec, folded, persistence),
  );
  const carries = (link: Link): boolean =>
    statusOf(byPeer.get(link.peer) ?? []) === 'linked' && isUsable(link, persistence);
  const surplus = surplusByPeer(withLeader, withFollowers);
  const leader = linkWithLeader(withLeader, surplus, carries);
  // What is left of an election is no link with a leader: one who has a leader dials nobody else.
  if (leader === null || (trying && (surplus.get(leader.peer) ?? 0) <= 0)) {
    return LOOKING;
  }
  // Nor is one in the company of fewer than a majority: those who do not even refuse are not there.
  const unanswered = links.filter((link) => isUnanswered(link, persistence));
  const silent = new Set(unanswered.map(({ peer }) => peer)).size;
  if (size !== null && majority !== null && size - silent < majority) return LOOKING;
  return {
    role: 'learner',
    inQuorum: carries(leader) ? IN : OUT,
    basis: `learner of ${leader.peer ?? 'a hidden leader'}`,
    leader,
  };
}

/**
 * A lost election leaves idle connections with those who were asked for their vote, often more than a follower
 * has with its leader. Where it is known when data last came, they do not count beside links that are in use.
 */
function withoutLeftovers(held: readonly Link[]): readonly Link[] {
  const ages = new Map(held.map((link) => [link, heardMsAgo(link)]));
  const isIdle = (link: Link): boolean => (ages.get(link) ?? 0) > LEFTOVER_MS;
  const inUse = held.some((link) => (ages.get(link) ?? Number.POSITIVE_INFINITY) <= LEFTOVER_MS);
  return inUse ? held.filter((link) => !isIdle(link)) : held;
}

/** `null` where the kernel's word is not known. */
function heardMsAgo({ rows }: Link): number | null {
  const ages = rows.flatMap(({ vitals }) => vitals?.lastHeardMs ?? []);
  return ages.length === 0 ? null : Math.min(...ages);
}

/** A link that carries entries or fetches is heard many times in this time. */
const LEFTOVER_MS = 10_000;

/** A link with the peer that looks most like a leader, one that carries where there is one. */
function linkWithLeader(
  links: readonly Link[],
  surplus: ReadonlyMap<Link['peer'], number>,
  carries: (link: Link) => boolean,
): Link | null {
  const carrying = links.filter(carries);
  let best: Link | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const link of carrying.length > 0 ? carrying : links) {
    const more = surplus.get(link.peer) ?? 0;
    if (more <= most) continue;
    best = link;
    most = more;
  }
  return best;
}

/** By how many the links of each peer that a leader would have exceed those that a follower would. */
function surplusByPeer(
  withLeader: readonly Link[],
  withFollowers: readonly Link[],
): ReadonlyMap<Link['peer'], number> {
  const surplus = new Map<Link['peer'], number>();
  const add = (links: readonly Link[], by: number): void => {
    for (const { peer } of links) surplus.set(peer, (surplus.get(peer) ?? 0) + by);
  };
  add(withLeader, 1);
  add(withFollowers, -1);
  return surplus;
}
