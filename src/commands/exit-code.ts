import type { Report } from '../model/report.ts';
import type { ScanCommand } from '../model/settings.ts';

/** Of one member: 0 ready, 1 not ready, 2 not known. */
export function readyCode({ readiness, ready }: Report): number {
  if (readiness.state === 'unknown') return 2;
  return ready ? 0 : 1;
}

/**
 * Of the whole ensemble: 0 where it is whole and this member is ready, or where a quorum holds and that is
 * enough; 1 where it is not; 2 where that is not known.
 */
export function ensembleCode(
  report: Report,
  { allowDegraded }: Pick<ScanCommand, 'allowDegraded'>,
): number {
  const { verdict } = report.ensemble;
  const holds = verdict === 'healthy' || verdict === 'degraded';
  if (allowDegraded && holds) return 0;
  const codes = [readyCode(report), verdict === 'healthy' ? 0 : verdict === 'unknown' ? 2 : 1];
  return codes.includes(1) ? 1 : Math.max(...codes);
}
