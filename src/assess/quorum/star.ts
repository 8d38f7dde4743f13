import type { Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';
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
 * The rule `star`: every voter listens on one port, the others fetch from the leader there, and the leader
 * dials them only to announce itself. So most links come in to the leader, and most go out elsewhere.
 */
export function starStanding(given: Circumstances, rule: { readonly port: string }): Outcome {
  const { folded, majority, size, persistence } = given;
  const links = linksWithPeers(folded, rule.port).filter((link) =>
    isSettledLink(link, persistence),
  );
  const held = links.filter((link) => link.state === 'up' || link.state === 'stalled');
  const received = held.filter((link) => link.direction === 'inbound');
  const dialled = held.filter((link) => link.direction === 'outbound');
  const tried = new Set(links.filter(isAttempt).map(({ peer }) => peer));
  const trying = tried.size > 0;
  if (!isObserver(given.members) && (received.length > dialled.length || size === 1)) {
    // A peer that has to be dialled and does not answer at once is no follower: what comes in from it
    // may be the leftover of a link that its end knows no more.
    const receivedFrom = new Set(received.map(({ peer }) => peer));
    const followers = links.filter(({ peer }) => receivedFrom.has(peer) && !tried.has(peer));
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
  const surplus = surplusByPeer(held);
  const leader = towardsLeader(dialled, surplus, carries);
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

/** A link with the peer that most links go out to, one that carries where there is one. */
function towardsLeader(
  dialled: readonly Link[],
  surplus: ReadonlyMap<Link['peer'], number>,
  carries: (link: Link) => boolean,
): Link | null {
  const carrying = dialled.filter(carries);
  let best: Link | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (const link of carrying.length > 0 ? carrying : dialled) {
    const links = surplus.get(link.peer) ?? 0;
    if (links <= most) continue;
    best = link;
    most = links;
  }
  return best;
}

/** By how many the links that go out to each peer exceed those that come in from it. */
function surplusByPeer(held: readonly Link[]): ReadonlyMap<Link['peer'], number> {
  const surplus = new Map<Link['peer'], number>();
  for (const { peer, direction } of held) {
    surplus.set(peer, (surplus.get(peer) ?? 0) + (direction === 'outbound' ? 1 : -1));
  }
  return surplus;
}
