import type { Folded } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { PeerReport } from '../model/report.ts';
import {
  capturedStatus,
  isAttempt,
  isSettledLink,
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
  const statuses = [...named].map((address) => {
    const own = links.filter(({ peer }) => peer === address);
    // The leader of a star does not count a follower that it has to dial.
    const isDialled =
      quorum.kind === 'star' &&
      own.some((link) => isAttempt(link) && isSettledLink(link, persistence));
    return isDialled ? 'connecting' : statusOfLinks(own, spec, folded, persistence);
  });
  const inTrouble = statuses.filter((status) => TROUBLE.has(status)).length;
  const byName = statuses.filter((status) => status === 'linked').length;
  // Where each end dials the other, the links that go out show every peer by name.
  const hidden =
    spec.links === 'mesh-both-ways' ? 0 : links.filter(({ peer }) => peer === null).length;
  const uncounted = Math.max(0, hidden - (votes - 1 - byName));
  const stalled = folded.capturedPeers.filter(
    (peer) => capturedStatus(peer, persistence) === 'stalled',
  ).length;
  return Math.max(0, size - votes - inTrouble - Math.min(stalled, uncounted));
}
