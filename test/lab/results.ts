import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What one scenario showed, in seconds after the fault; null where it did not happen. */
export interface Outcome {
  readonly network: string;
  readonly scenario: string;
  /** Seconds until `/readyz` refused. */
  readonly notReady: number | null;
  /** The finding and metric looked for, with the seconds until they showed. */
  readonly finding: Noted | null;
  readonly metric: Noted | null;
  /** Seconds until the server itself told of it: ZooKeeper's `srvr`, or the like. */
  readonly zookeeper: number | null;
  /** Seconds from the repair until the server served and `/readyz` agreed again. */
  readonly servingAgain: number | null;
  readonly readyAgain: number | null;
}

export interface Noted {
  readonly name: string;
  readonly seconds: number | null;
}

const COLUMNS: readonly (readonly [string, (outcome: Outcome) => string])[] = [
  ['network', ({ network }) => network],
  ['scenario', ({ scenario }) => scenario],
  ['not ready', ({ notReady }) => seconds(notReady)],
  ['finding', ({ finding }) => noted(finding)],
  ['metric', ({ metric }) => noted(metric)],
  ['server noticed', ({ zookeeper }) => seconds(zookeeper)],
  ['server serves again', ({ servingAgain }) => seconds(servingAgain)],
  ['ready again', ({ readyAgain }) => seconds(readyAgain)],
];

/** Keeps an outcome for the table at the end, in the file that the runner names. */
export function record(outcome: Outcome): void {
  const file = process.env['QUORUM_LAB_RESULTS'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(outcome)}\n`);
}

/** A line of the table for a scenario in which readiness must hold. */
export function nothingHappened(network: string, scenario: string): Outcome {
  return {
    network,
    scenario,
    notReady: null,
    finding: null,
    metric: null,
    zookeeper: null,
    servingAgain: null,
    readyAgain: null,
  };
}

export function readResults(file: string): Outcome[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): Outcome => JSON.parse(line));
}

/** A Markdown table, aligned so that it reads well in a terminal too. */
export function markdownTable(outcomes: readonly Outcome[]): string {
  const titles = COLUMNS.map(([title]) => title);
  const rows = outcomes.map((outcome) => COLUMNS.map(([, text]) => text(outcome)));
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}

function seconds(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(1)} s`;
}

function noted(value: Noted | null): string {
  if (value === null) return '–';
  return value.seconds === null ? '–' : `\`${value.name}\` ${seconds(value.seconds)}`;
}
