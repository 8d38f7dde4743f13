/** Lines that were left out, to be said in one. */
export interface LeftOut {
  readonly lines: number;
  /** What the last of them would have said. */
  readonly last: string;
}

export interface LineBudgetEdges {
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  readonly schedule: (work: () => void, afterMs: number) => void;
  /** Says how many lines of a kind were left out, when its minute is over. */
  readonly summarise: (kind: string, leftOut: LeftOut) => void;
}

/** How many lines of one kind a minute may have: whoever makes something change all the time must not fill a disk. */
const MOST_LINES = 10;
const MINUTE_MS = 60_000;

interface Minute {
  readonly endsMs: number;
  lines: number;
  leftOut: LeftOut | null;
}

/** Says whether a line of a kind may be written; `value` is what it says. Kinds are few. */
export function createLineBudget({
  clock,
  schedule,
  summarise,
}: LineBudgetEdges): (kind: string, value: string) => boolean {
  const minutes = new Map<string, Minute>();

  function minuteOf(kind: string): Minute {
    const nowMs = clock();
    const open = minutes.get(kind);
    if (open !== undefined && nowMs < open.endsMs) return open;
    const minute = { endsMs: nowMs + MINUTE_MS, lines: 0, leftOut: null };
    minutes.set(kind, minute);
    return minute;
  }

  return (kind, value) => {
    const minute = minuteOf(kind);
    minute.lines += 1;
    if (minute.lines <= MOST_LINES) return true;
    if (minute.leftOut === null) {
      schedule(() => {
        if (minute.leftOut !== null) summarise(kind, minute.leftOut);
      }, minute.endsMs - clock());
    }
    minute.leftOut = { lines: (minute.leftOut?.lines ?? 0) + 1, last: value };
    return false;
  };
}
