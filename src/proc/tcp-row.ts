import {
  type Endpoint,
  type Socket,
  type SocketTimer,
  TCP_STATES,
  type TcpState,
} from '../model/socket.ts';
import { addressAt, columnEnd, decimalBefore, hexAt } from './hex.ts';
import type { RowHolder } from './table-row.ts';

/** Why a row was left out. */
export type MalformedRow =
  | 'no-slot'
  | 'short'
  | 'bad-address'
  | 'bad-state'
  | 'bad-number'
  | 'long';

const SPACE = 0x20;
const COLON = 0x3a;

/** By the value printed in the `st` column (`include/net/tcp_states.h`); 0 is no state. */
export const STATE_BY_NUMBER: readonly (TcpState | null)[] = [
  null,
  ...TCP_STATES,
  // TCP_NEW_SYN_RECV: the seq file prints 3, other readers of the same table may not.
  'syn_recv',
];

/** `Documentation/networking/proc_net_tcp.rst`, the `tr` column. */
export const TIMERS: readonly SocketTimer[] = [
  'none',
  'retransmit',
  'keepalive',
  'time-wait',
  'window-probe',
];

/** The part of a row that the scanner needs to decide whether to read on. */
export interface RowHead {
  /** Hex digits of one address: 8 or 32. */
  digits: number;
  /** Where the local address begins. */
  at: number;
  localPort: number;
  remotePort: number;
  state: TcpState;
}

/** Bytes from the start of the local address to the `tx_queue` column. */
function queuesAt(head: RowHead): number {
  return head.at + 2 * (head.digits + 6) + 3;
}

/**
 * Reads ports and state of the row in `bytes[from, end)` into `head`. Columns are found from the row's
 * first colon: the slot number before it widens beyond 9999. Returns why the row cannot be read, if so.
 */
export function readHead(
  bytes: Uint8Array,
  from: number,
  end: number,
  head: RowHead,
): MalformedRow | null {
  let colon = from;
  while (colon < end && bytes[colon] !== COLON) colon += 1;
  if (colon === end || colon === from || bytes[colon + 1] !== SPACE) return 'no-slot';
  const at = colon + 2;
  const digits = bytes[at + 8] === COLON ? 8 : 32;
  const remote = at + digits + 6;
  const state = remote + digits + 6;
  if (state + 2 > end) return 'short';
  if (bytes[at + digits] !== COLON || bytes[remote + digits] !== COLON) return 'bad-address';
  const localPort = hexAt(bytes, at + digits + 1, 4);
  const remotePort = hexAt(bytes, remote + digits + 1, 4);
  if (localPort < 0 || remotePort < 0) return 'bad-address';
  const name = STATE_BY_NUMBER[hexAt(bytes, state, 2)];
  if (name === undefined || name === null) return 'bad-state';
  head.digits = digits;
  head.at = at;
  head.localPort = localPort;
  head.remotePort = remotePort;
  head.state = name;
  return null;
}

/** Queues and owner's uid (-1 where the row names none) of a row whose head was read, or why not. */
export function readQueues(
  bytes: Uint8Array,
  end: number,
  head: RowHead,
): { readonly tx: number; readonly rx: number; readonly uid: number } | MalformedRow {
  const queues = queuesAt(head);
  const owner = readOwner(bytes, end, queues);
  if (typeof owner === 'string') return owner;
  const tx = hexAt(bytes, queues, 8);
  const rx = hexAt(bytes, queues + 9, 8);
  if (tx < 0 || rx < 0) return 'bad-number';
  return { tx, rx, uid: owner.inode === 0 ? -1 : owner.uid };
}

/** Who holds the socket of a row whose head was read, or why that cannot be read. */
export function readHolder(
  bytes: Uint8Array,
  end: number,
  head: RowHead,
): RowHolder | MalformedRow {
  return readOwner(bytes, end, queuesAt(head));
}

/** A number that differs for nearly all different remote addresses of one file. */
export function remoteHash(bytes: Uint8Array, head: RowHead): number {
  const end = head.at + 2 * head.digits + 6;
  const last = hexAt(bytes, end - 8, 8);
  return head.digits === 8 ? last : (hexAt(bytes, end - 16, 8) % 2 ** 21) * 2 ** 32 + last;
}

/** 127.0.0.6 as the kernel prints it on machines of either byte order. */
const PASSTHROUGH = { little: 0x0600_007f, big: 0x7f00_0006 } as const;

/** Whether the local address is 127.0.0.6, from which Istio and Kuma dial the application. */
export function isPassthrough(bytes: Uint8Array, head: RowHead, littleEndian: boolean): boolean {
  if (head.digits !== 8) return false;
  return hexAt(bytes, head.at, 8) === (littleEndian ? PASSTHROUGH.little : PASSTHROUGH.big);
}

/** The whole row, or why it cannot be read. */
export function readSocket(
  bytes: Uint8Array,
  end: number,
  head: RowHead,
  littleEndian: boolean,
): Socket | MalformedRow {
  const local = readEndpoint(bytes, head.at, head.digits, head.localPort, littleEndian);
  const remoteAt = head.at + head.digits + 6;
  const remote = readEndpoint(bytes, remoteAt, head.digits, head.remotePort, littleEndian);
  if (local === null || remote === null) return 'bad-address';
  const queues = queuesAt(head);
  const owner = readOwner(bytes, end, queues);
  if (typeof owner === 'string') return owner;
  const txQueueBytes = hexAt(bytes, queues, 8);
  const rxQueueBytes = hexAt(bytes, queues + 9, 8);
  const timer = TIMERS[hexAt(bytes, queues + 18, 2)];
  const retransmits = hexAt(bytes, queues + 30, 8);
  if (txQueueBytes < 0 || rxQueueBytes < 0 || retransmits < 0) return 'bad-number';
  if (timer === undefined) return 'bad-number';
  return {
    local,
    remote,
    state: head.state,
    txQueueBytes,
    rxQueueBytes,
    timer,
    retransmits,
    unansweredProbes: owner.probes,
    // Orphans, request and un-accepted sockets print a uid that is not their holder's.
    owner: owner.inode === 0 ? { kind: 'unknown' } : { kind: 'uid', uid: owner.uid },
    accepted: owner.inode !== 0,
  };
}

function readEndpoint(
  bytes: Uint8Array,
  at: number,
  digits: number,
  port: number,
  littleEndian: boolean,
): Endpoint | null {
  const address = addressAt(bytes, at, digits, littleEndian);
  return address === null ? null : { address, port };
}

function readOwner(
  bytes: Uint8Array,
  end: number,
  queues: number,
): { readonly uid: number; readonly probes: number; readonly inode: number } | MalformedRow {
  const uidEnd = columnEnd(bytes, queues + 38, end);
  const timeoutEnd = columnEnd(bytes, uidEnd, end);
  const inodeEnd = columnEnd(bytes, timeoutEnd, end);
  const uid = decimalBefore(bytes, queues + 38, uidEnd);
  // The column is named `timeout`, and holds `icsk_probes_out` (`net/ipv4/tcp_ipv4.c`).
  const probes = decimalBefore(bytes, uidEnd, timeoutEnd);
  const inode = decimalBefore(bytes, timeoutEnd, inodeEnd);
  if (inodeEnd >= end && inode < 0) return 'short';
  if (uid < 0 || probes < 0 || inode < 0) return 'bad-number';
  return { uid, probes, inode };
}
