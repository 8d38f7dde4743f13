import { type OwnReport, viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import { reportEnsemble } from '../../src/assess/ensemble/report-ensemble.ts';
import { leadingFinding } from '../../src/model/findings.ts';
import type { ReadinessReport } from '../../src/model/readiness.ts';
import type { Report } from '../../src/model/report.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

/** What follows from the rest of a report. */
type Derived = 'readiness' | 'ensemble';

/** A report made for a test, in which only what matters there is given. */
export type ReportWithoutReadiness = Omit<Report, Derived> & Partial<Pick<Report, Derived>>;

/** The report with the readiness and the ensemble that follow from the rest of it, unless they are given. */
export function withReadiness(report: ReportWithoutReadiness): Report {
  const ready = { ...report, readiness: report.readiness ?? readinessOf(report) };
  return { ...ready, ensemble: report.ensemble ?? ensembleOf(ready) };
}

function ensembleOf(report: OwnReport): Report['ensemble'] {
  const own = { own: report, answers: null, profile: zookeeper, observers: new Set<string>() };
  const moment = { nowMs: 0, at: report.at };
  return reportEnsemble(viewEnsemble(own), zookeeper.quorum, new Map(), moment).ensemble;
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
