import type { ScanReason } from '../model/agent-view.ts';
import type { ScanSettings } from '../model/settings.ts';

/** Whether what the last scan cost is paid for by the time since. */
export function isPaid(costMs: number, ageMs: number, settings: ScanSettings): boolean {
  return ageMs >= leastIntervalMs(costMs, settings);
}

/** Whether a quiet time has saved for some scans in a row: a member that dies changes the table several times. */
export function isSaved(
  spent: readonly Spent[],
  costMs: number,
  ageMs: number,
  settings: ScanSettings,
): boolean {
  const spentMs = spent.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return ageMs >= settings.minIntervalMs && costMs <= SAVING_MS * settings.busyShare - spentMs;
}

/** Over how long a scan's share of a core may be saved up. */
const SAVING_MS = 10_000;

/** A scan that was made, and its CPU time. */
export interface Spent {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** Scans that still count against what may be saved up. */
export function stillCounting(spent: readonly Spent[], nowMs: number): readonly Spent[] {
  return spent.filter(({ atMs }) => nowMs - atMs < SAVING_MS);
}

/** The least time between scans for a change, stretched by what a scan costs. */
export function leastIntervalMs(costMs: number, settings: ScanSettings): number {
  const paid = costMs / settings.busyShare;
  return Math.min(settings.intervalCapMs, Math.max(settings.minIntervalMs, paid));
}

/** The most time between scans, stretched by what a scan costs. */
export function mostIntervalMs(costMs: number, settings: ScanSettings): number {
  const paid = costMs / settings.idleShare;
  return Math.min(settings.intervalCapMs, Math.max(settings.maxIntervalMs, paid));
}

/** What is watched meanwhile needs a scan only for what nothing announces. */
const WATCHED = { times: 4, share: 0.1 };

/** The most time between scans while what they read is watched; `isCalm` where all is well and unchanged for long. */
export function watchedIntervalMs(costMs: number, settings: ScanSettings, isCalm: boolean): number {
  const paid = costMs / (settings.idleShare * WATCHED.share);
  const least = (isCalm ? WATCHED.times : 1) * settings.maxIntervalMs;
  return Math.min(WATCHED.times * settings.intervalCapMs, Math.max(least, paid));
}

export const COSTS_KEPT = 3;

/**
 * Adds one scan's CPU time; a confirming scan's belongs to the scan that it confirms. The first scan
 * pays for compiling the code as well: what it costs says nothing of the next.
 */
export function withCost(
  costsMs: readonly number[],
  reason: ScanReason,
  cpuMs: number,
): readonly number[] {
  if (reason === 'start') return [];
  const before = reason === 'confirm' ? costsMs.slice(0, -1) : costsMs;
  const confirmed = reason === 'confirm' ? (costsMs.at(-1) ?? 0) : 0;
  return [...before, confirmed + cpuMs].slice(-COSTS_KEPT);
}

/** The middle one of the last costs: a single hiccup of the machine must not delay the next scan. */
export function typicalCostMs(costsMs: readonly number[]): number {
  const ascending = [...costsMs].sort((a, b) => a - b);
  return ascending[Math.floor((ascending.length - 1) / 2)] ?? 0;
}

/** The kernel's first time-outs are 0.2, 0.4 and 0.8 s apart: each is seen soon after it came. */
const STALLING_MS = 200;
/** The share of one core for scanning meanwhile, a few times at most. */
const STALLING_SHARE = 0.1;

/** How soon to scan again while a peer leaves data unanswered. */
export function stallingMs(costsMs: readonly number[]): number {
  return Math.max(STALLING_MS, (costsMs.at(-1) ?? 0) / STALLING_SHARE);
}

/** Readings of a queue further apart than this could miss that it was empty in between. */
const MOST_READING_MS = 1_000;

/** How soon to scan again while something waits in a queue that has not been seen to fall. */
export function readingAgainMs(costsMs: readonly number[]): number {
  return Math.min(MOST_READING_MS, stallingMs(costsMs));
}
