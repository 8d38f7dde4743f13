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
    };

export const NOT_WATCHED: Watch = { kind: 'not' };

/** After a tick. */
export function ticked(before: Watch, { endedMs, cpuMs, moved, scan }: MadeTick): Watch {
  const known =
    before.kind === 'watched' ? before : { costsMs: [], moved: false, clientsWait: false };
  return {
    kind: 'watched',
    atMs: endedMs,
    costsMs: [...known.costsMs, cpuMs].slice(-COSTS_KEPT),
    moved: known.moved || moved,
    clientsWait: scan?.judged.clientsWait ?? known.clientsWait,
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

/** Whether it is time for a tick; where there was none yet, whether there can be one is to be tried. */
export function isTickDue(watch: Watch, nowMs: number, settings: ScanSettings): boolean {
  return watch.kind === 'not' || nowMs - watch.atMs >= intervalMs(watch.costsMs, settings);
}

/** Whether a tick comes about as soon as a confirming scan would. */
export function isTickedOften(watch: Watch, settings: ScanSettings): boolean {
  if (watch.kind === 'not') return false;
  return intervalMs(watch.costsMs, settings) <= 2 * settings.hintIntervalMs;
}

/** Ticks come whenever the counters are read, but use no more of a core than scans may while nothing changes. */
function intervalMs(costsMs: readonly number[], settings: ScanSettings): number {
  return Math.min(settings.maxIntervalMs, typicalCostMs(costsMs) / settings.idleShare);
}
