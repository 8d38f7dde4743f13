import type { Counters } from '../model/report.ts';

/** The kernel's counters for ticks, which read only those again that hints are taken from. */
export interface TickCounters {
  /** All counters, those of `hints` anew; `null` where the others are too old. */
  known(hints: Counters): Counters | null;
  /** Notes that all of them were read. */
  wereRead(counters: Counters): void;
}

/** How old the others may be. */
const OTHERS_MS = 1_000;

export function createTickCounters(clock: () => number): TickCounters {
  let last: { readonly counters: Counters; readonly atMs: number } | null = null;
  return {
    known(hints) {
      if (last === null || clock() - last.atMs >= OTHERS_MS) return null;
      const fresh = Object.entries(hints).filter(([, value]) => value !== null);
      return { ...last.counters, ...Object.fromEntries(fresh) };
    },
    wereRead(counters) {
      last = { counters, atMs: clock() };
    },
  };
}
