import type { ReadTiming } from '../proc/read.ts';

/**
 * From what time on the next call is made in the thread pool, which costs 50 µs more. The rows of a
 * namespace lie evenly in the kernel's hash table, so that one piece of a dump takes about as long as the
 * one before; the second is four times as long as the first.
 */
export const ASIDE_MS = 1;

/** Work on the event loop in slices, with the calls that may be long in the thread pool. */
export interface Slices {
  call(expectedMs: number, here: () => number, aside: () => Promise<number>): Promise<number>;
  /** Makes room for others where the slice has lasted long enough. */
  breathe(): Promise<void> | null;
  /** How long the last call took. */
  lastCallMs(): number;
  longestHoldMs(): number;
  end(): void;
}

export function createSlices({ sliceMs, clock, pause, meter }: ReadTiming): Slices {
  let longestHoldMs = 0;
  let lastCallMs = 0;
  let beganMs = clock();
  meter.begin();

  function leave(): void {
    longestHoldMs = Math.max(longestHoldMs, clock() - beganMs);
    meter.end();
  }

  function enter(): void {
    beganMs = clock();
    meter.begin();
  }

  async function rest(): Promise<void> {
    leave();
    await pause();
    enter();
  }

  const breathe = (): Promise<void> | null => (clock() - beganMs >= sliceMs ? rest() : null);

  return {
    breathe,
    async call(expectedMs, here, aside) {
      if (expectedMs >= ASIDE_MS) {
        leave();
        const startMs = clock();
        const result = await meter.pool(aside);
        lastCallMs = clock() - startMs;
        enter();
        return result;
      }
      await breathe();
      const startMs = clock();
      const result = here();
      lastCallMs = clock() - startMs;
      return result;
    },
    lastCallMs: () => lastCallMs,
    longestHoldMs: () => Math.max(longestHoldMs, clock() - beganMs),
    end: leave,
  };
}
