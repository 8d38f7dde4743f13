import type { Observation } from '../assess/scene/observation.ts';
import type { SocketSource, SourceName, SourceReading } from '../kernel/source.ts';
import { CAPTURE_PORTS, MARKER_PORTS } from '../links/mesh.ts';
import type { FullScanReason, ScanReason } from '../model/agent-view.ts';
import type { Kernel } from '../model/kernel.ts';
import type { Profile } from '../model/profile.ts';
import type { Counters, ScanReport } from '../model/report.ts';
import type { ScanSettings } from '../model/settings.ts';
import type { Mattering, SocketTable } from '../model/socket.ts';
import type { Meter } from '../proc/meter.ts';
import { type ReadTiming, readCounters, type TableFile } from '../proc/read.ts';
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
  readonly reason: FullScanReason;
  /** Tables worth reading. */
  readonly files: readonly TableFile[];
  /** Which rows matter, as far as earlier scans and the members' addresses say. */
  readonly matters: Mattering;
  readonly around: Around;
}

/** What an observation takes over as it is. */
export type Around = Pick<
  Observation,
  'names' | 'podAddresses' | 'interfaces' | 'asked' | 'certificate' | 'awakeSinceMs'
>;

/**
 * Reads the tables and counters once, and charges `meter` with it. A table that cannot be read is an
 * observation too: of nothing.
 */
export async function scanOnce(
  edges: ScanEdges,
  context: ScanContext,
  meter: Meter,
): Promise<Observation> {
  const began = beganNow(edges, context.reason);
  return observationOf(began, await readTable(edges, context, meter), edges, context.around, meter);
}

/** What watching shows. */
export interface Tick {
  readonly table: SocketTable;
  /** Whether a scan would show more. */
  readonly moved: boolean;
  /** Reads the counters too. */
  readonly observed: (around: Around) => Observation;
}

/**
 * Reads the listeners and known connections anew, where the source can watch them, and charges `meter` with it;
 * `null` where only a scan can.
 */
export async function watchOnce(
  edges: ScanEdges,
  settings: ScanSettings,
  meter: Meter,
): Promise<Tick | null> {
  const began = beganNow(edges, 'tick');
  const watched = await edges.sockets.watch(timingOf(edges, settings, meter));
  if (watched === null) return null;
  const { moved, ...reading } = watched;
  return {
    ...{ table: watched.table, moved },
    observed: (around) => observationOf(began, outcomeOf(reading), edges, around, meter),
  };
}

interface Began {
  readonly reason: ScanReason;
  readonly startMs: number;
  readonly at: string;
}

function beganNow({ clock, wallClock }: ScanEdges, reason: ScanReason): Began {
  return { reason, startMs: clock(), at: wallClock().toISOString() };
}

function observationOf(
  { reason, startMs, at }: Began,
  { table, malformed, longestHoldMs, source, error }: TableOutcome,
  { clock, procRoot, kernel, tcpRetries }: ScanEdges,
  { names, podAddresses, interfaces, asked, certificate, awakeSinceMs }: Around,
  meter: Meter,
): Observation {
  meter.begin();
  const counters: Counters = readCounters(procRoot);
  meter.end();
  const scan: ScanReport = {
    ...{ at, reason, source },
    durationMs: clock() - startMs,
    cpuMs: meter.spentMs(),
    longestHoldMs,
    rows: table?.rowsRead ?? 0,
    malformed: { ...malformed },
    duplicates: table?.duplicates ?? 0,
    truncated: table?.coverage.kind === 'truncated',
    error,
    listing: null,
  };
  return {
    ...{ nowMs: startMs, at, table, counters, names, podAddresses, interfaces, asked, scan },
    ...{ certificate, kernel, tcpRetries, awakeSinceMs },
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
  try {
    const timing = timingOf(edges, context.scan, meter);
    return outcomeOf(await edges.sockets.read(context.files, options, timing));
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    return { table: null, malformed: {}, longestHoldMs: 0, source: 'proc', error };
  }
}

function outcomeOf({ table, ...reading }: SourceReading): TableOutcome {
  const error = unreadableWhole(table);
  const { malformed } = table;
  return { ...reading, table: error === null ? table : null, malformed, error };
}

function timingOf(
  { clock, pause }: ScanEdges,
  { sliceMs }: ScanSettings,
  meter: Meter,
): ReadTiming {
  return { sliceMs, clock, pause, meter };
}

/** The ports of a mesh proxy on which rows are worth keeping, whatever the system is. */
export const PROXY_PORTS: readonly number[] = CAPTURE_PORTS;

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
    : 'the socket table has no rows: net/tcp and net/tcp6 are empty or only a header';
}
