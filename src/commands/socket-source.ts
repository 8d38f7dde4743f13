import { openNetlink } from '../kernel/koffi.ts';
import type { SocketSource } from '../kernel/source.ts';
import { type AutoEdges, autoSource, netlinkSource, procSource } from '../kernel/sources.ts';
import type { SocketSourceName } from '../model/settings.ts';

/** Where an agent takes the socket table from. Rejects where netlink alone is wanted and cannot be had. */
export async function openSource(
  name: SocketSourceName,
  procRoot: string,
  edges: Omit<AutoEdges, 'open' | 'first'>,
): Promise<SocketSource> {
  switch (name) {
    case 'proc':
      return procSource(procRoot);
    case 'netlink':
      return netlinkSource(openNetlink);
    case 'auto':
      return autoSource(procRoot, { ...edges, first: 'proc', open: openNetlink });
  }
}

/** Where a single scan takes it from; which way served stands in its report, and why does not matter to it. */
export async function openSourceOnce(
  name: SocketSourceName,
  procRoot: string,
): Promise<SocketSource> {
  if (name !== 'auto')
    return name === 'netlink' ? netlinkSource(openNetlink) : procSource(procRoot);
  return autoSource(procRoot, {
    first: 'compare',
    open: openNetlink,
    clock: () => performance.now(),
    onTrouble: () => {},
    onChange: () => {},
  });
}
