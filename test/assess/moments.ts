import { type Assessment, assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../../src/assess/observation.ts';
import { NOTHING_ASKED } from '../../src/model/asked.ts';
import type { NameAnswer } from '../../src/model/names.ts';
import type { Counters, Finding, Report } from '../../src/model/report.ts';
import type { Ensemble, JudgeSettings } from '../../src/model/settings.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { COUNTERS } from '../../src/model/vocabulary.ts';
import { PEERS, POD, tableOf } from '../links/rows.ts';
import { settingsFor } from './look.ts';

/** One look that believes what it sees. */
export const ONE_LOOK: JudgeSettings = settingsFor([POD, ...PEERS]);

/** What the agent judges by. */
export const AGENT: JudgeSettings = { ...ONE_LOOK, settleMs: 5_000, persistMs: 10_000 };

export function ofSize(voters: number, observers = 0): Ensemble {
  return { kind: 'size', voters, observers };
}

/** Members by name; those with a leading `*` observe. */
export function named(...names: readonly string[]): Ensemble {
  return {
    kind: 'members',
    members: names.map((name) => ({
      name: name.replace('*', ''),
      literal: false,
      observer: name.startsWith('*'),
    })),
  };
}

/** Members by address; those with a leading `*` observe. */
export function at(...addresses: readonly string[]): Ensemble {
  return {
    kind: 'members',
    members: addresses.map((address) => ({
      name: address.replace('*', ''),
      literal: true,
      observer: address.startsWith('*'),
    })),
  };
}

export function published(atMs: number, ...addresses: readonly string[]): NameAnswer {
  return { kind: 'published', addresses, atMs };
}

export function unpublished(atMs: number, sinceMs: number): NameAnswer {
  return { kind: 'unpublished', addresses: [], atMs, sinceMs };
}

export function counters(known: Partial<Counters> = {}): Counters {
  const none = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counters;
  return { ...none, ...known };
}

export type Seen = Partial<Omit<Observation, 'table'>>;

/** One look at these rows. */
export function observe(rows: readonly Socket[] | SocketTable, seen: Seen = {}): Observation {
  const table = 'listeners' in rows ? rows : tableOf(rows);
  return {
    nowMs: 0,
    at: '2026-01-01T00:00:00.000Z',
    table,
    counters: counters(),
    names: new Map(),
    podAddresses: [POD],
    interfaces: [],
    asked: NOTHING_ASKED,
    scan: {
      at: '2026-01-01T00:00:00.000Z',
      reason: 'start',
      durationMs: 1,
      cpuMs: 1,
      longestHoldMs: 1,
      rows: table.rowsRead,
      malformed: { ...table.malformed },
      duplicates: table.duplicates,
      truncated: table.coverage.kind === 'truncated',
      error: null,
    },
    ...seen,
  };
}

/** What one look at these rows says. */
export function reportOf(
  rows: readonly Socket[] | SocketTable,
  changes: Partial<JudgeSettings> = {},
  seen: Seen = {},
): Report {
  return assess(observe(rows, seen), EMPTY_MEMORY, { ...ONE_LOOK, ...changes }).report;
}

/** A run of looks, each remembering those before. */
export interface Run {
  /** Looks at `rows` at `nowMs`. */
  look(nowMs: number, rows: readonly Socket[], seen?: Seen): Report;
  last(): Assessment;
}

export function run(changes: Partial<JudgeSettings> = {}): Run {
  const settings = { ...AGENT, ...changes };
  let memory: Memory = EMPTY_MEMORY;
  let newest: Assessment | null = null;
  return {
    look(nowMs, rows, seen = {}) {
      newest = assess(observe(rows, { ...seen, nowMs }), memory, settings);
      memory = newest.memory;
      return newest.report;
    },
    last() {
      if (newest === null) throw new Error('nothing was looked at yet');
      return newest;
    },
  };
}

export function codes(report: Report): string[] {
  return report.findings.map(({ code }) => code);
}

export function finding(report: Report, code: string): Finding {
  const one = report.findings.find((candidate) => candidate.code === code);
  if (one === undefined) throw new Error(`no ${code} among ${codes(report).join(', ') || 'none'}`);
  return one;
}

export function status(report: Report, check: string): string | undefined {
  return report.checks.find(({ name }) => name === check)?.status;
}
