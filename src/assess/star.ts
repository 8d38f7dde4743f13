import type { Link } from '../model/link.ts';
import type { Circumstances, Outcome } from './circumstances.ts';
import {
  isAttempt,
  isSettledLink,
  isUnanswered,
  isUsable,
  linksWithPeers,
  specOf,
  statusOfLinks,
} from './peer-links.ts';
import { isObserver } from './required-ports.ts';
import { linkedVoters } from './votes.ts';

const LOOKING: Outcome = {
  role: 'looking',
  inQuorum: false,
  votes: null,
  basis: 'none',
  leader: null,
};

/**
 * Kafka's way: every voter listens on one port, the others fetch from the leader there, and the leader
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
  const tried = links.filter(isAttempt).map(({ peer }) => peer);
  const trying = tried.length > 0;
  if (!isObserver(given.members) && (received.length > dialled.length || size === 1)) {
    // A peer that has to be dialled and does not answer at once is no follower: what comes in from it
    // may be the leftover of a link that its end knows no more.
    const followers = links.filter(
      (link) => received.some(({ peer }) => peer === link.peer) && !tried.includes(link.peer),
    );
    const counted = 1 + linkedVoters(given, followers, rule.port);
    // Where a mesh hides whose links come in, those that are dialled are none of them all the same.
    const votes = size === null ? counted : Math.min(counted, size - new Set(tried).size);
    const inQuorum = majority === null ? null : votes >= majority;
    // Who leads stops trying the others soon; who looks for a leader never does.
    if (inQuorum === false && trying) return LOOKING;
    return { role: 'leader', inQuorum, votes, basis: 'leader', leader: null };
  }
  const spec = specOf(given.settings.profile, rule.port);
  const carries = (link: Link): boolean => {
    const withPeer = links.filter(({ peer }) => peer === link.peer);
    const status = statusOfLinks(withPeer, spec, folded, persistence);
    return status === 'linked' && isUsable(link, persistence);
  };
  const leader = towardsLeader(held, carries);
  // What is left of an election is no link with a leader: one who has a leader dials nobody else.
  if (leader === null || (trying && surplus(held, leader.peer) <= 0)) {
    return LOOKING;
  }
  // Nor is one in the company of fewer than a majority: those who do not even refuse are not there.
  const unanswered = links.filter((link) => isUnanswered(link, persistence));
  const silent = new Set(unanswered.map(({ peer }) => peer)).size;
  if (size !== null && majority !== null && size - silent < majority) return LOOKING;
  return {
    role: 'learner',
    inQuorum: carries(leader),
    votes: null,
    basis: `learner of ${leader.peer ?? 'a hidden leader'}`,
    leader,
  };
}

/** A link with the peer that most links go out to, one that carries where there is one. */
function towardsLeader(held: readonly Link[], carries: (link: Link) => boolean): Link | null {
  const [best] = held
    .filter((link) => link.direction === 'outbound')
    .sort(
      (a, b) =>
        Number(carries(b)) - Number(carries(a)) || surplus(held, b.peer) - surplus(held, a.peer),
    );
  return best ?? null;
}

/** By how many the links that go out to a peer exceed those that come in from it. */
function surplus(held: readonly Link[], peer: Link['peer']): number {
  return held
    .filter((link) => link.peer === peer)
    .reduce((sum, { direction }) => sum + (direction === 'outbound' ? 1 : -1), 0);
}
