/** Runs `work` and resolves to the longest time that the event loop could do nothing else meanwhile. */
export async function longestGapMs(work: () => Promise<unknown>): Promise<number> {
  const stop = new AbortController();
  let longestMs = 0;
  let lastTurnAt = performance.now();
  const turn = (): void => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - lastTurnAt);
    lastTurnAt = now;
    if (!stop.signal.aborted) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  stop.abort();
  await new Promise(setImmediate);
  return longestMs;
}
