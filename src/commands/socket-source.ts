import { openNetlink } from '../kernel/koffi.ts';
import {
  type AutoEdges,
  autoSource,
  netlinkSource,
  procSource,
  type SocketSource,
} from '../kernel/sources.ts';
import type { SocketSourceName } from '../model/settings.ts';

/** Where an agent takes the socket table from. Rejects where netlink alone is wanted and cannot be had. */
export async function openSource(
  name: SocketSourceName,
  procRoot: string,
  edges: Omit<AutoEdges, 'open'>,
): Promise<SocketSource> {
  switch (name) {
    case 'proc':
      return procSource(procRoot);
    case 'netlink':
      return netlinkSource(openNetlink);
    case 'auto':
      return autoSource(procRoot, { ...edges, open: openNetlink });
  }
}

/** Where a single scan takes it from: comparing netlink with /proc first would cost more than reading /proc. */
export async function openSourceOnce(
  name: SocketSourceName,
  procRoot: string,
): Promise<SocketSource> {
  return name === 'netlink' ? netlinkSource(openNetlink) : procSource(procRoot);
}
