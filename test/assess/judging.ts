import { type Assessment, assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Memory } from '../../src/assess/scene/observation.ts';
import { CAPTURE_PORTS, MARKER_PORTS } from '../../src/links/mesh.ts';
import { UNKNOWN_POD } from '../../src/model/names.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Finding, Report } from '../../src/model/report.ts';
import type { Ensemble, JudgeSettings } from '../../src/model/settings.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { createMeter, PROCESS_CLOCKS } from '../../src/proc/meter.ts';
import { readCounters, readTables } from '../../src/proc/read.ts';
import { watchedPorts } from '../../src/proc/watched.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { PEERS, POD } from '../links/rows.ts';
import { observe, type Seen } from './observation.ts';

/** Members by address; those with a leading `*` observe. */
export function at(...addresses: readonly string[]): Ensemble {
  return members(addresses, true);
}

/** Members by name; those with a leading `*` observe. */
export function named(...names: readonly string[]): Ensemble {
  return members(names, false);
}

export function ofSize(voters: number, observers = 0): Ensemble {
  return { kind: 'size', voters, observers };
}

function members(names: readonly string[], literal: boolean): Ensemble {
  return {
    kind: 'members',
    members: names.map((name) => ({
      name: name.replace('*', ''),
      literal,
      observer: name.startsWith('*'),
    })),
  };
}

/** What one scan alone is judged by: it believes what it sees. */
export const ONE_LOOK: JudgeSettings = {
  profile: zookeeper,
  ensemble: at(POD, ...PEERS),
  podName: 'pod',
  identity: UNKNOWN_POD,
  service: { from: 'none' },
  leaderServes: null,
  mesh: 'auto',
  settleMs: 0,
  persistMs: 0,
  bootstrap: false,
  serverUids: [],
};

/** What the agent judges by: five seconds to settle, ten for what must persist. */
export const AGENT: JudgeSettings = { ...ONE_LOOK, settleMs: 5_000, persistMs: 10_000 };

/** What one scan of these rows says. */
export function reportOf(
  rows: readonly Socket[] | SocketTable,
  changes: Partial<JudgeSettings> = {},
  seen: Seen = {},
): Report {
  const settings = { ...ONE_LOOK, ...changes };
  return assess(observe(rows, seen, settings.profile), EMPTY_MEMORY, settings).report;
}

/** What one scan of a captured folder says, as `scan --proc` takes it. */
export async function lookAt(
  root: string,
  podAddress: string,
  changes: Partial<JudgeSettings> = {},
  seen: Seen = {},
): Promise<Report> {
  const { profile } = { ...ONE_LOOK, ...changes };
  const { table } = await readTables(
    root,
    ['tcp', 'tcp6'],
    {
      watched: watchedPorts(profile, CAPTURE_PORTS, MARKER_PORTS),
      rowCap: 4096,
      littleEndian: true,
    },
    {
      sliceMs: 4,
      clock: () => performance.now(),
      pause: () => new Promise(setImmediate),
      meter: createMeter(PROCESS_CLOCKS),
    },
  );
  return reportOf(table, changes, {
    ...{ podAddresses: [podAddress], counters: readCounters(root) },
    ...seen,
  });
}

/** Scans that follow each other, each remembering those before. */
export interface Run {
  /** Scans `rows` at `nowMs`. */
  look(nowMs: number, rows: readonly Socket[], seen?: Seen): Report;
  last(): Assessment;
  readonly profile: Profile;
}

export function run(changes: Partial<JudgeSettings> = {}): Run {
  const settings = { ...AGENT, ...changes };
  let memory: Memory = EMPTY_MEMORY;
  let newest: Assessment | null = null;
  return {
    look(nowMs, rows, seen = {}) {
      newest = assess(observe(rows, { ...seen, nowMs }, settings.profile), memory, settings);
      memory = newest.memory;
      return newest.report;
    },
    last() {
      if (newest === null) throw new Error('nothing was scanned yet');
      return newest;
    },
    profile: settings.profile,
  };
}

/** One scan of a run. */
export interface Step extends Omit<Seen, 'nowMs'> {
  readonly rows: readonly Socket[];
  readonly atMs?: number;
}

/** The reports of one scan after the other. */
export function reports(steps: readonly Step[], changes: Partial<JudgeSettings> = {}): Report[] {
  const scans = run(changes);
  return steps.map(({ rows, atMs = 0, ...seen }) => scans.look(atMs, rows, seen));
}

/** The report of the last scan. */
export function lastReport(steps: readonly Step[], changes: Partial<JudgeSettings> = {}): Report {
  const last = reports(steps, changes).at(-1);
  if (last === undefined) throw new Error('no scan was given');
  return last;
}

/** The same rows scanned once a second, from 0 s up to the given one. */
export function held(rows: readonly Socket[], seconds: number, seen: Partial<Step> = {}): Step[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    rows,
    atMs: second * 1_000,
    ...seen,
  }));
}

export function codes({ findings }: Report): string[] {
  return findings.map(({ code }) => code);
}

export function finding(report: Report, code: string): Finding {
  const one = report.findings.find((candidate) => candidate.code === code);
  if (one === undefined) throw new Error(`no ${code} among ${codes(report).join(', ') || 'none'}`);
  return one;
}

export function status(report: Report, check: string): string | undefined {
  return report.checks.find(({ name }) => name === check)?.status;
}
