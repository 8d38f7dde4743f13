import type { LinkState, StallKind } from '../model/link.ts';
import type { Address, Socket, TcpState } from '../model/socket.ts';

/**
 * Unanswered retransmission time-outs from which a connection counts as stalled: the third comes about
 * 1.4 s after the first unanswered segment (200 ms, doubled each time); a single one is ordinary loss.
 */
const STALLED_RETRANSMITS = 3;

/** Keepalive probes in a row without an answer: a whole interval went by after the first of them. */
const SILENT_PROBES = 2;

/** Why an ESTABLISHED row is stalled, or `null`. */
export function stallOf(row: Socket): StallKind | null {
  if (row.state !== 'established') return null;
  if (row.timer === 'keepalive' && row.unansweredProbes >= SILENT_PROBES) return 'retransmission';
  if (row.txQueueBytes === 0) return null;
  if (row.timer === 'window-probe') return 'zero-window';
  return row.retransmits >= STALLED_RETRANSMITS ? 'retransmission' : null;
}

/** Data went unanswered for a time-out or two: ordinary loss, or the beginning of a stall. */
export function isStalling(row: Socket): boolean {
  return row.state === 'established' && row.retransmits > 0 && stallOf(row) === null;
}

/** The link state that one row alone tells. */
export function stateOf(row: Socket): LinkState {
  switch (row.state) {
    case 'established':
      if (!row.accepted) return 'connecting';
      return stallOf(row) === null ? 'up' : 'stalled';
    case 'syn_sent':
    case 'syn_recv':
      return 'connecting';
    default:
      return 'closing';
  }
}

const WORST_FIRST: readonly LinkState[] = ['closing', 'connecting', 'stalled', 'up'];

/** The state that holds a path of several connections back. */
export function worstOf(a: LinkState, b: LinkState): LinkState {
  return WORST_FIRST.indexOf(a) <= WORST_FIRST.indexOf(b) ? a : b;
}

/** Rows by remote address, the best of each last, where it is popped first. */
export function byRemote(rows: readonly Socket[]): Map<Address, Socket[]> {
  const groups = new Map<Address, Socket[]>();
  for (const row of rows) {
    const group = groups.get(row.remote.address);
    if (group === undefined) groups.set(row.remote.address, [row]);
    else group.push(row);
  }
  for (const group of groups.values()) group.sort(worstFirst);
  return groups;
}

/** Orders rows so that the best stand last. */
export function worstFirst(a: Socket, b: Socket): number {
  return WORST_FIRST.indexOf(stateOf(a)) - WORST_FIRST.indexOf(stateOf(b));
}

/** States in which the peer's FIN has come; the kernel counts it as one byte until the end is read. */
const AFTER_FIN: ReadonlySet<TcpState> = new Set(['close_wait', 'last_ack', 'closing']);

/**
 * Bytes that the application has not read. A connection of a pool that its peer has closed shows one, the FIN,
 * for as long as the pool does not look at it (`tcp_fin` in `net/ipv4/tcp_input.c` advances `rcv_nxt`).
 */
export function unreadOf({ state, rxQueueBytes }: Socket): number {
  return AFTER_FIN.has(state) ? Math.max(0, rxQueueBytes - 1) : rxQueueBytes;
}
