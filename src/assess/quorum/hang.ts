import type { Folded, Link } from '../../model/link.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { linksWithPeers } from './link-index.ts';
import { UNREAD_AT_ONE_LOOK_BYTES } from './peer-links.ts';
import { isUndrained, linkUnread, portBacklog, type UndrainedQueues } from './undrained.ts';

/**
 * Whether this server's own process seems to stand still: connections wait to be accepted, or bytes of
 * every peer lie unread, for as long as a queue may last. A single scan knows no duration: it wants both signs,
 * and only where every member is linked with every other: such links carry little and often, while a busy
 * leader always has something of its followers unread.
 */
export function hangs(
  folded: Folded,
  { profile, persistMs }: Pick<JudgeSettings, 'profile' | 'persistMs'>,
  queues: UndrainedQueues,
): boolean {
  const lasts = (queue: string): boolean => isUndrained(queues, queue, persistMs);
  // An optional port may be another program's.
  const own = profile.ports.filter(({ listens }) => listens !== 'optional').map(({ role }) => role);
  const backlogged = folded.listeners.some(
    ({ role, port, acceptQueue }) =>
      own.includes(role) && acceptQueue > 0 && lasts(portBacklog(port)),
  );
  const { quorum } = profile;
  const links = quorum.kind === 'none' ? [] : linksWithPeers(folded, quorum.port);
  const unread = links.filter((link) =>
    persistMs === 0
      ? link.unreadBytes >= UNREAD_AT_ONE_LOOK_BYTES
      : link.unreadBytes > 0 && lasts(linkUnread(link)),
  );
  const readsNobody = links.length > 0 && peersOf(unread).size === peersOf(links).size;
  return persistMs > 0
    ? backlogged || readsNobody
    : quorum.kind === 'pairwise' && backlogged && readsNobody;
}

function peersOf(links: readonly Link[]): ReadonlySet<Link['peer']> {
  return new Set(links.map(({ peer }) => peer));
}
