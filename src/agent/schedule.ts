import type { ScanReason } from '../model/agent-view.ts';
import type { ScanSettings } from '../model/settings.ts';

/** What the schedule knows when it is asked whether to look. Times are of a steady clock. */
export interface ScheduleState {
  readonly nowMs: number;
  /** When the last scan began; `null` before the first. */
  readonly lastScanMs: number | null;
  /** CPU time of the last scan and of what confirmed it. */
  readonly lastCostMs: number;
  /** Whether the cheap counters moved since the last scan began. */
  readonly changed: boolean;
  /** When a confirming scan is due; `null` where none is wanted. */
  readonly confirmAtMs: number | null;
}

/**
 * Why to scan now, or `null`. Scans follow changes, but never more of them than their share of a core
 * pays for; without changes they come now and then, since unread bytes and closed windows move no counter.
 */
export function dueScan(state: ScheduleState, settings: ScanSettings): ScanReason | null {
  if (state.lastScanMs === null) return 'start';
  if (state.confirmAtMs !== null && state.nowMs >= state.confirmAtMs) return 'confirm';
  const ageMs = state.nowMs - state.lastScanMs;
  if (state.changed && ageMs >= leastIntervalMs(state.lastCostMs, settings)) return 'change';
  return ageMs >= mostIntervalMs(state.lastCostMs, settings) ? 'max-age' : null;
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
