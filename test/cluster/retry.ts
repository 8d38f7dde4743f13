import { setTimeout as sleep } from 'node:timers/promises';

/** What a case waits for, how long, and how it asks. */
export interface Wanted<T> {
  readonly what: string;
  readonly withinMs: number;
  /** Gives the answer once it is as wanted, or `null`. What it throws counts as not yet. */
  readonly ask: () => Promise<T | null> | T | null;
}

const POLL_MS = 250;

/**
 * Asks again and again until there is an answer.
 * @throws with what was wanted, and with the last error, when there is none in time.
 */
export async function eventually<T>({ what, withinMs, ask }: Wanted<T>): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      last = error;
    }
    await sleep(POLL_MS);
  } while (performance.now() < deadline);
  throw new Error(
    `not within ${withinMs} ms: ${what}${last === undefined ? '' : ` (${String(last)})`}`,
  );
}
