import type { EnsembleMember } from '../../model/ensemble.ts';
import type { MemberReport, PeerAnswer } from '../../model/evidence.ts';
import type { Report } from '../../model/report.ts';

/** How far back the timeline goes. */
export const TIMELINE_MS = 30 * 60_000;
/** The time that one column stands for: what happened within it is shown by the worst of it. */
export const COLUMN_MS = 6_000;
/** Columns without a report are filled from the one before only as long as a report may be believed. */
const CARRIED = 5;
/** Members with a row of their own, this one first. */
const MOST_ROWS = 15;

/** How a member stood. `silent`: its probe gave no report. */
export const STAGES = ['ready', 'settling', 'unknown', 'silent', 'out', 'absent'] as const;
export type Stage = (typeof STAGES)[number];

export interface Cell {
  readonly stage: Stage;
  readonly leads: boolean;
}

/** The members at one moment, by name. */
export type Standings = ReadonlyMap<string, Cell>;

interface Column {
  /** Which `COLUMN_MS` since 1970. */
  readonly index: number;
  /** As many as there are rows; `null` where nothing was known of a member. */
  readonly cells: readonly (Cell | null)[];
}

/** The members' standings over the last 30 minutes, in as many columns as fit however often they changed. */
export interface Timeline {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
}

export const NO_TIMELINE: Timeline = { names: [], columns: [] };

/** How the members stand by a report and the answers of the others' probes. */
export function standingsIn(
  report: Report,
  answers: ReadonlyMap<string, PeerAnswer> | null,
): Standings {
  const absent = new Set(
    report.ensemble.troubles
      .filter(({ kind }) => kind === 'absent')
      .flatMap(({ members }) => members),
  );
  const standings = new Map([[report.member.name, cellOf(report)]]);
  if (answers === null) return standings;
  for (const { name } of report.peers) {
    const answer = answers.get(name);
    if (answer?.kind === 'answered') standings.set(name, cellOf(answer.report));
    else standings.set(name, cell(absent.has(name) ? 'absent' : 'silent', false));
  }
  return standings;
}

/** How a member of the view of all stands now. */
export function cellOfMember({ name, report }: EnsembleMember, { ensemble }: Report): Cell {
  if (report !== null) return cellOf(report);
  const isAbsent = ensemble.troubles.some(
    ({ kind, members }) => kind === 'absent' && members.includes(name),
  );
  return cell(isAbsent ? 'absent' : 'silent', false);
}

type Told = Pick<MemberReport, 'role' | 'ready' | 'inQuorum' | 'verdict'>;

function cellOf({ role, ready, inQuorum, verdict }: Told): Cell {
  const leads = role === 'leader';
  if (ready === true) return cell('ready', leads);
  if (verdict === 'unknown' || inQuorum === null) return cell('unknown', leads);
  if (role === 'absent') return cell('absent', leads);
  return cell(inQuorum ? 'settling' : 'out', leads);
}

const CELLS: readonly Cell[] = STAGES.flatMap((stage) => [
  { stage, leads: false },
  { stage, leads: true },
]);

/** One value for each, so that columns share them. */
function cell(stage: Stage, leads: boolean): Cell {
  return CELLS.find((one) => one.stage === stage && one.leads === leads) ?? { stage, leads };
}

/** The timeline with what was seen at a moment of the wall clock; one that steps back begins it anew. */
export function rememberStandings(before: Timeline, standings: Standings, atMs: number): Timeline {
  const index = Math.floor(atMs / COLUMN_MS);
  const names = namesOf(before, standings);
  const columns = renamed(before, names).filter((column) => column.index <= index);
  const last = columns.at(-1);
  const now = names.map((name) => standings.get(name) ?? null);
  const cells =
    last?.index === index ? last.cells.map((one, row) => worse(one, now[row] ?? null)) : now;
  const kept = last?.index === index ? columns.slice(0, -1) : columns;
  const first = index - TIMELINE_MS / COLUMN_MS;
  const previous = kept.at(-1)?.cells;
  const shared = previous !== undefined && isSame(previous, cells) ? previous : cells;
  return { names, columns: [...kept.filter((one) => one.index > first), { index, cells: shared }] };
}

function namesOf({ names }: Timeline, standings: Standings): readonly string[] {
  const now = [...standings.keys()]
    .slice(0, MOST_ROWS)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return now.length === names.length && now.every((name, row) => name === names[row]) ? names : now;
}

function renamed({ names, columns }: Timeline, now: readonly string[]): readonly Column[] {
  if (names === now) return columns;
  const rows = now.map((name) => names.indexOf(name));
  return columns.map(({ index, cells }) => ({
    index,
    cells: rows.map((row) => cells[row] ?? null),
  }));
}

function isSame(some: Column['cells'], others: Column['cells']): boolean {
  return some.length === others.length && some.every((one, row) => one === others[row]);
}

function worse(a: Cell | null, b: Cell | null): Cell | null {
  if (a === null || b === null) return a ?? b;
  const stage = STAGES.indexOf(a.stage) > STAGES.indexOf(b.stage) ? a.stage : b.stage;
  return cell(stage, a.leads || b.leads);
}

/** A stretch of columns in which a member stood alike; columns count from the beginning of the timeline. */
export interface Run extends Cell {
  readonly from: number;
  readonly columns: number;
}

/** One member's stretches over the last 30 minutes, the oldest first; gaps are not known. */
export function runsOf({ names, columns }: Timeline, name: string, nowMs: number): readonly Run[] {
  const row = names.indexOf(name);
  const last = Math.floor(nowMs / COLUMN_MS);
  const first = last - TIMELINE_MS / COLUMN_MS + 1;
  const runs: Run[] = [];
  columns.forEach(({ index, cells }, at) => {
    const one = cells[row] ?? null;
    if (one === null || index < first || index > last) return;
    const next = columns[at + 1]?.index ?? last + 1;
    const length = Math.min(next - index, CARRIED);
    const before = runs.at(-1);
    const from = index - first;
    const goesOn = before !== undefined && before.from + before.columns === from;
    if (goesOn && before.stage === one.stage && before.leads === one.leads) {
      runs[runs.length - 1] = { ...before, columns: before.columns + length };
    } else {
      runs.push({ ...one, from, columns: length });
    }
  });
  return runs;
}
