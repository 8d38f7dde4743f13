import type { Owner, Socket, SocketTimer, TcpState } from '../model/socket.ts';
import { TCP_STATES } from '../model/socket.ts';
import { parseAddress, parseEndpoint } from './printed-endpoint.ts';

/** Why a row that is plainly one of TCP could not be read. */
export type RowFault = 'state' | 'address' | 'queue';

/** What one line of a listing holds. */
export type ListingRow =
  | { readonly kind: 'socket'; readonly socket: Socket }
  | { readonly kind: 'fault'; readonly fault: RowFault }
  | { readonly kind: 'none' };

const NONE: ListingRow = { kind: 'none' };
const UNKNOWN_OWNER: Owner = { kind: 'unknown' };

/** The spellings of net-tools (`statistics.c`, `tcp_state[]`) and iproute2 (`ss.c`, `sstate_name[]`). */
const STATES: ReadonlyMap<string, TcpState> = new Map<string, TcpState>([
  ['ESTABLISHED', 'established'],
  ['ESTAB', 'established'],
  ['SYN_SENT', 'syn_sent'],
  ['SYN-SENT', 'syn_sent'],
  ['SYN_RECV', 'syn_recv'],
  ['SYN-RECV', 'syn_recv'],
  ['FIN_WAIT1', 'fin_wait1'],
  ['FIN-WAIT-1', 'fin_wait1'],
  ['FIN_WAIT2', 'fin_wait2'],
  ['FIN-WAIT-2', 'fin_wait2'],
  ['TIME_WAIT', 'time_wait'],
  ['TIME-WAIT', 'time_wait'],
  ['CLOSE', 'close'],
  ['CLOSE_WAIT', 'close_wait'],
  ['CLOSE-WAIT', 'close_wait'],
  ['LAST_ACK', 'last_ack'],
  ['LAST-ACK', 'last_ack'],
  ['LISTEN', 'listen'],
  ['CLOSING', 'closing'],
]);

const NETSTAT =
  /(?:^|[^\w.-])tcp[46]?\s+(\d+)\s+(\d+)\s+([\w.:*%[\]-]+)\s+([\w.:*%[\]-]+)\s+([A-Z][A-Z_\d]*)/;
const SS =
  /(?:^|[^\w.-])(LISTEN|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING)\s+(\d+)\s+(\d+)\s+([\w.:*%[\]-]+)\s+([\w.:*%[\]-]+)/;
/** The netid column that `ss` prints when it was asked for more than one family. */
const OTHER_FAMILY =
  /\b(?:udp|raw|p_raw|p_dgr|u_str|u_dgr|u_seq|nl|sctp|mptcp|dccp|tipc|v_\w+|xdp)\s+\S+\s+\d+\s+\d+\s/;
const RAW =
  /(?:^|\s)\d+:\s+([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})\s+([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})\s+([\dA-F]{2})\s+([\dA-F]{8}):([\dA-F]{8})\s+([\dA-F]{2}):[\dA-F]{8}\s+([\dA-F]{8})\s+(\d+)\s+\d+\s+(\d+)/i;

/** A row of `netstat -n`; its timer column, with `-o`, is `name (seconds/retransmits/probes)`. */
export function netstatRow(line: string): ListingRow {
  const match = NETSTAT.exec(line);
  if (match === null) return NONE;
  const [found = '', rxQueue = '', txQueue = '', local = '', remote = '', word = ''] = match;
  return printedRow(word, rxQueue, txQueue, local, remote, line.slice(match.index + found.length));
}

/** A row of `ss -tn`; for a listener its second queue is the backlog's limit, which is no queue. */
export function ssRow(line: string): ListingRow {
  const match = SS.exec(line);
  if (match === null || OTHER_FAMILY.test(line)) return NONE;
  const [found = '', word = '', rxQueue = '', txQueue = '', local = '', remote = ''] = match;
  return printedRow(word, rxQueue, txQueue, local, remote, line.slice(match.index + found.length));
}

