import type { Observation } from '../assess/scene/observation.ts';
import type { Counters, ScanReport } from '../model/report.ts';
import type { ScanEdges } from './scan-once.ts';
import type { Surroundings } from './surroundings.ts';

/** A scan that read nothing, for what fills in the rest. */
export const NO_SCAN: ScanReport = {
  at: null,
  reason: 'start',
  source: 'proc',
  durationMs: 0,
  cpuMs: 0,
  longestHoldMs: 0,
  rows: 0,
  malformed: {},
  duplicates: 0,
  truncated: false,
  error: null,
  listing: null,
};

/** An observation of nothing, for the report that stands until the first scan is judged. */
export function beforeTheFirstScan(
  { clock, wallClock, kernel, tcpRetries }: ScanEdges,
  { names, podAddresses, interfaces, asked, certificate }: Surroundings,
  counters: Counters,
): Observation {
  return {
    nowMs: clock(),
    at: wallClock().toISOString(),
    table: null,
    ...{ counters, names, podAddresses, interfaces, asked, certificate },
    scan: NO_SCAN,
    ...{ kernel, tcpRetries, awakeSinceMs: null },
  };
}
