import type { ScanReason } from '../model/agent-view.ts';
import type { ScanSettings } from '../model/settings.ts';

/** What the schedule knows when it is asked whether to look. Times are of a steady clock. */
export interface ScheduleState {
  readonly nowMs: number;
  /** When the last scan began; `null` before the first. */
  readonly lastScanMs: number | null;
  /** CPU time of one scan and of what confirmed it. */
  readonly costMs: number;
  /** CPU time of all scans that count against what may be saved up. */
  readonly spentMs: number;
  /** Whether the cheap counters moved since the last scan began. */
  readonly changed: boolean;
  /** When a confirming scan is due; `null` where none is wanted. */
  readonly confirmAtMs: number | null;
  /** When membership in the quorum becomes readiness if nothing changes; `null` where it need not. */
  readonly settlesAtMs: number | null;
}

/**
 * Why to scan now, or `null`. Scans follow changes, but never more of them than their share of a core
 * pays for; without changes they come now and then, since unread bytes and closed windows move no counter.
 */
export function dueScan(state: ScheduleState, settings: ScanSettings): ScanReason | null {
  if (state.lastScanMs === null) return 'start';
  if (state.confirmAtMs !== null && state.nowMs >= state.confirmAtMs) return 'confirm';
  if (hasSettled(state)) return 'change';
  const ageMs = state.nowMs - state.lastScanMs;
  if (state.changed && (isPaid(state, ageMs, settings) || isSaved(state, ageMs, settings))) {
    return 'change';
  }
  return ageMs >= mostIntervalMs(state.costMs, settings) ? 'max-age' : null;
}

/** What the last scan cost is paid for by the time since. */
function isPaid({ costMs }: ScheduleState, ageMs: number, settings: ScanSettings): boolean {
  return ageMs >= leastIntervalMs(costMs, settings);
}

/** A quiet time has saved for some scans in a row: a member that dies changes the table several times. */
function isSaved(state: ScheduleState, ageMs: number, settings: ScanSettings): boolean {
  const saved = SAVING_MS * settings.busyShare - state.spentMs;
  return ageMs >= settings.minIntervalMs && state.costMs <= saved;
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

/** Readiness is due at a known moment: it needs no change of the table to be looked for, once. */
function hasSettled({ settlesAtMs, nowMs, lastScanMs }: ScheduleState): boolean {
  return settlesAtMs !== null && nowMs >= settlesAtMs && (lastScanMs ?? 0) < settlesAtMs;
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

const COSTS_KEPT = 3;

/**
 * Adds one scan's CPU time; a confirming scan's belongs to the scan that it confirms. The first look
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
/** The share of one core for looking on at them, a few times at most. */
const STALLING_SHARE = 0.1;

/** How soon to look again while a peer leaves data unanswered. */
export function stallingMs(costsMs: readonly number[]): number {
  return Math.max(STALLING_MS, (costsMs.at(-1) ?? 0) / STALLING_SHARE);
}
