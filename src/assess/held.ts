/** How long one condition has held without a break. */
export interface Held {
  readonly sinceMs: number;
  /** Readings in a row that showed it, this one included. */
  readonly readings: number;
  /** The level it was last seen at; a fall counts as a break. */
  readonly level: number;
}

export type HeldConditions = ReadonlyMap<string, Held>;

/**
 * Carries conditions from one reading to the next: those in `now` (name to level) that held before keep
 * their beginning, unless their level fell, which shows that somebody is working on it.
 */
export function carry(
  before: HeldConditions,
  now: ReadonlyMap<string, number>,
  nowMs: number,
): HeldConditions {
  const held = new Map<string, Held>();
  now.forEach((level, name) => {
    const earlier = before.get(name);
    const unbroken = earlier !== undefined && level >= earlier.level;
    held.set(name, {
      sinceMs: unbroken ? earlier.sinceMs : nowMs,
      readings: unbroken ? earlier.readings + 1 : 1,
      level,
    });
  });
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
