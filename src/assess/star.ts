import type { Link } from '../model/link.ts';
import type { Circumstances, Outcome } from './circumstances.ts';
import { isSettledLink, isUsable, linksWithPeers } from './peer-links.ts';
import { isObserver } from './required-ports.ts';
import { linkedVoters } from './votes.ts';

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
  if (!isObserver(given.members) && (received.length > dialled.length || size === 1)) {
    const votes = 1 + linkedVoters(given, received, rule.port);
    const inQuorum = majority === null ? null : votes >= majority;
    return { role: 'leader', inQuorum, votes, basis: 'leader', leader: null };
  }
  const leader = towardsLeader(held, (link) => isUsable(link, persistence));
  const trying = links.some((link) => link.state === 'connecting' && link.direction === 'outbound');
  // What is left of an election is no link with a leader: one who has a leader dials nobody else.
  if (leader === null || (trying && surplus(held, leader.peer) <= 0)) {
    return { role: 'looking', inQuorum: false, votes: null, basis: 'none', leader: null };
  }
  return {
    role: 'learner',
    inQuorum: isUsable(leader, persistence),
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
