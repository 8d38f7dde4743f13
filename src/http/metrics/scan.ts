import { SCAN_ERRORS } from '../../model/agent-view.ts';
import { type MetricDefinition, single, stateSet } from './definition.ts';

const SCAN_SOURCES = ['proc', 'netlink'] as const;
const SCAN_REASONS = ['start', 'change', 'max-age', 'confirm'] as const;

/** The probe's own work. */
export const scanMetrics: readonly MetricDefinition[] = [
  {
    name: 'quorum_probe_scan_duration_seconds',
    type: 'gauge',
    labels: [],
    help: 'How long the last scan of the socket tables took, from its first read to its last.',
    samples: ({ report }) => single(report.scan.durationMs / 1000),
  },
  {
    name: 'quorum_probe_scan_source',
    type: 'gauge',
    labels: ['source'],
    help: 'Where the last scan read the socket table: 1 for the source that was used.',
    samples: ({ report }) => stateSet('source', SCAN_SOURCES, report.scan.source),
  },
  {
    name: 'quorum_probe_scans_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Scans of the socket tables, by trigger.',
    samples: ({ totals }) =>
      SCAN_REASONS.map((reason) => ({ labels: { reason }, value: totals.scans[reason] })),
  },
  {
    name: 'quorum_probe_scan_errors_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Failures to scan, to count or to publish, by reason.',
    samples: ({ totals }) =>
      SCAN_ERRORS.map((reason) => ({ labels: { reason }, value: totals.scanErrors[reason] })),
  },
  {
    name: 'quorum_probe_last_scan_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the last successful scan began, in Unix time; 0 before the first.',
    samples: ({ report: { scan } }) => single(scan.at === null ? 0 : Date.parse(scan.at) / 1000),
  },
  {
    name: 'quorum_probe_log_lines_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Log lines dropped because standard output was not read or had no room.',
    samples: ({ logLinesDropped }) => single(logLinesDropped),
  },
  {
    name: 'quorum_probe_build_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'The versions of the probe and of Node.js; always 1.',
    samples: ({ build: { version, node } }) => [{ labels: { version, node }, value: 1 }],
  },
];
