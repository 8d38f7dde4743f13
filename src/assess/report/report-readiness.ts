import { leadingFinding } from '../../model/findings.ts';
import { type Readiness, type ReadinessReport, readinessText } from '../../model/readiness.ts';
import type { Check, Finding } from '../../model/report.ts';
import type { Observation } from '../scene/observation.ts';

/** Readiness as the report shows it: with times of the wall clock, and why in one line. */
export function reportReadiness(
  readiness: Readiness,
  { at, nowMs }: Pick<Observation, 'at' | 'nowMs'>,
  checks: readonly Check[],
  findings: readonly Finding[],
): ReadinessReport {
  const wallMs = Date.parse(at);
  const iso = (ms: number): string => new Date(wallMs + Math.round(ms - nowMs)).toISOString();
  const report: ReadinessReport = {
    state: readiness.kind,
    by: readiness.kind === 'ready' ? readiness.by : null,
    since: iso(readiness.sinceMs),
    until: readiness.kind === 'settling' ? iso(readiness.untilMs) : null,
    reason: whyNot(checks, findings),
  };
  return { ...report, reason: readinessText(report, wallMs) };
}

/** The finding to read first with its remedy, else the first check that does not pass. */
function whyNot(checks: readonly Check[], findings: readonly Finding[]): string {
  const finding = leadingFinding(findings);
  if (finding !== null) return finding;
  const check = (['fail', 'unknown', 'warn'] as const)
    .map((wanted) => checks.find(({ status }) => status === wanted))
    .find((found) => found !== undefined);
  return check === undefined ? 'it is in no quorum' : `${check.name}: ${check.reason}`;
}
