/** How long one condition has held without a break. */
export interface Held {
  readonly sinceMs: number;
  /** Readings in a row that showed it, this one included. */
  readonly readings: number;
}

export type HeldConditions = ReadonlyMap<string, Held>;

/** Carries conditions from one reading to the next: those in `now` that held before keep their beginning. */
export function carry(
  before: HeldConditions,
  now: ReadonlySet<string>,
  nowMs: number,
): HeldConditions {
  const held = new Map<string, Held>();
  for (const name of now) {
    const earlier = before.get(name);
    held.set(name, {
      sinceMs: earlier?.sinceMs ?? nowMs,
      readings: (earlier?.readings ?? 0) + 1,
    });
  }
  return held;
}

/** What is held of two kinds of conditions, which have no name in common. */
export function heldTogether(some: HeldConditions, others: HeldConditions): HeldConditions {
  const all = new Map(some);
  others.forEach((held, name) => {
    all.set(name, held);
  });
  return all;
}

/** How long the condition has held, in milliseconds; -1 where it does not hold. */
export function heldForMs(held: HeldConditions, name: string, nowMs: number): number {
  const condition = held.get(name);
  return condition === undefined ? -1 : nowMs - condition.sinceMs;
}
