import type { Report, ScanReport, Verdict } from './report.ts';
import type { Address } from './socket.ts';

export type ScanReason = ScanReport['reason'];

/** Why a whole table was read. */
export type FullScanReason = Exclude<ScanReason, 'tick'>;

/** Why an attempt to look, or a part of it, failed. */
export const SCAN_ERRORS = [
  'table-unreadable',
  'table-malformed',
  'table-truncated',
  'netlink-failed',
  'sources-differ',
  'counters-unreadable',
  'interfaces-unreadable',
  'names-failed',
  'members-file-unreadable',
  'web-config-unreadable',
  'certificate-unreadable',
  'judging-failed',
  'collect-failed',
] as const;
export type ScanError = (typeof SCAN_ERRORS)[number];

/** Counts that only grow, kept by the agent from its start. */
export interface AgentTotals {
  readonly scans: Readonly<Record<FullScanReason, number>>;
  readonly scanErrors: Readonly<Record<ScanError, number>>;
  /** Links seen to appear, by port. */
  readonly linksOpened: ReadonlyMap<number, number>;
  /** Links seen to end, by port. */
  readonly linksLost: ReadonlyMap<number, number>;
  /** Changes of the verdict, by `verdictChange(from, to)`. */
  readonly verdictChanges: ReadonlyMap<string, number>;
  /** Connects that the mesh proxy failed to open, by the peer's address, of those it has shown. */
  readonly failedConnects: ReadonlyMap<Address, number>;
}

/** The name under which changes from one verdict to another are counted. */
export function verdictChange(from: Verdict, to: Verdict): string {
  return `${from} ${to}`;
}

/** What the outputs (health, metrics, page) may read of the agent; none of it starts any work. */
export interface AgentView {
  /** The newest report; `unknown` and not ready once it is older than twice the interval cap. */
  report(): Report;
  totals(): AgentTotals;
  /** Whether the scan loop finished an attempt, good or bad, in the last 60 s. */
  alive(): boolean;
  /** True from the first stop signal on: readiness is refused while connections drain. */
  stopping(): boolean;
  /** Counts a failure that an output met itself, such as a metric that could not be collected. */
  countError(error: ScanError): void;
}
