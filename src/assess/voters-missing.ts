import type { Folded } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { PeerReport } from '../model/report.ts';
import {
  capturedStatus,
  linksWithPeers,
  type Persistence,
  specOf,
  statusOfLinks,
} from './peer-links.ts';
import type { Standing } from './standing.ts';

/** Under which it is carried from look to look that voters are missing, whichever they are. */
export const VOTERS_MISSING = 'voters missing';

const TROUBLE: ReadonlySet<PeerReport['status']> = new Set(['stalled', 'connecting']);

/**
 * How many of the other voters have no link with this member, by their number alone. One whose link is
 * in trouble is not missing: the trouble is told by itself.
 */
export function votersMissing(
  { role, size, votes }: Standing,
  folded: Folded,
  profile: Profile,
  persistence: Persistence,
): number {
  const { quorum } = profile;
  if ((role !== 'leader' && role !== 'member') || quorum.kind === 'none') return 0;
  if (size === null || votes === null) return 0;
  const spec = specOf(profile, quorum.port);
  const links = linksWithPeers(folded, quorum.port);
  const named = new Set(links.flatMap(({ peer }) => (peer === null ? [] : [peer])));
  const inTrouble = [...named].filter((address) => {
    const own = links.filter(({ peer }) => peer === address);
    // The leader of a star does not count a follower that it has to dial.
    const isDialled = quorum.kind === 'star' && own.some(({ state }) => state === 'connecting');
    return isDialled || TROUBLE.has(statusOfLinks(own, spec, folded, persistence));
  });
  const behindProxy = links.some(({ peer }) => peer === null)
    ? folded.capturedPeers.filter((peer) => TROUBLE.has(capturedStatus(peer, persistence)))
    : [];
  return Math.max(0, size - votes - inTrouble.length - behindProxy.length);
}
