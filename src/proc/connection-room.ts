import { fourTuple, type Mattering, type Socket } from '../model/socket.ts';
import { createArrivals } from './arrivals.ts';
import { createFairRoom } from './fair-room.ts';
import type { TableRow } from './table-row.ts';

/** Rows kept of owners that are not the server's, to name them. */
const FOREIGN_ROWS = 128;

/** Capture rows kept of one remote address: a peer has one for each of its links and a few clients. */
const CAPTURE_ROWS_OF_ONE = 16;

/** How a row was taken: one that cannot be read is not counted, and neither is a repetition. */
export type Taken = 'counted' | 'repeated' | { readonly unreadable: string };

/** Keeps connections: those between members, and some of a mesh proxy's. */
export interface ConnectionRoom {
  /** Takes a row of a port between members. */
  offerBetween(row: TableRow): Taken;
  /** Takes a row of a mesh proxy's capture port. */
  offerCaptured(row: TableRow): Taken;
  /** Whether a row that may matter had to be left out. */
  lacks(): boolean;
  /** Whether rows of a crowd on the capture ports were left out. */
  hasCrowd(): boolean;
  rows(): Socket[];
}

export function createConnectionRoom(most: number, { uids, isMember }: Mattering): ConnectionRoom {
  const between = createFairRoom(most, isMember !== null);
  const foreign = new Map<string, Socket>();
  const captured = new Map<string, Socket>();
  const capturedOf = new Map<number, number>();
  const arrivals = createArrivals();
  let captureMissing = false;
  let captureCrowd = false;

  /** Whether the server or its proxy holds the row, or nobody yet. */
  function isOwners(row: TableRow): boolean {
    const queues = row.queues();
    return typeof queues === 'string' || queues.uid < 0 || uids.has(queues.uid);
  }

  /** Whether enough capture rows of the same remote address are kept: clients there may be many. */
  function isCrowd(row: TableRow): boolean {
    const remote = row.remoteHash();
    const known = capturedOf.get(remote) ?? 0;
    capturedOf.set(remote, known + 1);
    const crowd = known >= CAPTURE_ROWS_OF_ONE;
    if (crowd) captureCrowd = true;
    return crowd;
  }

  return {
    offerBetween(row) {
      const isForeign = uids.size > 0 && !isOwners(row);
      if (isForeign && foreign.size >= FOREIGN_ROWS) return 'counted';
      const socket = row.socket();
      if (typeof socket === 'string') return { unreadable: socket };
      const key = fourTuple(socket);
      if (between.has(key) || foreign.has(key)) return 'repeated';
      arrivals.note(socket);
      if (isForeign) foreign.set(key, socket);
      else between.offer(key, socket, groupOf(socket), isMember?.(socket.remote.address) ?? false);
      return 'counted';
    },
    offerCaptured(row) {
      if (captured.size >= most / 2) {
        captureMissing = true;
        return 'counted';
      }
      if (isCrowd(row)) return 'counted';
      const socket = row.socket();
      if (typeof socket === 'string') return { unreadable: socket };
      const key = fourTuple(socket);
      if (captured.has(key)) return 'repeated';
      captured.set(key, arrivals.note(socket));
      return 'counted';
    },
    lacks: () => between.lacks() || captureMissing,
    hasCrowd: () => captureCrowd,
    rows: () => arrivals.sorted([...between.rows(), ...foreign.values(), ...captured.values()]),
  };
}

/** Who shares room with whom: the rows of one owner with one other address; all of loopback are one. */
function groupOf({ owner, remote }: Socket): string {
  const uid = owner.kind === 'uid' ? owner.uid : '';
  const { address } = remote;
  const isOrdinaryLoopback = address.startsWith('127.') && address !== '127.0.0.6';
  return `${uid} ${isOrdinaryLoopback ? '127.0.0.0/8' : address}`;
}
