import type { ScanSettings } from '../model/settings.ts';
import type { Judged, MadeTick } from './judged.ts';
import { COSTS_KEPT, typicalCostMs } from './schedule.ts';

/** Whether what the last scan read is watched since then by ticks: a plain value. Times are of a steady clock. */
export type Watch =
  | { readonly kind: 'not' }
  | {
      readonly kind: 'watched';
      /** When it was last read, by a tick or a scan. */
      readonly atMs: number;
      /** CPU time of the last ticks, judging included. */
      readonly costsMs: readonly number[];
      /** Whether a scan would show more than the ticks do. */
      readonly moved: boolean;
      /** Whether bytes waited on ports of clients at the last scan: nobody watches them. */
      readonly clientsWait: boolean;
      /** Whether at the last tick all was well and nothing had changed for long. */
      readonly isCalm: boolean;
    };

export const NOT_WATCHED: Watch = { kind: 'not' };

/** After a tick. */
export function ticked(before: Watch, { endedMs, cpuMs, moved, isCalm, scan }: MadeTick): Watch {
  const known =
    before.kind === 'watched' ? before : { costsMs: [], moved: false, clientsWait: false };
  return {
    kind: 'watched',
    atMs: endedMs,
    costsMs: [...known.costsMs, cpuMs].slice(-COSTS_KEPT),
    moved: known.moved || moved,
    clientsWait: scan?.judged.clientsWait ?? known.clientsWait,
    isCalm,
  };
}

/** When a scan begins, which shows all that moved before. */
export function begunToScan(watch: Watch): Watch {
  return watch.kind === 'not' ? watch : { ...watch, moved: false };
}

/** After a scan. */
export function scanned(watch: Watch, { endedMs, clientsWait }: Judged): Watch {
  return watch.kind === 'not' ? watch : { ...watch, atMs: endedMs, clientsWait };
}

export function hasMoved(watch: Watch): boolean {
  return watch.kind === 'watched' && watch.moved;
}

/** Whether the ticks show all that moves no counter. */
export function seesAll(watch: Watch): boolean {
  return watch.kind === 'watched' && !watch.clientsWait;
}

/** Whether at the last tick all was well and nothing had changed for long. */
export function isCalm(watch: Watch): boolean {
  return watch.kind === 'watched' && watch.isCalm;
}

/** Whether it is time for a tick; where there was none yet, whether there can be one is to be tried. */
export function isTickDue(watch: Watch, nowMs: number, settings: ScanSettings): boolean {
  return watch.kind === 'not' || nowMs - watch.atMs >= intervalMs(watch, settings);
}

/** Whether a tick comes about as soon as a confirming scan would. */
export function isTickedOften(watch: Watch, settings: ScanSettings): boolean {
  if (watch.kind === 'not') return false;
  return intervalMs(watch, settings) <= 2 * settings.hintIntervalMs;
}

/**
 * Ticks come whenever the counters are read, and every second time while all is calm, but use no more of a core than
 * scans may while nothing changes.
 */
function intervalMs(watch: Watched, settings: ScanSettings): number {
  const leastMs = watch.isCalm ? CALM_TIMES * settings.hintIntervalMs : 0;
  const paidMs = typicalCostMs(watch.costsMs) / settings.idleShare;
  return Math.max(leastMs, Math.min(settings.maxIntervalMs, paidMs));
}

type Watched = Extract<Watch, { kind: 'watched' }>;

/** More than once and less than twice: timers keep no time to the millisecond. */
const CALM_TIMES = 1.5;
