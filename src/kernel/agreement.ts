import { fourTuple } from '../model/socket.ts';
import type { WatchedPorts } from '../proc/table-keeper.ts';
import type { RowSink, TableRow } from '../proc/table-row.ts';

/** What one reading shows of the rows by which two ways to the same table are compared. */
export interface Sighting extends RowSink {
  /** Address, port, uid and inode of each listener. */
  readonly listeners: ReadonlySet<string>;
  /** Both ends of ESTABLISHED connections on watched ports. */
  readonly established: ReadonlySet<string>;
  /** Whether one of the compared connections has these two ports. */
  hasPorts(localPort: number, remotePort: number): boolean;
}

/** More rows than these say no more about a reader, and would need the memory of a crowd. */
const MOST_ESTABLISHED = 1024;
const MOST_LISTENERS = 4096;

/** Notes the listeners, and as many connections as are compared: those of `only` where it is given. */
export function createSighting(watched: WatchedPorts, only: Sighting | null): Sighting {
  const ports = new Set([...watched.counted, ...watched.peer, ...watched.capture]);
  const listeners = new Set<string>();
  const established = new Set<string>();
  const pairs = new Set<number>();

  function noteListener(row: TableRow): void {
    const holder = row.holder();
    const socket = row.socket();
    if (typeof holder === 'string' || typeof socket === 'string') return;
    if (listeners.size >= MOST_LISTENERS) return;
    listeners.add(`${socket.local.address} ${row.localPort} ${holder.uid} ${holder.inode}`);
  }

  function isCompared({ state, localPort, remotePort }: TableRow): boolean {
    if (state !== 'established') return false;
    if (only !== null) return only.hasPorts(localPort, remotePort);
    if (established.size >= MOST_ESTABLISHED) return false;
    return ports.has(localPort) || ports.has(remotePort);
  }

  return {
    listeners,
    established,
    hasPorts: (localPort, remotePort) => pairs.has(pairOf(localPort, remotePort)),
    keep(row) {
      if (row.state === 'listen') noteListener(row);
      if (!isCompared(row)) return;
      const socket = row.socket();
      if (typeof socket === 'string') return;
      established.add(fourTuple(socket));
      pairs.add(pairOf(row.localPort, row.remotePort));
    },
    refuse() {},
  };
}

function pairOf(localPort: number, remotePort: number): number {
  return localPort * 65_536 + remotePort;
}

/**
 * In what a dump differs from the readings of /proc before and after it, or `null` where it agrees: what was
 * there both times must be in it, and a listener of it must have been there once at least.
 */
export function difference(before: Sighting, dump: Sighting, after: Sighting): string | null {
  for (const listener of before.listeners) {
    if (after.listeners.has(listener) && !dump.listeners.has(listener)) {
      return `netlink lacks a listener that /proc has: ${described(listener)}`;
    }
  }
  for (const listener of dump.listeners) {
    if (!before.listeners.has(listener) && !after.listeners.has(listener)) {
      return `netlink has a listener that /proc lacks: ${described(listener)}`;
    }
  }
  for (const tuple of before.established) {
    if (after.established.has(tuple) && !dump.established.has(tuple)) {
      return `netlink lacks a connection that /proc has: ${tuple}`;
    }
  }
  return null;
}

function described(listener: string): string {
  const [address, port, uid, inode] = listener.split(' ');
  return `${address}:${port}, uid ${uid}, inode ${inode}`;
}
