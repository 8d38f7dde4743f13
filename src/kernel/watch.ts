import { onceFor } from '../model/once-for.ts';
import type { PortCounts, Socket, SocketTable } from '../model/socket.ts';
import { createListenerRoom } from '../proc/listener-room.ts';
import type { ReadTiming, TableFile } from '../proc/read.ts';
import type { KeepOptions, WatchedPorts } from '../proc/table-keeper.ts';
import { createDestroyed, withBrief } from './destroyed.ts';
import type { DiagReader } from './dump.ts';

/** A table as it was last read or watched, and how. */
export interface Known {
  readonly files: readonly TableFile[];
  readonly options: KeepOptions;
  readonly table: SocketTable;
}

/** What watching a known table shows. */
export interface WatchedTable {
  /**
   * The listeners as they are now, and what became of the connections; those that came since are missing, and
   * what was only counted is as it was.
   */
  readonly table: SocketTable;
  /** Whether something came, went or changed its state, so that another reading would show more. */
  readonly moved: boolean;
  readonly longestHoldMs: number;
}

export type Watching =
  | ({ readonly kind: 'watched' } & WatchedTable)
  /** The kernel interrupted a dump. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Asks the kernel what became of a table, which takes microseconds however many sockets the host has. */
export async function watchTable(
  reader: DiagReader,
  { files, options, table }: Known,
  timing: ReadTiming,
): Promise<Watching> {
  const { all: watched, peer, betweenMembers } = portSets(options.watched);
  const listeners = createListenerRoom(options.rowCap, (port) => watched.has(port));
  const destroyed = createDestroyed(betweenMembers, peer);
  const following = await reader.follow(
    {
      files,
      connections: table.connections,
      destroyed,
      listeners: {
        keep(row) {
          if (!watched.has(row.localPort) && !listeners.takesOthers()) return;
          const socket = row.socket();
          if (typeof socket !== 'string') listeners.offer(socket);
        },
        refuse() {},
      },
    },
    timing,
  );
  if (following.kind !== 'followed') return following;
  const { connections: found, missedSome, longestHoldMs } = following;
  const connections = found.flatMap((socket) => (socket === null ? [] : [socket]));
  const changed = table.connections.some((before, at) => found[at]?.state !== before.state);
  return {
    kind: 'watched',
    table: {
      ...table,
      listeners: listeners.rows(),
      connections,
      ports: withQueuesOf(table, found, options.watched.peer),
      brief: withBrief(table.brief ?? [], destroyed.between(), table.connections, timing.clock()),
    },
    moved: changed || missedSome || destroyed.sawWatched(),
    longestHoldMs,
  };
}

export const portSets = onceFor(({ counted, peer, capture, markers }: WatchedPorts) => ({
  all: new Set([...counted, ...peer, ...capture, ...markers]),
  peer: new Set(peer),
  /** Those of members, and a proxy's through which they go. */
  betweenMembers: new Set([...peer, ...capture]),
}));

/** Vitals of the connections of a table that was just read; those that are gone by now stay as they were. */
export async function withVitals(
  reader: DiagReader,
  table: SocketTable,
  timing: ReadTiming,
): Promise<
  | Exclude<Watching, { kind: 'watched' }>
  | { kind: 'read'; table: SocketTable; longestHoldMs: number }
> {
  const nobody = { keep() {}, refuse() {} };
  const known = { files: [], listeners: nobody, connections: table.connections, destroyed: null };
  const following = await reader.follow(known, timing);
  if (following.kind !== 'followed') return following;
  const { connections: found, longestHoldMs } = following;
  const connections = table.connections.map((before, at) => found[at] ?? before);
  return { kind: 'read', table: { ...table, connections }, longestHoldMs };
}

/** The counts of a table, with the bytes that wait on the ports between members as they are now. */
function withQueuesOf(
  { connections, ports }: SocketTable,
  found: readonly (Socket | null)[],
  peerPorts: readonly number[],
): ReadonlyMap<number, PortCounts> {
  const changed = new Map<number, PortCounts>();
  connections.forEach((before, at) => {
    const { port } = before.local;
    const counts = changed.get(port) ?? ports.get(port);
    if (counts === undefined || !peerPorts.includes(port)) return;
    const now = found[at] ?? NOTHING_WAITS;
    const unread = now.rxQueueBytes - before.rxQueueBytes;
    const unacked = now.txQueueBytes - before.txQueueBytes;
    if (unread === 0 && unacked === 0) return;
    changed.set(port, {
      ...counts,
      unreadBytes: Math.max(0, counts.unreadBytes + unread),
      unackedBytes: Math.max(0, counts.unackedBytes + unacked),
    });
  });
  return changed.size === 0 ? ports : new Map([...ports, ...changed]);
}

const NOTHING_WAITS = { rxQueueBytes: 0, txQueueBytes: 0 };
