import type { Report } from '../model/report.ts';
import type { Transition } from '../model/transition.ts';

/** One value that a report holds, such as the role, and what to say of its change. */
interface Held {
  readonly kind: Transition['kind'];
  readonly value: string;
  readonly detail: string;
}

interface Known extends Held {
  /** `null`: since before the first report. */
  readonly sinceMs: number | null;
}

/** What was last known, and the newest transitions, oldest first; a plain value, kept by the caller. */
export interface TransitionMemory {
  /** By kind, findings by code too; empty before the first report. */
  readonly known: ReadonlyMap<string, Known>;
  readonly recent: readonly Transition[];
}

export const NO_TRANSITIONS: TransitionMemory = { known: new Map(), recent: [] };

/** Transitions kept, each of a few hundred bytes. */
export const RECENT_CAP = 256;

/** The value while no stop was asked for. */
export const NOT_STOPPING = 'none';

/** The value of a finding that is not there. */
export const NO_FINDING = 'none';

/**
 * Adds the report to what is known. `fresh` is what changed since the report before, in the order
 * role, readiness, verdict, stop, mesh, findings; nothing for the first one. `nowMs` is of a clock that
 * never steps back.
 */
export function noteReport(
  memory: TransitionMemory,
  report: Report,
  nowMs: number,
): { readonly memory: TransitionMemory; readonly fresh: readonly Transition[] } {
  const first = memory.known.size === 0;
  const values = valuesOf(report);
  const known = new Map<string, Known>();
  const fresh: Transition[] = [];
  for (const [key, held] of values) {
    const before = memory.known.get(key);
    const same = before?.value === held.value;
    known.set(key, { ...held, sinceMs: first ? null : same ? before.sinceMs : nowMs });
    if (!first && !same) fresh.push(transition(report.at, before, held, nowMs));
  }
  for (const [key, before] of memory.known) {
    if (before.kind !== 'finding' || values.has(key)) continue;
    fresh.push(transition(report.at, before, { ...before, value: NO_FINDING, detail: '' }, nowMs));
  }
  const recent = fresh.length === 0 ? memory.recent : [...memory.recent, ...fresh];
  return { memory: { known, recent: recent.slice(-RECENT_CAP) }, fresh };
}

function valuesOf(report: Report): ReadonlyMap<string, Held> {
  const failing = report.checks.find(({ status }) => status === 'fail');
  const failed = failing === undefined ? '' : `${failing.name}: ${failing.reason}`;
  const why = report.bootstrap ? report.readiness.reason : failed;
  const values = new Map<string, Held>([
    ['role', { kind: 'role', value: report.role, detail: '' }],
    ['ready', { kind: 'ready', value: report.ready ? 'ready' : 'not-ready', detail: why }],
    ['verdict', { kind: 'verdict', value: report.verdict, detail: why }],
    ['stopping', stoppingOf(report)],
    ['mesh', { kind: 'mesh', value: `${report.mesh.kind}/${report.mesh.inbound}`, detail: '' }],
  ]);
  // Several findings of one code, as one for each peer, come and go as one.
  for (const { code, summary } of report.findings) {
    const key = `finding ${code}`;
    if (!values.has(key)) values.set(key, { kind: 'finding', value: code, detail: summary });
  }
  return values;
}

function stoppingOf({ stopping }: Report): Held {
  const detail = stopping === null ? '' : `stop ${stopping.state}: ${stopping.reason}`;
  return { kind: 'stopping', value: stopping?.state ?? NOT_STOPPING, detail };
}

function transition(at: string, before: Known | undefined, after: Held, nowMs: number): Transition {
  const sinceMs = before?.sinceMs ?? null;
  return {
    at,
    kind: after.kind,
    from: before?.value ?? NO_FINDING,
    to: after.value,
    lastedMs: sinceMs === null ? null : Math.round(nowMs - sinceMs),
    detail: after.detail,
  };
}
