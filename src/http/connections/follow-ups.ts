/** For how long in a row requests on connections that had an answer before may be served, in milliseconds. */
const LONGEST_TURN_MS = 0.5;
const MOST_SERVED = 256;

/**
 * Lets what can wait take turns: the further requests of connections that were answered before. Node
 * accepts one connection in each turn of the event loop, so that clients who ask again and again would
 * keep a kubelet waiting that comes with a new one.
 */
export function followUps(nowMs: () => number): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  let next = 0;
  let isAwaited = false;

  function turn(): void {
    isAwaited = false;
    const untilMs = nowMs() + LONGEST_TURN_MS;
    do {
      waiting[next]?.();
      next += 1;
    } while (next < waiting.length && nowMs() < untilMs);
    // What was served is let go now and then, so that a queue that never empties does not grow.
    if (next >= MOST_SERVED || next >= waiting.length) {
      waiting = waiting.slice(next);
      next = 0;
    }
    if (waiting.length > 0) callTurn();
  }

  function callTurn(): void {
    if (isAwaited) return;
    isAwaited = true;
    setImmediate(turn);
  }

  return (work) => {
    waiting.push(work);
    callTurn();
  };
}
