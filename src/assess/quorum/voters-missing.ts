import type { Folded } from '../../model/link.ts';
import { dialsBothWays, type Profile } from '../../model/profile.ts';
import type { PeerReport } from '../../model/report.ts';
import { linksByPeer } from './link-index.ts';
import {
  capturedStatus,
  isAttempt,
  isSettledLink,
  type Persistence,
  specOf,
  statusOfLinks,
} from './peer-links.ts';
import { seesConnections } from './seen.ts';
import { type Standing, votesOf } from './standing.ts';

/** Under which it is carried from scan to scan that voters are missing, whichever they are. */
export const VOTERS_MISSING = 'voters missing';

const TROUBLE: ReadonlySet<PeerReport['status']> = new Set(['stalled', 'connecting']);

/**
 * How many of the other voters have no link with this member, by their number alone. One whose link is
 * in trouble is not missing: the trouble is told by itself.
 */
export function votersMissing(
  standing: Standing,
  folded: Folded,
  profile: Profile,
  persistence: Persistence,
): number {
  const { quorum } = profile;
  const { size } = standing;
  if (quorum.kind === 'gossip') return aloneByNumber(standing, folded, profile, persistence);
  const votes = votesOf(standing);
  if (quorum.kind === 'none' || size === null || votes === null) return 0;
  const spec = specOf(profile, quorum.port);
  if (!seesConnections(folded, spec)) return 0;
  const links = linksByPeer(folded, quorum.port);
  const statuses = [...links].map(([peer, own]) => {
    if (peer === null) return null;
    // The leader of a star does not count a follower that it has to dial.
    const isDialled =
      quorum.kind === 'star' &&
      own.some((link) => isAttempt(link) && isSettledLink(link, persistence));
    return isDialled ? 'connecting' : statusOfLinks(own, spec, folded, persistence);
  });
  const inTrouble = statuses.filter((status) => status !== null && TROUBLE.has(status)).length;
  const byName = statuses.filter((status) => status === 'linked').length;
  // Where each end dials the other, the links that go out show every peer by name.
  const hidden = dialsBothWays(spec) ? 0 : (links.get(null) ?? []).length;
  const uncounted = Math.max(0, hidden - (votes - 1 - byName));
  const stalled = folded.capturedPeers.filter(
    (peer) => capturedStatus(peer, persistence) === 'stalled',
  ).length;
  return Math.max(0, size - votes - inTrouble - Math.min(stalled, uncounted));
}

/** Where there are no votes to count, a member with no link at all still lacks every other one. */
function aloneByNumber(
  { size, role }: Standing,
  folded: Folded,
  profile: Profile,
  persistence: Persistence,
): number {
  const { quorum } = profile;
  if (quorum.kind !== 'gossip' || size === null || role !== 'member') return 0;
  const spec = specOf(profile, quorum.port);
  if (!seesConnections(folded, spec)) return 0;
  const links = [...linksByPeer(folded, quorum.port).values()];
  const isAlone = links.every((own) => statusOfLinks(own, spec, folded, persistence) === 'missing');
  return isAlone ? size - 1 : 0;
}
