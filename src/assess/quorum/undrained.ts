import type { Folded, Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';

/** A queue of bytes or connections that was not seen to fall since its first reading. */
export interface Undrained {
  readonly sinceMs: number;
  /** When it was last read. */
  readonly seenMs: number;
  /** Readings in a row that showed it, the first one included. */
  readonly readings: number;
  /** The level it was last seen at. */
  readonly level: number;
}

export type UndrainedQueues = ReadonlyMap<string, Undrained>;

/** Names of the queues that are followed. */
export const linkUnread = onceFor((link: Link): string => `unread ${link.key}`);
export const portBacklog = (port: number): string => `backlog ${port}`;

/** Readings in a row, none lower than the one before, that show that nobody works on a queue. */
const LEAST_READINGS = 10;

/** Readings further apart say nothing of the time between; scans without a reason are 5 s apart. */
const MOST_APART_MS = 4_000;

/** Every queue that holds something now, by name, with its level. */
export function queueLevels({ links, listeners }: Folded): Map<string, number> {
  const levels = new Map<string, number>();
  for (const link of links) {
    if (link.unreadBytes > 0) levels.set(linkUnread(link), link.unreadBytes);
  }
  for (const { port, acceptQueue } of listeners) {
    if (acceptQueue > 0) levels.set(portBacklog(port), acceptQueue);
  }
  return levels;
}

/**
 * Carries queues from one reading to the next. The kernel's counts fall only when the process reads or
 * accepts, so a fall begins the queue anew; so does a long time without a reading, in which it may have
 * been empty, unless it was known to stand by then.
 */
export function carryQueues(
  before: UndrainedQueues,
  levels: ReadonlyMap<string, number>,
  nowMs: number,
  persistMs: number,
): UndrainedQueues {
  const queues = new Map<string, Undrained>();
  levels.forEach((level, name) => {
    const earlier = before.get(name);
    const goesOn =
      earlier !== undefined &&
      level >= earlier.level &&
      (nowMs - earlier.seenMs <= MOST_APART_MS || stands(earlier, persistMs));
    queues.set(name, {
      sinceMs: goesOn ? earlier.sinceMs : nowMs,
      seenMs: nowMs,
      readings: goesOn ? earlier.readings + 1 : 1,
      level,
    });
  });
  return queues;
}

/** Whether the queue is known to stand: never seen to fall for as long as one may last. A single scan believes what it sees. */
export function isUndrained(queues: UndrainedQueues, name: string, persistMs: number): boolean {
  const queue = queues.get(name);
  return queue !== undefined && (persistMs === 0 || stands(queue, persistMs));
}

function stands({ sinceMs, seenMs, readings }: Undrained, persistMs: number): boolean {
  return readings >= LEAST_READINGS && seenMs - sinceMs >= persistMs;
}

/**
 * What more readings soon could tell: `new` queues were just seen for the first time or after a fall,
 * `standing` ones have not fallen for some readings, which is not long enough to judge them yet.
 */
export type QueueDoubt = 'none' | 'new' | 'standing';

export function queueDoubt(queues: UndrainedQueues, persistMs: number): QueueDoubt {
  if (persistMs === 0) return 'none';
  const open = [...queues.values()].filter((queue) => !stands(queue, persistMs));
  if (open.some(({ readings }) => readings > 1)) return 'standing';
  return open.length > 0 ? 'new' : 'none';
}
