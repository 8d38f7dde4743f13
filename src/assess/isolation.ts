import type { PeerAnswer } from '../model/evidence.ts';

/** What asking one configured peer has shown so far; times on a clock that never steps back. */
export interface PeerMemory {
  readonly lastAnswerMs: number | null;
  /** Time-outs in a row up to now, and when the first of them was asked. */
  readonly timeouts: number;
  readonly silentSinceMs: number | null;
}

export const NEW_PEER: PeerMemory = { lastAnswerMs: null, timeouts: 0, silentSinceMs: null };

/** By configured name: every voting peer, asked or not. */
export type PeerHistory = ReadonlyMap<string, PeerMemory>;

/** Adds one answer, to a question asked at `askedMs`. */
export function rememberAnswer(
  memory: PeerMemory,
  answer: PeerAnswer,
  askedMs: number,
): PeerMemory {
  if (answer.kind === 'timeout') {
    return {
      ...memory,
      timeouts: memory.timeouts + 1,
      silentSinceMs: memory.silentSinceMs ?? askedMs,
    };
  }
  if (answer.kind === 'not-asked') return memory;
  const lastAnswerMs = answer.kind === 'answered' ? askedMs + answer.rttMs : memory.lastAnswerMs;
  return { ...memory, lastAnswerMs, timeouts: 0, silentSinceMs: null };
}

/** Adds that the peer's packets arrive all the same, such as its own questions or another port's answers. */
export function rememberHeard(memory: PeerMemory): PeerMemory {
  return { ...memory, timeouts: 0, silentSinceMs: null };
}

export type Isolation =
  | { readonly kind: 'isolated'; readonly silent: readonly string[]; readonly sinceMs: number }
  | { readonly kind: 'connected' };

/** How lately a peer must have answered for its silence to mean anything. */
export const ANSWERED_WITHIN_MS = 30_000;

/** One lost SYN, sent again after a second, is one time-out. */
export const TIMEOUTS_NEEDED = 2;

/**
 * Whether this member is cut off: a majority of its voting peers, each of which answered within the
 * last 30 s, now lets one question after another time out. With a majority of its
 * peers lost no member can be in a quorum. A refusal, a reset or an HTTP error comes from the other
 * end, so it proves the network.
 */
export function judgeIsolation(history: PeerHistory, nowMs: number): Isolation {
  const silent: string[] = [];
  let sinceMs = nowMs;
  for (const [name, memory] of history) {
    if (!isSilent(memory, nowMs)) continue;
    silent.push(name);
    sinceMs = Math.min(sinceMs, memory.silentSinceMs ?? nowMs);
  }
  const majority = Math.floor(history.size / 2) + 1;
  return silent.length >= majority ? { kind: 'isolated', silent, sinceMs } : { kind: 'connected' };
}

function isSilent({ lastAnswerMs, timeouts }: PeerMemory, nowMs: number): boolean {
  if (lastAnswerMs === null || timeouts < TIMEOUTS_NEEDED) return false;
  return nowMs - lastAnswerMs <= ANSWERED_WITHIN_MS;
}
