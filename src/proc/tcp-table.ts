import { endianness } from 'node:os';
import { WHOLE } from '../model/coverage.ts';
import { fourTuple } from '../model/four-tuple.ts';
import {
  countsByState,
  type PortCounts,
  type Socket,
  type SocketTable,
  type TcpState,
} from '../model/socket.ts';
import {
  type MalformedRow,
  type RowHead,
  readHead,
  readQueues,
  readSocket,
  remoteHash,
} from './tcp-row.ts';

/** Which ports matter, and how closely their rows are read. */
export interface WatchedPorts {
  /** Ports of `clients` links: counted, no rows kept. */
  readonly counted: readonly number[];
  /** Ports between members: rows kept. */
  readonly peer: readonly number[];
  /** A mesh proxy's capture ports: rows kept, at most half of the cap. */
  readonly capture: readonly number[];
}

export interface TableOptions {
  readonly watched: WatchedPorts;
  readonly rowCap: number;
  /** Byte order of the machine that wrote the table. */
  readonly littleEndian?: boolean;
}

/** Builds one `SocketTable` from the bytes of `/proc/net/tcp` and `tcp6`, in pieces of any size. */
export interface TableScanner {
  push(bytes: Uint8Array): void;
  /** Ends the present file: a last line without newline is read, and the next file may begin. */
  end(): void;
  table(): SocketTable;
}

interface Counting {
  readonly states: Record<TcpState, number>;
  readonly inboundByUid: Map<number, number>;
  readonly outboundByUid: Map<number, number>;
  unreadBytes: number;
  unackedBytes: number;
}

const NEWLINE = 0x0a;
const COUNTED = 1;
const PEER = 2;
const CAPTURE = 3;

/** Longer than any row: 150 bytes in tcp, about 180 in tcp6. */
const LONGEST_ROW_BYTES = 512;

/** TIME_WAIT rows are evidence of what was tried lately; a few are enough. */
const TIME_WAIT_CAP = 256;

/** Capture rows kept of one remote address: a peer has one for each of its links and a few clients. */
const CAPTURE_ROWS_OF_ONE = 16;

