import type { Owner, Socket, SocketTimer, TcpState } from '../model/socket.ts';
import { type MalformedRow, type RowHead, readHead, readSocket } from '../proc/tcp-row.ts';
import { parseEndpoint } from './endpoint.ts';

/** What one line of a listing holds. */
export type ListingRow =
  | { readonly kind: 'socket'; readonly socket: Socket }
  | { readonly kind: 'malformed'; readonly reason: MalformedRow }
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
const RAW = /(?:^|\s)\d+: (?:[\dA-F]{8}){1,4}:[\dA-F]{4} (?:[\dA-F]{8}){1,4}:[\dA-F]{4} .*/i;

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
  if (state === undefined) return { kind: 'malformed', reason: 'bad-state' };
  const local = parseEndpoint(localText);
  const remote = parseEndpoint(remoteText);
  if (local === null || remote === null) return { kind: 'malformed', reason: 'bad-address' };
  const rxQueueBytes = Number(rxQueue);
  const txQueueBytes = state === 'listen' ? 0 : Number(txQueue);
  if (rxQueueBytes > MAX_QUEUE || txQueueBytes > MAX_QUEUE)
    return { kind: 'malformed', reason: 'bad-number' };
  const timer = printedTimer(rest) ?? IDLE;
  return {
    kind: 'socket',
    socket: {
      local,
      remote,
      state,
      rxQueueBytes,
      txQueueBytes,
      ...timer,
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
  readonly unansweredProbes: number;
}

const IDLE: TimerReading = { timer: 'none', retransmits: 0, unansweredProbes: 0 };

const TIMERS: ReadonlyMap<string, SocketTimer> = new Map<string, SocketTimer>([
  ['off', 'none'],
  ['on', 'retransmit'],
  ['keepalive', 'keepalive'],
  ['timewait', 'time-wait'],
  ['persist', 'window-probe'],
  ['probe', 'window-probe'],
]);

/**
 * The timer of `ss -o`, `timer:(on,200ms,3)`, or of `netstat -o`, `on (0.20/3/0)`; `null` where none is printed.
 * `ss` prints one count, of whatever the timer sends again; `netstat` prints retransmits, then probes.
 */
export function printedTimer(text: string): TimerReading | null {
  const ss = /timer:\((\w+),[^,()]{1,24},(\d{1,5})\)/.exec(text);
  const match = ss ?? /(?:^|\s)(\w+) \([\d.]{1,24}\/(\d{1,5})\/(\d{1,5})\)/.exec(text);
  if (match === null) return null;
  const [, name = '', count = '', probes = count] = match;
  const timer = TIMERS.get(name);
  if (timer === undefined) return null;
  const isProbing = timer === 'keepalive' || timer === 'window-probe';
  return {
    timer,
    retransmits: timer === 'retransmit' ? Number(count) : 0,
    unansweredProbes: isProbing ? Number(probes) : 0,
  };
}

/** A row of `/proc/net/tcp` or `tcp6`, with whatever a log put before it. */
export function rawRow(line: string): ListingRow {
  const match = RAW.exec(line);
  if (match === null) return NONE;
  const row = Buffer.from(match[0].trimStart(), 'latin1');
  const head: RowHead = { digits: 8, at: 0, localPort: 0, remotePort: 0, state: 'close' };
  const wrong = readHead(row, 0, row.length, head);
  if (wrong !== null) return { kind: 'malformed', reason: wrong };
  // A paste does not tell its machine's byte order; big-endian ones are few.
  const socket = readSocket(row, row.length, head, true);
  if (typeof socket === 'string') return { kind: 'malformed', reason: socket };
  return { kind: 'socket', socket };
}
