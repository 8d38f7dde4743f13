import ipaddr from 'ipaddr.js';
import type { Address, Endpoint, Socket, SocketTimer, TcpState } from '../../src/model/socket.ts';

/** Column header of either file, padded as the kernel pads it. */
export const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n';

const STATES: Readonly<Record<TcpState, number>> = {
  established: 1,
  syn_sent: 2,
  syn_recv: 3,
  fin_wait1: 4,
  fin_wait2: 5,
  time_wait: 6,
  close: 7,
  close_wait: 8,
  last_ack: 9,
  listen: 10,
  closing: 11,
};

const TIMERS: Readonly<Record<SocketTimer, number>> = {
  none: 0,
  retransmit: 1,
  keepalive: 2,
  'time-wait': 3,
  'window-probe': 4,
};

export type Family = 'tcp' | 'tcp6';

export interface Print {
  readonly family?: Family;
  readonly slot?: number;
  readonly littleEndian?: boolean;
  /** The holder that the kernel prints for rows whose inode is 0. */
  readonly uidWithoutInode?: number;
}

/** One row as `net/ipv4/tcp_ipv4.c` and `net/ipv6/tcp_ipv6.c` print it, newline included. */
export function rowText(row: Socket, print: Print = {}): string {
  const { family = familyOf(row), slot = 0, littleEndian = true, uidWithoutInode = 0 } = print;
  const end = ({ address, port }: Endpoint): string =>
    `${addressText(address, family, littleEndian)}:${hex(port, 4)}`;
  const uid = row.owner.kind === 'uid' ? row.owner.uid : uidWithoutInode;
  const inode = row.accepted ? 4711 + slot : 0;
  const columns = [
    `${String(slot).padStart(4)}: ${end(row.local)} ${end(row.remote)} ${hex(STATES[row.state], 2)}`,
    `${hex(row.txQueueBytes, 8)}:${hex(row.rxQueueBytes, 8)}`,
    `${hex(TIMERS[row.timer], 2)}:${hex(row.timer === 'none' ? 0 : 25, 8)}`,
    hex(row.retransmits, 8),
    String(uid).padStart(5),
    String(row.unansweredProbes).padStart(8),
    String(inode),
    // A TIME_WAIT row ends after the reference count and the socket's pointer.
    row.state === 'time_wait' ? '3 00000000a577cb27' : '1 00000000fe1295c5 100 0 0 10 0',
  ].join(' ');
  return `${family === 'tcp' ? columns.padEnd(149) : columns}\n`;
}

/** A whole file of one family, header first. */
export function fileText(rows: readonly Socket[], print: Print = {}): string {
  return HEADER + rows.map((row, slot) => rowText(row, { slot, ...print })).join('');
}

/** Where the kernel lists a row: IPv6 rows in `tcp6`. */
export function familyOf({ local, remote }: Socket): Family {
  return local.address.includes(':') || remote.address.includes(':') ? 'tcp6' : 'tcp';
}

function addressText(address: Address, family: Family, littleEndian: boolean): string {
  const octets = octetsOf(address, family);
  const words: string[] = [];
  for (let at = 0; at < octets.length; at += 4) {
    const word = octets.slice(at, at + 4);
    words.push((littleEndian ? word.reverse() : word).map((octet) => hex(octet, 2)).join(''));
  }
  return words.join('');
}

function octetsOf(address: Address, family: Family): number[] {
  const length = family === 'tcp' ? 4 : 16;
  if (address === '*') return new Array<number>(length).fill(0);
  const parsed = ipaddr.parse(address).toByteArray();
  if (parsed.length === length) return parsed;
  return [...new Array<number>(10).fill(0), 0xff, 0xff, ...parsed];
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
