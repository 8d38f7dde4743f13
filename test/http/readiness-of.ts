import { leadingFinding } from '../../src/model/findings.ts';
import type { ReadinessReport } from '../../src/model/readiness.ts';
import type { Report } from '../../src/model/report.ts';

/** A report made for a test, in which only what matters there is given. */
export type ReportWithoutReadiness = Omit<Report, 'readiness'> & Partial<Pick<Report, 'readiness'>>;

/** The report with the readiness that follows from the rest of it, unless one is given. */
export function withReadiness(report: ReportWithoutReadiness): Report {
  return { ...report, readiness: report.readiness ?? readinessOf(report) };
}

function readinessOf(report: ReportWithoutReadiness): ReadinessReport {
  const { ready, bootstrap, inQuorum, at } = report;
  const begun = { by: null, since: at, until: null };
  if (ready) {
    return { ...begun, state: 'ready', by: bootstrap ? 'bootstrap' : 'settled', reason: 'ready' };
  }
  if (inQuorum === true) {
    const until = new Date(Date.parse(at) + 3_000).toISOString();
    return { ...begun, state: 'settling', until, reason: 'settling, ready in 3 s' };
  }
  const reason = leadingFinding(report.findings) ?? 'it is in no quorum';
  return { ...begun, state: inQuorum === null ? 'unknown' : 'out', reason };
}
