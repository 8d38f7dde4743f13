import type { Endpoint, Socket, TcpState } from '../model/socket.ts';
import { addressOf } from '../proc/hex.ts';
import type { RowHolder, TableRow } from '../proc/table-row.ts';
import { STATE_BY_NUMBER, TIMERS } from '../proc/tcp-row.ts';
import { aligned, type Integers, networkU16, u8 } from './integers.ts';
import type { SocketIds } from './socket-ids.ts';
import { readTcpInfo, type TcpInfo } from './vitals.ts';

/** `struct inet_diag_msg` (`include/uapi/linux/inet_diag.h`). */
const ROW_BYTES = 72;
const INET_DIAG_INFO = 2;
const AF_INET = 2;
const AF_INET6 = 10;

/** Stands on one row of an answer after the other. */
export interface RowReader {
  /** The row it stands on. */
  readonly row: TableRow;
  /** Stands on the row in `bytes[from, to)`; says why it cannot be read, if so. */
  standOn(bytes: Uint8Array, from: number, to: number): string | null;
}

export function createRowReader(integers: Integers, ids: SocketIds): RowReader {
  const { u32 } = integers;
  const endpoint = createEndpoints(integers);
  let bytes: Uint8Array = new Uint8Array(0);
  let at = 0;
  let end = 0;
  let state: TcpState = 'close';

  const row: TableRow = {
    get state() {
      return state;
    },
    get localPort() {
      return networkU16(bytes, at + 4);
    },
    get remotePort() {
      return networkU16(bytes, at + 6);
    },
    remoteHash() {
      if (u8(bytes, at) === AF_INET) return u32(bytes, at + 24);
      return (u32(bytes, at + 32) % 2 ** 21) * 2 ** 32 + u32(bytes, at + 36);
    },
    isPassthrough: () =>
      u8(bytes, at) === AF_INET &&
      networkU16(bytes, at + 8) === 0x7f00 &&
      networkU16(bytes, at + 10) === 6,
    queues() {
      const { uid, inode } = holder();
      const tx = unackedBytes(bytes, at, state, integers);
      return { tx, rx: u32(bytes, at + 56), uid: inode === 0 ? -1 : uid };
    },
    holder,
    socket() {
      const socket = readSocket(
        { bytes, at, end, state, holder: holder() },
        { integers, endpoint },
      );
      if (typeof socket !== 'string' && isAskedAfter(state)) ids.note(socket, bytes, at);
      return socket;
    },
  };

  function holder(): RowHolder {
    return { uid: u32(bytes, at + 64), inode: u32(bytes, at + 68) };
  }

  return {
    row,
    standOn(piece, from, to) {
      if (to - from < ROW_BYTES) return 'short';
      const family = u8(piece, from);
      if (family !== AF_INET && family !== AF_INET6) return 'bad-address';
      const name = STATE_BY_NUMBER[u8(piece, from + 1)];
      if (name === undefined || name === null) return 'bad-state';
      bytes = piece;
      at = from;
      end = to;
      state = name;
      return null;
    },
  };
}

/** Listeners are read all together, and nothing becomes of TIME_WAIT and of what is destroyed. */
function isAskedAfter(state: TcpState): boolean {
  return state !== 'listen' && state !== 'time_wait' && state !== 'close';
}

/** Where a row stands, and what was read of it already. */
interface Place {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  readonly state: TcpState;
  readonly holder: RowHolder;
}

type EndpointAt = ReturnType<typeof createEndpoints>;

function readSocket(
  place: Place,
  { integers, endpoint }: { readonly integers: Integers; readonly endpoint: EndpointAt },
): Socket | string {
  const { bytes, at, state } = place;
  const timer = TIMERS[u8(bytes, at + 2)];
  if (timer === undefined) return 'bad-number';
  const info = tcpInfo(place, integers);
  const pending = u8(bytes, at + 3);
  const probing = timer === 'keepalive' || timer === 'window-probe';
  const { uid, inode } = place.holder;
  return {
    local: endpoint(bytes, at, at + 8, at + 4),
    remote: endpoint(bytes, at, at + 24, at + 6),
    state,
    txQueueBytes: unackedBytes(bytes, at, state, integers),
    rxQueueBytes: integers.u32(bytes, at + 56),
    timer,
    // The message's own field counts probes where one of their timers runs.
    retransmits: info?.retransmits ?? (timer === 'retransmit' ? pending : 0),
    unansweredProbes: info?.unansweredProbes ?? (probing ? pending : 0),
    owner: inode === 0 ? { kind: 'unknown' } : { kind: 'uid', uid },
    accepted: inode !== 0,
    // A destroyed socket is CLOSE, and has its last figures.
    ...((state === 'established' || state === 'close') && info !== null
      ? { vitals: info.vitals }
      : {}),
    ...(state === 'listen' ? { acceptQueueLimit: integers.u32(bytes, at + 60) } : {}),
  };
}

/** Of a listener the field holds the limit of its queue, of which /proc says nothing. */
function unackedBytes(bytes: Uint8Array, at: number, state: TcpState, { u32 }: Integers): number {
  return state === 'listen' ? 0 : u32(bytes, at + 60);
}

/** Ends that were read before, for those that are read again and again; a crowd of others begins it anew. */
const ENDPOINTS_KEPT = 512;

function createEndpoints({ u32 }: Integers) {
  const known = new Map<number, Endpoint>();

  function read(bytes: Uint8Array, from: number, octets: number, port: number): Endpoint {
    return { address: addressOf([...bytes.subarray(from, from + octets)]), port };
  }

  /** The end of the row at `at` whose address and port stand at these places. */
  return (bytes: Uint8Array, at: number, addressAt: number, portAt: number): Endpoint => {
    const port = networkU16(bytes, portAt);
    const isShort = u8(bytes, at) === AF_INET;
    if (!isShort && !isMapped(bytes, addressAt)) return read(bytes, addressAt, 16, port);
    const from = isShort ? addressAt : addressAt + 12;
    const key = u32(bytes, from) * 2 ** 16 + port;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= ENDPOINTS_KEPT) known.clear();
    const endpoint = read(bytes, from, 4, port);
    known.set(key, endpoint);
    return endpoint;
  };
}

/** Whether the 16 octets at `at` hold an IPv4 address (`::ffff:10.0.0.1`). */
function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let octet = 0; octet < 10; octet += 1) if (u8(bytes, at + octet) !== 0) return false;
  return networkU16(bytes, at + 10) === 0xffff;
}

/** `null` for rows without it: TIME_WAIT, requests, or where none was asked for. */
function tcpInfo({ bytes, at, end }: Place, integers: Integers): TcpInfo | null {
  const { u16 } = integers;
  for (let attribute = at + ROW_BYTES; attribute + 4 <= end; ) {
    const length = u16(bytes, attribute);
    if (length < 4 || attribute + length > end) return null;
    if (u16(bytes, attribute + 2) === INET_DIAG_INFO) {
      return readTcpInfo(bytes, attribute + 4, length - 4, integers);
    }
    attribute += aligned(length);
  }
  return null;
}
