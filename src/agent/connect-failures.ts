import type { ConnectFailures } from '../model/evidence.ts';

/** The most failed connects that the proxy showed of each peer and port, and when it last showed any of it. */
export type FailureMemory = ReadonlyMap<string, ConnectFailures & { readonly atMs: number }>;

export const NO_FAILURES: FailureMemory = new Map();

/** As long as an answer that the proxy gave once may explain what is seen now. */
const KEPT_MS = 600_000;
/** As many as one answer holds. */
const MOST = 256;

/**
 * Adds an answer: the proxy forgets a headless service's peers within seconds, so that the highest
 * number stands until nothing was shown of the peer for ten minutes. The oldest go first.
 */
export function rememberFailures(
  memory: FailureMemory,
  shown: readonly ConnectFailures[],
  nowMs: number,
): FailureMemory {
  const next = new Map([...memory].filter(([, { atMs }]) => nowMs - atMs < KEPT_MS));
  for (const { address, port, failures } of shown) {
    const key = `${address} ${port}`;
    const most = Math.max(failures, next.get(key)?.failures ?? 0);
    next.delete(key);
    next.set(key, { address, port, failures: most, atMs: nowMs });
  }
  return new Map([...next].slice(-MOST));
}

/** What is remembered, as the answer gives it. */
export function failuresIn(memory: FailureMemory): ConnectFailures[] {
  return [...memory.values()].map(({ address, port, failures }) => ({ address, port, failures }));
}
