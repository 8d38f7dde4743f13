import type { Endpoint, Owner, Socket, TcpState } from '../model/socket.ts';
import type { MalformedRow } from '../proc/tcp-row.ts';
import { type EndReading, readEnd } from './endpoint.ts';
import { stateOfWord } from './states.ts';
import { NO_TIMER, type TimerReading } from './timer.ts';

/** Why a row was not read: as in the kernel's table, or for a name in it, a port cut off, a form not known. */
export type UnreadReason = MalformedRow | 'name' | 'cut-port' | 'unknown-form';

/** What one row of a listing says. */
export type ListingRow =
  | {
      readonly kind: 'socket';
      readonly socket: Socket;
      /** A name stood for a port or for the loopback address. */
      readonly named: boolean;
      /** An address may have been cut short by the tool. */
      readonly cut: boolean;
    }
  | {
      readonly kind: 'unread';
      readonly reason: UnreadReason;
      /** The ports that it names, or `any` where one of its ports is not known. */
      readonly ports: readonly number[] | 'any';
    };

/** A row as its tool prints it, in words. */
export interface PrintedRow {
  readonly local: string;
  /** `null` where the tool prints no remote end: that of a listener. */
  readonly remote: string | null;
  /** The word for the state, or `null` where the listing holds one state only. */
  readonly state: string | null;
  readonly impliedState?: TcpState | null;
  readonly rxQueue?: string;
  readonly txQueue?: string;
  /** Whether names of hosts are never cut short, so that they tell hosts apart as addresses do. */
  readonly wholeNames?: boolean;
  /** Whether the tool fits addresses into a column. */
  readonly fitted?: boolean;
  readonly timer?: TimerReading | null;
  readonly owner?: Owner;
}

/** The kernel's queues are 32-bit words. */
const MAX_QUEUE = 0xffff_ffff;

const WILDCARD: EndReading = {
  kind: 'endpoint',
  endpoint: { address: '*', port: 0 },
  named: false,
  cut: false,
};

/** A row's socket, or why it cannot be read. */
export function rowOf(printed: PrintedRow): ListingRow {
  const { fitted = false } = printed;
  const read = (text: string): EndReading => {
    const end = readEnd(text, fitted);
    return printed.wholeNames === true ? asAddress(end) : end;
  };
  const local = read(printed.local);
  const remote = printed.remote === null ? WILDCARD : read(printed.remote);
  if (local.kind !== 'endpoint' || remote.kind !== 'endpoint') return unreadEnds(local, remote);
  const state = stateOf(printed, remote.endpoint);
  if (state === null) return unread('bad-state', [local.endpoint.port, remote.endpoint.port]);
  const rxQueueBytes = Number(printed.rxQueue ?? 0);
  const txQueueBytes = state === 'listen' ? 0 : Number(printed.txQueue ?? 0);
  if (!(rxQueueBytes <= MAX_QUEUE && txQueueBytes <= MAX_QUEUE)) {
    return unread('bad-number', [local.endpoint.port, remote.endpoint.port]);
  }
  return {
    kind: 'socket',
    socket: {
      local: local.endpoint,
      remote: remote.endpoint,
      state,
      rxQueueBytes,
      txQueueBytes,
      ...(printed.timer ?? NO_TIMER),
      owner: printed.owner ?? { kind: 'unknown' },
      accepted: true,
    },
    named: local.named || remote.named,
    cut: local.cut || remote.cut,
  };
}

function asAddress(end: EndReading): EndReading {
  if (end.kind !== 'name' || end.port === null || !/^[a-z\d_][\w.-]*$/i.test(end.host)) return end;
  const endpoint = { address: end.host.toLowerCase(), port: end.port };
  return { kind: 'endpoint', endpoint, named: true, cut: false };
}

/** Whatever the language: only a listener has no remote port. Windows prints it as 0. */
function stateOf({ state, impliedState = null }: PrintedRow, remote: Endpoint): TcpState | null {
  if (state === null) return remote.port === 0 ? 'listen' : impliedState;
  const known = stateOfWord(state);
  const isWord = /^\p{L}{4}/u.test(state) && state !== 'UNKNOWN';
  return known === null && remote.port === 0 && isWord ? 'listen' : known;
}

export function unread(reason: UnreadReason, ports: readonly number[] | 'any'): ListingRow {
  return { kind: 'unread', reason, ports };
}

function unreadEnds(local: EndReading, remote: EndReading): ListingRow {
  const ends = [local, remote];
  if (ends.some(({ kind }) => kind === 'bad')) return unread('bad-address', 'any');
  if (ends.some(({ kind }) => kind === 'cut-port')) return unread('cut-port', 'any');
  const ports = ends.flatMap((end) => {
    if (end.kind === 'endpoint') return [end.endpoint.port];
    return end.kind === 'name' && end.port !== null ? [end.port] : [];
  });
  return unread('name', ports);
}
