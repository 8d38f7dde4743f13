import type { Observation } from '../assess/scene/observation.ts';
import type { SocketSource, SourceName } from '../kernel/sources.ts';
import { CAPTURE_PORTS, MARKER_PORTS } from '../links/mesh.ts';
import type { ScanReason } from '../model/agent-view.ts';
import type { AskedEvidence } from '../model/asked.ts';
import type { Kernel } from '../model/kernel.ts';
import type { Names } from '../model/names.ts';
import type { Profile } from '../model/profile.ts';
import type { Counters, InterfaceReport, ScanReport } from '../model/report.ts';
import type { ScanSettings } from '../model/settings.ts';
import type { Address, Mattering, SocketTable } from '../model/socket.ts';
import type { Meter } from '../proc/meter.ts';
import { readCounters, type TableFile } from '../proc/read.ts';
import type { WatchedPorts } from '../proc/table-keeper.ts';
import { watchedPorts } from '../proc/watched.ts';

/** The edges that one scan needs. */
export interface ScanEdges {
  readonly procRoot: string;
  /** Where the socket table comes from. */
  readonly sockets: SocketSource;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  readonly wallClock: () => Date;
  readonly pause: () => Promise<void>;
  readonly kernel: Kernel;
  /** `net.ipv4.tcp_retries2`; `null` where it cannot be read. */
  readonly tcpRetries: number | null;
}

/** What is known from elsewhere when a scan begins. */
export interface ScanContext {
  readonly profile: Profile;
  readonly scan: ScanSettings;
  readonly reason: ScanReason;
  /** Tables worth reading. */
  readonly files: readonly TableFile[];
  readonly names: Names;
  readonly podAddresses: readonly Address[] | null;
  readonly interfaces: readonly InterfaceReport[];
  readonly asked: AskedEvidence;
  /** Since when the agent has run without a break; `null` for one scan alone. */
  readonly awakeSinceMs: number | null;
  /** Which rows matter, as far as earlier scans and the members' addresses say. */
  readonly matters: Mattering;
}

/**
 * Reads the tables and counters once, and charges `meter` with it. A table that cannot be read is an
 * observation too: of nothing.
 */
export async function scanOnce(
  edges: ScanEdges,
  context: ScanContext,
  meter: Meter,
): Promise<Observation> {
  const startMs = edges.clock();
  const at = edges.wallClock().toISOString();
  const { table, malformed, longestHoldMs, source, error } = await readTable(edges, context, meter);
  meter.begin();
  const counters: Counters = readCounters(edges.procRoot);
  meter.end();
  const scan: ScanReport = {
    at,
    reason: context.reason,
    source,
    durationMs: edges.clock() - startMs,
    cpuMs: meter.spentMs(),
    longestHoldMs,
    rows: table?.rowsRead ?? 0,
    malformed: { ...malformed },
    duplicates: table?.duplicates ?? 0,
    truncated: table?.coverage.kind === 'truncated',
    error,
    listing: null,
  };
  const { names, podAddresses, interfaces, asked, awakeSinceMs } = context;
  return {
    ...{ nowMs: startMs, at, table, counters, names, podAddresses, interfaces, asked, scan },
    ...{ kernel: edges.kernel, tcpRetries: edges.tcpRetries, awakeSinceMs },
  };
}

/** What one reading of the table gave, or why it gave nothing. */
interface TableOutcome {
  readonly table: SocketTable | null;
  readonly malformed: SocketTable['malformed'];
  readonly longestHoldMs: number;
  readonly source: SourceName;
  readonly error: string | null;
}

async function readTable(
  edges: ScanEdges,
  context: ScanContext,
  meter: Meter,
): Promise<TableOutcome> {
  const options = {
    watched: watchedBy(context.profile),
    rowCap: context.scan.rowCap,
    matters: context.matters,
  };
  const timing = { sliceMs: context.scan.sliceMs, clock: edges.clock, pause: edges.pause, meter };
  try {
    const { table, ...reading } = await edges.sockets.read(context.files, options, timing);
    const error = unreadableWhole(table);
    const { malformed } = table;
    return { ...reading, table: error === null ? table : null, malformed, error };
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    return { table: null, malformed: {}, longestHoldMs: 0, source: 'proc', error };
  }
}

/** The ports that matter for a profile, with those of whatever mesh proxy there may be. */
export function watchedBy(profile: Profile): WatchedPorts {
  return watchedPorts(profile, CAPTURE_PORTS, MARKER_PORTS);
}

/**
 * A table without one readable row is not a quiet one: while the agent watches, its own listener stands in
 * it. Cut to its header or to nothing, it does not show that the server is gone.
 */
function unreadableWhole({ rowsRead, malformed }: SocketTable): string | null {
  if (rowsRead > 0) return null;
  const lines = Object.values(malformed).reduce((sum, rows) => sum + rows, 0);
  return lines > 0
    ? `none of the ${lines} rows of the socket table could be read`
    : 'the socket table has not a single row: net/tcp and net/tcp6 are empty or only a header';
}
