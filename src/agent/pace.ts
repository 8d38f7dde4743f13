import type { Assessment } from '../assess/assess.ts';
import type { FullScanReason, ScanReason } from '../model/agent-view.ts';
import type { ScanSettings } from '../model/settings.ts';
import { isBlind, type Signature, sameSignature } from './hints.ts';
import type { Judged, MadeTick } from './judged.ts';
import {
  isPaid,
  isSaved,
  mostIntervalMs,
  readingAgainMs,
  type Spent,
  stallingMs,
  stillCounting,
  typicalCostMs,
  watchedIntervalMs,
  withCost,
} from './schedule.ts';
import {
  begunToScan,
  hasMoved,
  isCalm,
  isTickedOften,
  NOT_WATCHED,
  scanned,
  seesAll,
  ticked,
  type Watch,
} from './watch.ts';

/** How long after a connection of its own the probe waits one more reading before it believes a change. */
const OWN_TRAFFIC_MS = 500;

/** When to scan again: a plain value, kept by the agent. Times are of a steady clock. */
export interface Pace {
  /** When the last scan began that confirms no other; `null` before the first. */
  readonly scanMs: number | null;
  /** The counters when the last scan began. */
  readonly baseline: Signature;
  /** The revision of the asked evidence that the last scan was judged with. */
  readonly revision: number;
  /** How the counters moved since the last scan; by connections of the probe's own, it may be. */
  readonly moved: 'not' | 'perhaps' | 'surely';
  readonly costsMs: readonly number[];
  readonly spent: readonly Spent[];
  /** Whether what the last scan read is watched since, and when and at what cost it was last. */
  readonly watch: Watch;
  /** When a confirming scan is due; `null` where none is wanted. */
  readonly confirmAtMs: number | null;
  /** When membership in the quorum becomes readiness if nothing changes; `null` where it need not. */
  readonly settlesAtMs: number | null;
}

export const FIRST_PACE: Pace = {
  scanMs: null,
  baseline: [],
  revision: 0,
  moved: 'not',
  costsMs: [],
  spent: [],
  watch: NOT_WATCHED,
  confirmAtMs: null,
  settlesAtMs: null,
};

/** What can be known at little cost between scans. */
export interface Signs {
  readonly nowMs: number;
  readonly signature: Signature;
  /** When a connection of the probe's own was last opened or closed; `null` before the first. */
  readonly ownActivityAtMs: number | null;
  /** The revision of the asked evidence. */
  readonly revision: number;
  /** Whether the published readiness waits for something that changes no counter. */
  readonly waiting: boolean;
}

/** The pace with the newest reading of the counters. */
export function noticed(pace: Pace, signs: Signs): Pace {
  return { ...pace, moved: movedBy(pace, signs), spent: stillCounting(pace.spent, signs.nowMs) };
}

function movedBy({ baseline, moved, watch }: Pace, signs: Signs): Pace['moved'] {
  const { signature, ownActivityAtMs, nowMs } = signs;
  if (isBlind(signature) || hasMoved(watch)) return 'surely';
  if (sameSignature(signature, baseline)) return 'not';
  const ownTraffic = ownActivityAtMs !== null && nowMs - ownActivityAtMs < OWN_TRAFFIC_MS;
  // The kernel counts an own connection a moment before or after Node does: read the counters twice.
  return ownTraffic && moved === 'not' ? 'perhaps' : 'surely';
}

/**
 * Why to scan now, or `null`, after `noticed`. Scans follow changes, but never more of them than their
 * share of a core pays for; without changes they come now and then, since unread bytes and closed
 * windows move no counter.
 */
export function due(pace: Pace, signs: Signs, settings: ScanSettings): FullScanReason | null {
  const { scanMs, confirmAtMs } = pace;
  if (scanMs === null) return 'start';
  if (confirmAtMs !== null && signs.nowMs >= confirmAtMs) return 'confirm';
  if (hasSettled(pace, signs.nowMs, scanMs)) return 'change';
  const ageMs = signs.nowMs - scanMs;
  const costMs = typicalCostMs(pace.costsMs);
  const canPay = isPaid(costMs, ageMs, settings) || isSaved(pace.spent, costMs, ageMs, settings);
  if (hasChanged(pace, signs) && canPay) return 'change';
  return ageMs >= mostMs(pace, costMs, settings) ? 'max-age' : null;
}

