import { assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Observation } from '../../src/assess/observation.ts';
import { CAPTURE_PORTS } from '../../src/links/mesh.ts';
import { NOTHING_ASKED } from '../../src/model/asked.ts';
import type { Counters, Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { SocketTable } from '../../src/model/socket.ts';
import { readCounters, readTables } from '../../src/proc/read.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

export function settingsFor(members: readonly string[]): JudgeSettings {
  return {
    profile: zookeeper,
    ensemble: {
      kind: 'members',
      members: members.map((name) => ({ name, literal: true, observer: false })),
    },
    podName: 'pod',
    mesh: 'auto',
    settleMs: 0,
    persistMs: 0,
    bootstrap: false,
  };
}

/** One look at a captured folder, as `scan --proc` takes it. */
export async function lookAt(
  root: string,
  podAddress: string,
  settings: JudgeSettings,
): Promise<Report> {
  const { profile } = settings;
  const watched = {
    counted: profile.ports.filter((spec) => spec.links === 'clients').flatMap((s) => s.ports),
    peer: profile.ports.filter((spec) => spec.links !== 'clients').flatMap((s) => s.ports),
    capture: CAPTURE_PORTS,
  };
  const { table } = await readTables(
    root,
    ['tcp', 'tcp6'],
    { watched, rowCap: 4096, littleEndian: true },
    { sliceMs: 4, clock: () => performance.now(), pause: () => new Promise(setImmediate) },
  );
  const observation = observationOf(table, podAddress, readCounters(root));
  return assess(observation, EMPTY_MEMORY, settings).report;
}

/** A first look that brought this table, with nothing asked of anybody. */
export function observationOf(
  table: SocketTable,
  podAddress: string,
  counters: Counters,
): Observation {
  return {
    nowMs: 0,
    at: '2026-01-01T00:00:00.000Z',
    table,
    counters,
    names: new Map(),
    podAddresses: [podAddress],
    interfaces: [],
    asked: NOTHING_ASKED,
    scan: {
      at: null,
      reason: 'start',
      durationMs: 0,
      cpuMs: 0,
      longestHoldMs: 0,
      rows: table.rowsRead,
      malformed: {},
      duplicates: 0,
      truncated: false,
      error: null,
    },
  };
}
