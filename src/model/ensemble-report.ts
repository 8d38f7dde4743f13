import type * as z from 'zod';
import { duration } from './duration.ts';
import type { ensembleReportSchema } from './ensemble-schema.ts';

/** The state of the whole ensemble, as a report holds it; times are ISO 8601. */
export type EnsembleReport = z.infer<typeof ensembleReportSchema>;
export type TroubleReport = EnsembleReport['troubles'][number];

/** Troubles that one line names; the others are counted. */
const NAMED = 4;

/**
 * The state of the ensemble in one line, at the wall-clock time `nowMs`: "2 of 3 voters in quorum; one more
 * failure loses it; zk-2 absent for 4 min". The durations are those of now, and not of the report.
 */
export function ensembleLine({ summary, troubles }: EnsembleReport, nowMs: number): string {
  const texts = troubles.slice(0, NAMED).map((trouble) => troubleText(trouble, nowMs));
  const left = troubles.length - texts.length;
  return [summary, ...texts, ...(left > 0 ? [`${left} more`] : [])].join('; ');
}

/** One trouble with how long it has been seen; what is not seen, and a duration under a second, has none. */
export function troubleText({ kind, text, since }: TroubleReport, nowMs: number): string {
  const heldMs = nowMs - Date.parse(since);
  return heldMs < 1_000 || kind === 'unseen' ? text : `${text} for ${duration(heldMs)}`;
}