function printedRow(
  stateWord: string,
  rxQueue: string,
  txQueue: string,
  localText: string,
  remoteText: string,
  rest: string,
): ListingRow {
  const state = STATES.get(stateWord);
  if (state === undefined) return { kind: 'fault', fault: 'state' };
  const local = parseEndpoint(localText);
  const remote = parseEndpoint(remoteText);
  if (local === null || remote === null) return { kind: 'fault', fault: 'address' };
  const rxQueueBytes = Number(rxQueue);
  const txQueueBytes = state === 'listen' ? 0 : Number(txQueue);
  if (rxQueueBytes > MAX_QUEUE || txQueueBytes > MAX_QUEUE)
    return { kind: 'fault', fault: 'queue' };
  const { timer, retransmits } = printedTimer(rest) ?? IDLE;
  return {
    kind: 'socket',
    socket: {
      local,
      remote,
      state,
      rxQueueBytes,
      txQueueBytes,
      timer,
      retransmits,
      owner: UNKNOWN_OWNER,
      accepted: true,
    },
  };
}

/** The kernel's queues are 32-bit words. */
const MAX_QUEUE = 0xffff_ffff;

export interface TimerReading {
  readonly timer: SocketTimer;
  readonly retransmits: number;
}

const IDLE: TimerReading = { timer: 'none', retransmits: 0 };

const TIMERS: ReadonlyMap<string, SocketTimer> = new Map<string, SocketTimer>([
  ['off', 'none'],
  ['on', 'retransmit'],
  ['keepalive', 'keepalive'],
  ['timewait', 'time-wait'],
  ['persist', 'window-probe'],
  ['probe', 'window-probe'],
]);

/** The timer of `ss -o`, `timer:(on,200ms,3)`, or of `netstat -o`, `on (0.20/3/0)`; `null` where none is printed. */
export function printedTimer(text: string): TimerReading | null {
  const match =
    /timer:\((\w+),[^,()]{1,24},(\d{1,5})\)/.exec(text) ??
    /(?:^|\s)(\w+) \([\d.]{1,24}\/(\d{1,5})\/\d{1,5}\)/.exec(text);
  if (match === null) return null;
  const [, name = '', count = ''] = match;
  const timer = TIMERS.get(name);
  if (timer === undefined) return null;
  // With any other timer the count is one of probes sent.
  return { timer, retransmits: timer === 'retransmit' ? Number(count) : 0 };
}

const RAW_TIMERS: readonly SocketTimer[] = [
  'none',
  'retransmit',
  'keepalive',
  'time-wait',
  'window-probe',
];

/** A row of `/proc/net/tcp` or `tcp6` pasted from a little-endian machine. */
export function rawRow(line: string): ListingRow {
  const match = RAW.exec(line);
  if (match === null) return NONE;
  const [, localHex = '', localPort = '', remoteHex = '', remotePort = ''] = match;
  const [
    ,
    ,
    ,
    ,
    ,
    stateHex = '',
    tx = '',
    rx = '',
    tr = '',
    retransmits = '',
    uid = '',
    inode = '',
  ] = match;
  // Number 12, NEW_SYN_RECV, is printed as SYN_RECV (get_openreq4).
  const state = TCP_STATES[Number.parseInt(stateHex, 16) - 1];
  if (state === undefined) return { kind: 'fault', fault: 'state' };
  const localAddress = hexAddress(localHex);
  const remoteAddress = hexAddress(remoteHex);
  if (localAddress === null || remoteAddress === null) return { kind: 'fault', fault: 'address' };
  // Without an inode no process holds the socket, and the uid column says nothing.
  const held = inode !== '0';
  return {
    kind: 'socket',
    socket: {
      local: { address: localAddress, port: Number.parseInt(localPort, 16) },
      remote: { address: remoteAddress, port: Number.parseInt(remotePort, 16) },
      state,
      txQueueBytes: Number.parseInt(tx, 16),
      rxQueueBytes: Number.parseInt(rx, 16),
      timer: RAW_TIMERS[Number.parseInt(tr, 16)] ?? 'none',
      retransmits: Number.parseInt(retransmits, 16),
      owner: held ? { kind: 'uid', uid: Number(uid) } : UNKNOWN_OWNER,
      accepted: held || state !== 'established',
    },
  };
}

/** One or four 32-bit words, each printed as the machine's own number. */
function hexAddress(hex: string): string | null {
  const bytes = Buffer.from(hex, 'hex');
  bytes.swap32();
  if (bytes.length === 4) return parseAddress([...bytes].join('.'));
  const groups = Array.from({ length: 8 }, (_, group) =>
    bytes.readUInt16BE(group * 2).toString(16),
  );
  return parseAddress(groups.join(':'));
}