export function createTableScanner(options: TableOptions): TableScanner {
  const littleEndian = options.littleEndian ?? endianness() === 'LE';
  const kindOfPort = new Uint8Array(65_536);
  for (const port of options.watched.capture) kindOfPort[port] = CAPTURE;
  for (const port of options.watched.counted) kindOfPort[port] = COUNTED;
  for (const port of options.watched.peer) kindOfPort[port] = PEER;

  const ports = new Map<number, Counting>();
  for (const port of [...options.watched.counted, ...options.watched.peer]) {
    ports.set(port, newCounting());
  }

  const listeners = new Map<string, Socket>();
  const connections = new Map<string, Socket>();
  const timeWaits: Socket[] = [];
  const malformed: Record<string, number> = {};
  let rows = 0;
  let refused = 0;
  let duplicates = 0;
  let captureRows = 0;
  const captureRowsOf = new Map<number, number>();
  let captureCrowd = false;
  let connectionsMissing = false;
  let listenersMissing = false;

  const head: RowHead = { digits: 8, at: 0, localPort: 0, remotePort: 0, state: 'close' };
  const torn = Buffer.alloc(LONGEST_ROW_BYTES);
  let tornBytes = 0;
  let tornTooLong = false;

  function refuse(reason: MalformedRow): void {
    malformed[reason] = (malformed[reason] ?? 0) + 1;
    refused += 1;
  }

  function readRow(bytes: Uint8Array, from: number, end: number): void {
    if (isBlankOrHeader(bytes, from, end)) return;
    rows += 1;
    const wrong = end - from > LONGEST_ROW_BYTES ? 'long' : readHead(bytes, from, end, head);
    if (wrong !== null) {
      refuse(wrong);
      return;
    }
    const localKind = kindOfPort[head.localPort] ?? 0;
    const remoteKind = kindOfPort[head.remotePort] ?? 0;
    if (head.state === 'listen') {
      if (keepListener(bytes, end)) count(head.localPort);
      return;
    }
    if (localKind === 0 && remoteKind === 0) return;
    if (localKind === COUNTED || remoteKind === COUNTED) {
      if (!countOwned(bytes, end, localKind === COUNTED)) return;
    }
    if (localKind >= PEER || remoteKind >= PEER) {
      if (!keepConnection(bytes, end, localKind, remoteKind)) return;
    }
    count(head.localPort);
    if (head.remotePort !== head.localPort) count(head.remotePort);
  }

  function count(port: number): void {
    const counting = ports.get(port);
    if (counting !== undefined) counting.states[head.state] += 1;
  }

  /** Adds a counted port's row by owner and queues; false when the row cannot be read. */
  function countOwned(bytes: Uint8Array, end: number, inbound: boolean): boolean {
    const counting = ports.get(inbound ? head.localPort : head.remotePort);
    if (counting === undefined) return false;
    const queues = readQueues(bytes, end, head);
    if (typeof queues === 'string') {
      refuse(queues);
      return false;
    }
    if (inbound) {
      counting.unreadBytes += queues.rx;
      counting.unackedBytes += queues.tx;
    }
    if (head.state === 'established') {
      const byUid = inbound ? counting.inboundByUid : counting.outboundByUid;
      byUid.set(queues.uid, (byUid.get(queues.uid) ?? 0) + 1);
    }
    return true;
  }

  /** Keeps the row where there is room for it; false when it cannot be read or is a repetition. */
  function keepConnection(
    bytes: Uint8Array,
    end: number,
    localKind: number,
    remoteKind: number,
  ): boolean {
    const onPeerPort = localKind === PEER || remoteKind === PEER;
    if (head.state === 'time_wait') return onPeerPort ? keepTimeWait(bytes, end) : true;
    const full = !onPeerPort && captureRows >= options.rowCap / 2;
    if (full || connections.size >= options.rowCap) {
      connectionsMissing = true;
      return true;
    }
    if (!onPeerPort) {
      if (isCrowd(bytes)) return true;
      captureRows += 1;
    }
    const row = wholeRow(bytes, end);
    if (row === null) return false;
    const key = fourTuple(row);
    if (connections.has(key)) {
      duplicates += 1;
      return false;
    }
    connections.set(key, row);
    return true;
  }

  /** Whether enough capture rows of the same remote address are kept: clients there may be many. */
  function isCrowd(bytes: Uint8Array): boolean {
    const remote = remoteHash(bytes, head);
    const known = captureRowsOf.get(remote) ?? 0;
    captureRowsOf.set(remote, known + 1);
    const crowd = known >= CAPTURE_ROWS_OF_ONE;
    if (crowd) captureCrowd = true;
    return crowd;
  }

  function keepTimeWait(bytes: Uint8Array, end: number): boolean {
    if (timeWaits.length >= TIME_WAIT_CAP) return true;
    const row = wholeRow(bytes, end);
    if (row !== null) timeWaits.push(row);
    return row !== null;
  }

  /** Envoy's workers listen on one port with a socket each (SO_REUSEPORT): their queues add up. */
  function keepListener(bytes: Uint8Array, end: number): boolean {
    const row = wholeRow(bytes, end);
    if (row === null) return false;
    const key = fourTuple(row);
    const twin = listeners.get(key);
    if (twin === undefined && listeners.size >= options.rowCap) listenersMissing = true;
    else listeners.set(key, twin === undefined ? row : withQueueOf(twin, row));
    return true;
  }

  function wholeRow(bytes: Uint8Array, end: number): Socket | null {
    const row = readSocket(bytes, end, head, littleEndian);
    if (typeof row !== 'string') return row;
    refuse(row);
    return null;
  }

  function keepTorn(bytes: Uint8Array, from: number, end: number): void {
    const room = Math.min(end - from, LONGEST_ROW_BYTES - tornBytes);
    torn.set(bytes.subarray(from, from + room), tornBytes);
    tornBytes += room;
    if (room < end - from) tornTooLong = true;
  }

  function readTorn(): void {
    if (tornTooLong) {
      rows += 1;
      refuse('long');
    } else if (tornBytes > 0) readRow(torn, 0, tornBytes);
    tornBytes = 0;
    tornTooLong = false;
  }

  return {
    push(bytes) {
      let from = 0;
      while (from < bytes.length) {
        const newline = bytes.indexOf(NEWLINE, from);
        const end = newline < 0 ? bytes.length : newline;
        if (newline < 0 || tornBytes > 0) keepTorn(bytes, from, end);
        else readRow(bytes, from, end);
        if (newline < 0) return;
        if (tornBytes > 0) readTorn();
        from = newline + 1;
      }
    },
    end: readTorn,
    table: () => ({
      listeners: [...listeners.values()],
      connections: [...connections.values()],
      timeWaits,
      ports: new Map<number, PortCounts>(ports),
      rowsRead: rows - refused,
      malformed,
      duplicates,
      captureCrowd,
      coverage:
        connectionsMissing || listenersMissing ? { kind: 'truncated', listenersMissing } : WHOLE,
    }),
  };
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

/** The header begins `  sl`; every other line without a slot number is malformed. */
function isBlankOrHeader(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && bytes[at] === 0x20) at += 1;
  return at === end || (bytes[at] === 0x73 && bytes[at + 1] === 0x6c);
}