function mostMs({ watch }: Pace, costMs: number, settings: ScanSettings): number {
  return seesAll(watch)
    ? watchedIntervalMs(costMs, settings, isCalm(watch))
    : mostIntervalMs(costMs, settings);
}

function hasChanged({ moved, revision }: Pace, signs: Signs): boolean {
  return moved === 'surely' || signs.revision !== revision || signs.waiting;
}

/** Readiness is due at a known moment: it needs no change of the table to be scanned for, once. */
function hasSettled({ settlesAtMs }: Pace, nowMs: number, scanMs: number): boolean {
  return settlesAtMs !== null && nowMs >= settlesAtMs && scanMs < settlesAtMs;
}

/** The pace when a scan begins, also where the scan then fails. */
export function begun(pace: Pace, reason: FullScanReason, signs: Signs): Pace {
  const confirms = reason === 'confirm';
  return {
    ...pace,
    baseline: signs.signature,
    revision: signs.revision,
    watch: begunToScan(pace.watch),
    confirmAtMs: confirms ? null : pace.confirmAtMs,
    scanMs: confirms ? pace.scanMs : signs.nowMs,
  };
}

type Judgement = Pick<Assessment, 'unsettled' | 'stalling' | 'queueDoubt' | 'readiness'>;

/** The pace after a scan was judged: when the next must come, and what this one cost. */
export function afterScan(
  pace: Pace,
  judged: Judged,
  assessment: Judgement,
  settings: ScanSettings,
): Pace {
  const { reason, endedMs, cpuMs } = judged;
  const costsMs = withCost(pace.costsMs, reason, cpuMs);
  return {
    ...pace,
    costsMs,
    spent: reason === 'start' ? pace.spent : [...pace.spent, { atMs: endedMs, cpuMs }],
    watch: scanned(pace.watch, judged),
    confirmAtMs: confirmAtMs({ ...pace, costsMs }, judged, assessment, settings),
    settlesAtMs: settlesAtMs(assessment),
  };
}

/** The pace after a tick, of which what was judged counts as a scan does. */
export function afterTick(pace: Pace, tick: MadeTick, settings: ScanSettings): Pace {
  const ticking = { ...pace, watch: ticked(pace.watch, tick) };
  if (tick.scan === null) return ticking;
  const { judged, assessment } = tick.scan;
  return {
    ...ticking,
    confirmAtMs: confirmAtMs(ticking, judged, assessment, settings),
    settlesAtMs: settlesAtMs(assessment),
  };
}

/** The pace where what was read last is not watched. */
export function unwatched(pace: Pace): Pace {
  return pace.watch.kind === 'not' ? pace : { ...pace, watch: NOT_WATCHED };
}

function confirmAtMs(
  pace: Pace,
  { reason, endedMs, doubtful }: Judged,
  { unsettled, stalling, queueDoubt }: Judgement,
  settings: ScanSettings,
): number | null {
  const confirms = reason === 'confirm';
  if (doubtful && !confirms) {
    const soonMs = endedMs + settings.confirmDelayMs;
    // Ticks, and scans of a table that changes all the time, may follow each other faster, and must not put it off.
    return Math.min(pace.confirmAtMs ?? soonMs, soonMs);
  }
  // The ticks show what becomes of it.
  if (isTickedOften(pace.watch, settings)) return pace.confirmAtMs;
  if (unsettled && !confirms) return endedMs + settings.confirmDelayMs;
  if (stalling) return endedMs + stallingMs(pace.costsMs);
  if (wantsReading(queueDoubt, reason)) return endedMs + readingAgainMs(pace.costsMs);
  return pace.confirmAtMs;
}

function settlesAtMs({ readiness }: Judgement): number | null {
  return readiness.kind === 'settling' ? readiness.untilMs : null;
}

/** A queue that fell waits for the next scan that has a reason of its own: busy servers have many. */
function wantsReading(doubt: Assessment['queueDoubt'], reason: ScanReason): boolean {
  return doubt === 'standing' || (doubt === 'new' && reason !== 'confirm');
}

/** How soon to read the counters again. */
export function untilNextReadingMs(
  { confirmAtMs }: Pace,
  nowMs: number,
  { hintIntervalMs }: ScanSettings,
): number {
  const untilConfirmMs = confirmAtMs === null ? hintIntervalMs : confirmAtMs - nowMs;
  return Math.max(0, Math.min(untilConfirmMs, hintIntervalMs));
}
