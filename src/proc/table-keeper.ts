import { WHOLE } from '../model/coverage.ts';
import { fourTuple } from '../model/four-tuple.ts';
import {
  ALL_MATTER,
  countsByState,
  type Mattering,
  type PortCounts,
  type Socket,
  type SocketTable,
  type TcpState,
} from '../model/socket.ts';
import { createFairRoom } from './fair-room.ts';

/** Which ports matter, and how closely their rows are read. */
export interface WatchedPorts {
  /** Ports of `clients` links: counted, no rows kept. */
  readonly counted: readonly number[];
  /** Ports between members: rows kept. */
  readonly peer: readonly number[];
  /** A mesh proxy's capture ports: rows kept, at most half of the cap. */
  readonly capture: readonly number[];
  /** Further ports whose listeners tell which mesh there is. */
  readonly markers: readonly number[];
}

export interface KeepOptions {
  readonly watched: WatchedPorts;
  /** The most rows kept on the ports between members. */
  readonly rowCap: number;
  readonly matters?: Mattering;
}

/** Queues of a row in bytes, and its owner's uid: -1 where the row names none. */
export interface RowQueues {
  readonly tx: number;
  readonly rx: number;
  readonly uid: number;
}

/** Who holds a row's socket; the inode is 0 where nobody does, and the uid then says nothing. */
export interface RowHolder {
  readonly uid: number;
  readonly inode: number;
}

/**
 * One row of the kernel's table in its reader's hands: ports and state are read, and the rest only where
 * it is wanted. A text is the reason why the row cannot be read.
 */
export interface TableRow {
  readonly state: TcpState;
  readonly localPort: number;
  readonly remotePort: number;
  /** A number that differs for nearly all different remote addresses. */
  remoteHash(): number;
  queues(): RowQueues | string;
  holder(): RowHolder | string;
  socket(): Socket | string;
}

/** Takes rows from whoever reads them. */
export interface RowSink {
  /** Takes a row while its reader stands on it. */
  keep(row: TableRow): void;
  /** Counts a row that cannot be read. */
  refuse(reason: string): void;
}

/** Builds one `SocketTable` from rows, by the same rules whoever reads them. */
export interface TableKeeper extends RowSink {
  table(): SocketTable;
}

interface Counting {
  readonly states: Record<TcpState, number>;
  readonly inboundByUid: Map<number, number>;
  readonly outboundByUid: Map<number, number>;
  unreadBytes: number;
  unackedBytes: number;
}

const COUNTED = 1;
const PEER = 2;
const CAPTURE = 3;

/** TIME_WAIT rows are evidence of what was tried lately; a few are enough. */
const TIME_WAIT_CAP = 256;

/** Rows kept of owners that are not the server's, to name them. */
const FOREIGN_ROWS = 128;

/** Listeners kept of one port and owner: a server binds a few addresses, and a crowd is another's. */
const LISTENERS_OF_ONE = 32;

/** Capture rows kept of one remote address: a peer has one for each of its links and a few clients. */
const CAPTURE_ROWS_OF_ONE = 16;

