import type { ConnectFailures } from '../model/evidence.ts';

/** Of each peer and port the most failed connects that the proxy showed, those it showed last, and when. */
export type FailureMemory = ReadonlyMap<
  string,
  ConnectFailures & { readonly last: number; readonly atMs: number }
>;

export const NO_FAILURES: FailureMemory = new Map();

/** As long as an answer that the proxy gave once may explain what is seen now. */
const KEPT_MS = 600_000;
/** As many as one answer holds. */
const MOST = 256;

/**
 * Adds an answer: the proxy forgets a headless service's peers within seconds, so that the highest
 * number stands until nothing was shown of the peer for ten minutes. The oldest go first. A peer that
 * is not shown is forgotten there, and counted anew when it is shown again.
 */
export function rememberFailures(
  memory: FailureMemory,
  shown: readonly ConnectFailures[] | null,
  nowMs: number,
): FailureMemory {
  const next = new Map(
    [...memory]
      .filter(([, { atMs }]) => nowMs - atMs < KEPT_MS)
      .map(([key, one]) => [key, { ...one, last: shown === null ? one.last : 0 }]),
  );
  for (const { address, port, failures } of shown ?? []) {
    const key = keyOf({ address, port });
    const most = Math.max(failures, next.get(key)?.failures ?? 0);
    next.delete(key);
    next.set(key, { address, port, failures: most, last: failures, atMs: nowMs });
  }
  return new Map([...next].slice(-MOST));
}

/**
 * How many connects an answer shows to have failed since the one before, for each peer and port that it shows. A number
 * that fell is one that the proxy began anew, having forgotten the peer.
 */
export function failedSince(
  memory: FailureMemory,
  shown: readonly ConnectFailures[],
): ConnectFailures[] {
  return shown.map(({ address, port, failures }) => {
    const last = memory.get(keyOf({ address, port }))?.last ?? 0;
    return { address, port, failures: failures >= last ? failures - last : failures };
  });
}

function keyOf({ address, port }: Pick<ConnectFailures, 'address' | 'port'>): string {
  return `${address} ${port}`;
}

/** What is remembered, as the answer gives it. */
export function failuresIn(memory: FailureMemory): ConnectFailures[] {
  return [...memory.values()].map(({ address, port, failures }) => ({ address, port, failures }));
}
