/** How long the agent has run without a break; times are of a steady clock. */
export interface Awake {
  readonly sinceMs: number;
  readonly seenMs: number;
}

/**
 * Ticks are 250 ms apart: so long without one, this process was stopped, starved of CPU, or its machine was
 * paused, and the connections of the pod may have been as well.
 */
const BREAK_MS = 1_500;

export function awakeFrom(nowMs: number): Awake {
  return { sinceMs: nowMs, seenMs: nowMs };
}

/** What a tick at `nowMs` says: after a break, the time begins anew. */
export function awakeAt({ sinceMs, seenMs }: Awake, nowMs: number): Awake {
  return { sinceMs: nowMs - seenMs > BREAK_MS ? nowMs : sinceMs, seenMs: nowMs };
}
