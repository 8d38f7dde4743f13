/** Rests shorter than a timer's resolution are a turn of the event loop. */
const SHORTEST_REST_MS = 1;

/** Runs what is given one after the other. */
export type Turns = (work: () => unknown) => void;

/**
 * Answers are made one after the other, with a rest after each that is as long as it took: scans, new
 * connections and health have half of the time, whatever clients ask for.
 */
export function createTurns(nowMs: () => number = () => performance.now()): Turns {
  const waiting: (() => unknown)[] = [];
  let isResting = false;

  async function next(): Promise<void> {
    const work = waiting.shift();
    isResting = work !== undefined;
    if (work === undefined) return;
    const beganMs = nowMs();
    try {
      await work();
    } catch {
      // Who gave the work answers for it: a fault of one must not keep the others from their turn.
    } finally {
      const tookMs = nowMs() - beganMs;
      if (tookMs < SHORTEST_REST_MS) setImmediate(next);
      else setTimeout(next, tookMs);
    }
  }

  return (work) => {
    waiting.push(work);
    if (!isResting) void next();
  };
}
