import type { Folded } from '../model/link.ts';
import type { JudgeSettings } from '../model/settings.ts';
import { type HeldConditions, heldForMs } from './held.ts';
import { linksWithPeers, portBacklog, UNREAD_AT_ONE_LOOK_BYTES } from './peer-links.ts';

/**
 * Whether this server's own process seems to stand still: connections wait to be accepted for as long as
 * a queue may last. One look knows no duration: there, bytes of every peer must lie unread as well, and
 * only where each link carries little and often, as in a mesh, since a busy leader's followers always
 * have some unread.
 */
export function hangs(
  folded: Folded,
  { profile, persistMs }: Pick<JudgeSettings, 'profile' | 'persistMs'>,
  held: HeldConditions,
  nowMs: number,
): boolean {
  const backlogged = folded.listeners.some(
    ({ port, acceptQueue }) =>
      acceptQueue > 0 && heldForMs(held, portBacklog(port), nowMs) >= persistMs,
  );
  if (persistMs > 0 || !backlogged) return backlogged;
  if (profile.quorum.kind !== 'mesh') return false;
  const links = linksWithPeers(folded, profile.quorum.port);
  const peers = new Set(links.map(({ peer }) => peer));
  const unread = new Set(
    links
      .filter(({ unreadBytes }) => unreadBytes >= UNREAD_AT_ONE_LOOK_BYTES)
      .map(({ peer }) => peer),
  );
  return peers.size > 0 && unread.size === peers.size;
}
