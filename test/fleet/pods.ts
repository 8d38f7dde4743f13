import type { MetricSource } from '../../src/http/metrics/definition.ts';
import { exposition } from '../../src/http/metrics/exposition.ts';
import { METRICS } from '../../src/http/metrics/table.ts';
import type { Watched } from '../../src/http/watched.ts';
import type { AgentTotals } from '../../src/model/agent-view.ts';
import { FINDING_CODES, type FindingCode } from '../../src/model/findings.ts';
import type { Report } from '../../src/model/report.ts';
import {
  BUILD,
  check,
  finding,
  leaderReport,
  lookingReport,
  TOTALS,
  WATCHED,
} from '../http/sample-report.ts';

/** The members of each pretended ensemble. */
export const MEMBERS = ['zk-0', 'zk-1', 'zk-2'] as const;

/** What one pretended pod shows at a scrape, as far as it matters to rules and panels. */
export interface PodState {
  readonly member: (typeof MEMBERS)[number];
  readonly role: 'leader' | 'learner' | 'looking' | 'unknown';
  readonly inQuorum: boolean | null;
  readonly verdict?: Report['verdict'];
  readonly ready?: boolean;
  readonly bootstrap?: boolean;
  readonly margin?: number;
  readonly stalled?: number;
  readonly findings?: readonly FindingCode[];
  readonly lastScanSecondsAgo?: number;
  readonly certificate?: Report['certificate'];
}

/** Figures that grow from one scrape to the next. */
export interface Growing {
  readonly nowSeconds: number;
  readonly cpuSeconds: number;
  readonly scans: number;
  readonly scanErrors: number;
  readonly logLinesDropped: number;
}

/** Writes a pod's metrics as the agent would, in the registry of its own that such a pod has. */
export function podExposition(): (state: PodState, growing: Growing) => Promise<string> {
  const failed = (): never => {
    throw new Error('a metric could not be collected');
  };
  const { render } = exposition(METRICS, failed);
  return (state, growing) => render(sourceOf(state, growing));
}

function sourceOf(state: PodState, growing: Growing): MetricSource {
  const report = reportOf(state, growing);
  const peers = MEMBERS.filter((name) => name !== state.member);
  const watched: Watched = { ...WATCHED, peers };
  const totals: AgentTotals = {
    ...TOTALS,
    scans: { ...TOTALS.scans, change: growing.scans },
    scanErrors: { ...TOTALS.scanErrors, 'names-failed': growing.scanErrors },
  };
  return {
    report,
    ready: report.ready,
    totals,
    watched,
    build: BUILD,
    process: {
      cpuSeconds: growing.cpuSeconds,
      residentBytes: 70_000_000,
      heapUsedBytes: 17_000_000,
      startedAtSeconds: 1_700_000_000,
      eventLoopLagSeconds: 0.01,
    },
    logLinesDropped: growing.logLinesDropped,
  };
}

function reportOf(state: PodState, { nowSeconds }: Growing): Report {
  const { member, role, inQuorum, margin, bootstrap = false, findings = [] } = state;
  const isLeader = role === 'leader';
  const { ports, scan } = leaderReport();
  const at = new Date((nowSeconds - (state.lastScanSecondsAgo ?? 0)) * 1000).toISOString();
  const base = inQuorum === false ? lookingReport : leaderReport;
  return base({
    member: { name: member, addresses: ['10.96.6.11'] },
    role,
    inQuorum,
    bootstrap,
    ready: state.ready ?? (inQuorum === true || bootstrap),
    verdict: state.verdict ?? (inQuorum === true ? 'healthy' : 'broken'),
    quorum: {
      size: 3,
      majority: 2,
      votes: isLeader ? 3 : null,
      margin: isLeader ? (margin ?? 1) : null,
    },
    checks: WATCHED.checks.map((name) =>
      name === 'majority' && inQuorum === false ? check(name, 'fail', 'no quorum') : check(name),
    ),
    findings: FINDING_CODES.filter(({ code }) => findings.includes(code)).map(
      ({ code, severity }) => finding(code, severity),
    ),
    ports: ports.map((port) => ({
      ...port,
      links: { ...port.links, stalled: port.role === 'quorum' ? (state.stalled ?? 0) : 0 },
    })),
    peers: MEMBERS.filter((name) => name !== member).map((name, index) => ({
      name,
      addresses: [],
      status: isLeader ? (index < (margin ?? 1) + 1 ? 'linked' : 'missing') : 'unknown',
      reach: 'unknown',
      vitals: null,
    })),
    certificate: state.certificate ?? null,
    scan: { ...scan, at },
  });
}
