import { setImmediate as turn } from 'node:timers/promises';

/** A clock and timers that move when the test lets them. */
export interface HandTime {
  readonly clock: () => number;
  readonly schedule: (work: () => void, afterMs: number) => void;
  /** Lets time pass, timers firing as they fall due and answers arriving in between. */
  pass(ms: number): Promise<void>;
}

export function handTime(): HandTime {
  let nowMs = 0;
  let due: { readonly work: () => void; readonly atMs: number }[] = [];
  return {
    clock: () => nowMs,
    schedule: (work, afterMs) => due.push({ work, atMs: nowMs + afterMs }),
    async pass(ms) {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = due.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        due = due.filter((one) => one !== next);
        nowMs = next.atMs;
        next.work();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

/** Enough turns of the event loop for a chain of answers that are already there. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

/** A source that gives the answer it was told to, or keeps who asks waiting while it was told none. */
export interface HandSource<Answer> {
  readonly askedAtMs: readonly number[];
  /** The most questions that were ever under way at once. */
  most(): number;
  says(answer: Answer | null): void;
  ask(): Promise<Answer>;
}

export function handSource<Answer>(time: HandTime, first: Answer | null): HandSource<Answer> {
  const askedAtMs: number[] = [];
  let held = first;
  let open = 0;
  let most = 0;
  let tell: (() => void)[] = [];
  return {
    askedAtMs,
    most: () => most,
    says(answer) {
      held = answer;
      if (answer === null) return;
      for (const one of tell) one();
      tell = [];
    },
    async ask() {
      askedAtMs.push(time.clock());
      open += 1;
      most = Math.max(most, open);
      while (held === null) await new Promise<void>((resolve) => tell.push(resolve));
      open -= 1;
      return held;
    },
  };
}
