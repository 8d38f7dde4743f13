import type { Observation } from '../../src/assess/scene/observation.ts';
import { type AskedEvidence, NOTHING_ASKED } from '../../src/model/asked.ts';
import type { NameAnswer } from '../../src/model/names.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Counters } from '../../src/model/report.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { POD, tableOf } from '../links/rows.ts';

/** What a scan brought beyond its table. */
export interface Seen extends Partial<Omit<Observation, 'asked'>> {
  readonly asked?: Partial<AskedEvidence>;
}

/** One scan of a quiet pod that brought these rows, or this table; `seen` makes it another one. */
export function observe(
  rows: readonly Socket[] | SocketTable,
  { asked, nowMs = 0, ...seen }: Seen = {},
  profile: Profile = zookeeper,
): Observation {
  const table = 'listeners' in rows ? rows : tableOf(rows, 4096, profile);
  const at = new Date(Date.UTC(2026, 0, 1) + nowMs).toISOString();
  return {
    nowMs,
    at,
    table,
    counters: counters(),
    names: new Map(),
    podAddresses: [POD],
    interfaces: [],
    certificate: null,
    asked: { ...NOTHING_ASKED, ...asked },
    kernel: 'linux',
    awakeSinceMs: 0,
    tcpRetries: 15,
    scan: {
      at,
      reason: 'start',
      source: 'proc',
      durationMs: 1,
      cpuMs: 1,
      longestHoldMs: 1,
      rows: table.rowsRead,
      malformed: { ...table.malformed },
      duplicates: table.duplicates,
      truncated: table.coverage.kind === 'truncated',
      error: null,
      listing: null,
    },
    ...seen,
  };
}

export function counters(known: Partial<Counters> = {}): Counters {
  return {
    activeOpens: 0,
    passiveOpens: 0,
    attemptFails: 0,
    estabResets: 0,
    currEstab: 0,
    retransSegs: 0,
    outRsts: 0,
    listenOverflows: 0,
    listenDrops: 0,
    timeouts: 0,
    ...known,
  };
}

export function published(atMs: number, ...addresses: readonly string[]): NameAnswer {
  return { kind: 'published', addresses, atMs };
}

export function unpublished(atMs: number, sinceMs: number): NameAnswer {
  return { kind: 'unpublished', addresses: [], atMs, sinceMs };
}