export function createTableKeeper(options: KeepOptions): TableKeeper {
  const kindOfPort = new Uint8Array(65_536);
  for (const port of options.watched.capture) kindOfPort[port] = CAPTURE;
  for (const port of options.watched.counted) kindOfPort[port] = COUNTED;
  for (const port of options.watched.peer) kindOfPort[port] = PEER;

  const ports = new Map<number, Counting>();
  for (const port of [...options.watched.counted, ...options.watched.peer]) {
    ports.set(port, newCounting());
  }

  const markers = new Set(options.watched.markers);
  const { uids, isMember } = options.matters ?? ALL_MATTER;
  const listeners = new Map<string, Socket>();
  const listenersOf = new Map<string, number>();
  const otherListeners = new Map<string, Socket>();
  const captured = new Map<string, Socket>();
  const between = createFairRoom(options.rowCap, isMember !== null);
  const foreign = new Map<string, Socket>();
  const timeWaits: Socket[] = [];
  const malformed: Record<string, number> = {};
  let rows = 0;
  let refused = 0;
  let duplicates = 0;
  const captureRowsOf = new Map<number, number>();
  let captureCrowd = false;
  let captureMissing = false;
  let listenersMissing = false;

  function refuse(reason: string): void {
    malformed[reason] = (malformed[reason] ?? 0) + 1;
    refused += 1;
  }

  function keep(row: TableRow): void {
    rows += 1;
    const { state, localPort, remotePort } = row;
    const localKind = kindOfPort[localPort] ?? 0;
    const remoteKind = kindOfPort[remotePort] ?? 0;
    if (state === 'listen') {
      if (keepListener(row)) count(localPort, state);
      return;
    }
    if (localKind === 0 && remoteKind === 0) return;
    if (localKind === COUNTED || remoteKind === COUNTED) {
      if (!countOwned(row, localKind === COUNTED)) return;
    }
    if (localKind >= PEER || remoteKind >= PEER) {
      if (!keepConnection(row, localKind, remoteKind)) return;
    }
    count(localPort, state);
    if (remotePort !== localPort) count(remotePort, state);
  }

  function count(port: number, state: TcpState): void {
    const counting = ports.get(port);
    if (counting !== undefined) counting.states[state] += 1;
  }

  /** Adds a counted port's row by owner and queues; false when the row cannot be read. */
  function countOwned(row: TableRow, inbound: boolean): boolean {
    const counting = ports.get(inbound ? row.localPort : row.remotePort);
    if (counting === undefined) return false;
    const queues = row.queues();
    if (typeof queues === 'string') {
      refuse(queues);
      return false;
    }
    if (inbound) {
      counting.unreadBytes += queues.rx;
      counting.unackedBytes += queues.tx;
    }
    if (row.state === 'established') {
      const byUid = inbound ? counting.inboundByUid : counting.outboundByUid;
      byUid.set(queues.uid, (byUid.get(queues.uid) ?? 0) + 1);
    }
    return true;
  }

  /** Keeps the row where there is room for it; false when it cannot be read or is a repetition. */
  function keepConnection(row: TableRow, localKind: number, remoteKind: number): boolean {
    const onPeerPort = localKind === PEER || remoteKind === PEER;
    if (row.state === 'time_wait') return onPeerPort ? keepTimeWait(row) : true;
    return onPeerPort ? keepBetween(row) : keepCaptured(row);
  }

  function keepBetween(row: TableRow): boolean {
    const foreigners = uids.size > 0 && !isOwners(row);
    if (foreigners && foreign.size >= FOREIGN_ROWS) return true;
    const socket = wholeRow(row);
    if (socket === null) return false;
    const key = fourTuple(socket);
    if (between.has(key) || foreign.has(key)) {
      duplicates += 1;
      return false;
    }
    if (foreigners) foreign.set(key, socket);
    else between.offer(key, socket, groupOf(socket), isMember?.(socket.remote.address) ?? false);
    return true;
  }

  /** Whether the server or its proxy holds the row, or nobody yet. */
  function isOwners(row: TableRow): boolean {
    const queues = row.queues();
    return typeof queues === 'string' || queues.uid < 0 || uids.has(queues.uid);
  }

  function keepCaptured(row: TableRow): boolean {
    if (captured.size >= options.rowCap / 2) {
      captureMissing = true;
      return true;
    }
    if (isCrowd(row)) return true;
    const socket = wholeRow(row);
    if (socket === null) return false;
    const key = fourTuple(socket);
    if (captured.has(key)) {
      duplicates += 1;
      return false;
    }
    captured.set(key, socket);
    return true;
  }

  /** Whether enough capture rows of the same remote address are kept: clients there may be many. */
  function isCrowd(row: TableRow): boolean {
    const remote = row.remoteHash();
    const known = captureRowsOf.get(remote) ?? 0;
    captureRowsOf.set(remote, known + 1);
    const crowd = known >= CAPTURE_ROWS_OF_ONE;
    if (crowd) captureCrowd = true;
    return crowd;
  }

  function keepTimeWait(row: TableRow): boolean {
    if (timeWaits.length >= TIME_WAIT_CAP) return true;
    const socket = wholeRow(row);
    if (socket !== null) timeWaits.push(socket);
    return socket !== null;
  }

  /** Envoy's workers listen on one port with a socket each (SO_REUSEPORT): their queues add up. */
  function keepListener(row: TableRow): boolean {
    const { localPort } = row;
    const isWatched = kindOfPort[localPort] !== 0 || markers.has(localPort);
    if (!isWatched && otherListeners.size >= options.rowCap) return true;
    const socket = wholeRow(row);
    if (socket === null) return false;
    const key = fourTuple(socket);
    const kept = isWatched ? listeners : otherListeners;
    const twin = kept.get(key);
    if (twin !== undefined) {
      kept.set(key, withQueueOf(twin, socket));
      return true;
    }
    if (!isWatched) {
      kept.set(key, socket);
      return true;
    }
    const holder = `${localPort} ${socket.owner.kind === 'uid' ? socket.owner.uid : ''}`;
    const held = listenersOf.get(holder) ?? 0;
    if (held >= LISTENERS_OF_ONE || listeners.size >= options.rowCap) {
      listenersMissing = true;
      return true;
    }
    listenersOf.set(holder, held + 1);
    listeners.set(key, socket);
    return true;
  }

  function wholeRow(row: TableRow): Socket | null {
    const socket = row.socket();
    if (typeof socket !== 'string') return socket;
    refuse(socket);
    return null;
  }

  return {
    keep,
    refuse(reason) {
      rows += 1;
      refuse(reason);
    },
    table: () => ({
      listeners: [...listeners.values(), ...otherListeners.values()],
      connections: [...between.rows(), ...foreign.values(), ...captured.values()],
      timeWaits,
      ports: new Map<number, PortCounts>(ports),
      rowsRead: rows - refused,
      malformed,
      duplicates,
      captureCrowd,
      coverage:
        between.lacks() || captureMissing || listenersMissing
          ? { kind: 'truncated', listenersMissing }
          : WHOLE,
    }),
  };
}

/** Who shares room with whom: the rows of one owner with one other address; all of loopback are one. */
function groupOf({ owner, remote }: Socket): string {
  const uid = owner.kind === 'uid' ? owner.uid : '';
  const { address } = remote;
  const isOrdinaryLoopback = address.startsWith('127.') && address !== '127.0.0.6';
  return `${uid} ${isOrdinaryLoopback ? '127.0.0.0/8' : address}`;
}

function newCounting(): Counting {
  return {
    states: countsByState(),
    inboundByUid: new Map(),
    outboundByUid: new Map(),
    unreadBytes: 0,
    unackedBytes: 0,
  };
}

function withQueueOf(listener: Socket, twin: Socket): Socket {
  return { ...listener, rxQueueBytes: listener.rxQueueBytes + twin.rxQueueBytes };
}
