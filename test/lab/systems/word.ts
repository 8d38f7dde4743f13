import { setTimeout as sleep } from 'node:timers/promises';

/** What the servers say of themselves, asked over and over. */
export interface Word {
  /**
   * Milliseconds from now until a server's word, asked from now on, first is `wanted`; null when it has
   * not within `withinMs`.
   */
  when(pod: number, withinMs: number, wanted: boolean): Promise<number | null>;
  /** @throws when the words do not meet the condition within `withinMs`. */
  until(withinMs: number, condition: (says: readonly boolean[]) => boolean): Promise<void>;
  stop(): void;
}

/** Asks each server by its own function, `everyMs` after its last answer began. */
export function startWord(servers: readonly (() => Promise<boolean>)[], everyMs: number): Word {
  const says = servers.map(() => false);
  const listeners = new Set<(pod: number, askedAt: number) => void>();
  let stopped = false;
  const follow = async (pod: number, server: () => Promise<boolean>): Promise<void> => {
    while (!stopped) {
      const askedAt = Date.now();
      says[pod] = await server();
      for (const listener of listeners) listener(pod, askedAt);
      await sleep(Math.max(0, askedAt + everyMs - Date.now()));
    }
  };
  for (const [pod, server] of servers.entries()) void follow(pod, server);

  const wait = (
    withinMs: number,
    met: (pod: number, askedAt: number) => boolean,
  ): Promise<number | null> => {
    const from = Date.now();
    return new Promise((resolve) => {
      const finish = (elapsedMs: number | null): void => {
        clearTimeout(patience);
        listeners.delete(listener);
        resolve(elapsedMs);
      };
      const listener = (pod: number, askedAt: number): void => {
        if (met(pod, askedAt)) finish(Date.now() - from);
      };
      const patience = setTimeout(() => finish(null), withinMs);
      listeners.add(listener);
    });
  };
  return {
    when(subject, withinMs, wanted) {
      const from = Date.now();
      return wait(
        withinMs,
        (pod, askedAt) => pod === subject && askedAt >= from && says[pod] === wanted,
      );
    },
    async until(withinMs, condition) {
      if ((await wait(withinMs, () => condition(says))) === null) {
        throw new Error(`the servers do not say so within ${withinMs} ms: ${says.join(', ')}`);
      }
    },
    stop() {
      stopped = true;
    },
  };
}
