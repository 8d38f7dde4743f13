import { assess } from '../assess/assess.ts';
import { EMPTY_MEMORY } from '../assess/scene/observation.ts';
import { quote, whyUnreadable } from '../config/problem.ts';
import type { HostReport } from '../model/hosts-report.ts';
import type { Report } from '../model/report.ts';
import type { ScanCommand } from '../model/settings.ts';
import { readyCode } from './exit-code.ts';
import { withFilePorts } from './file-ports.ts';
import type { ObservedHost } from './observe-listing.ts';
import { readInput as readListing } from './read-input.ts';
import { scanShort } from './scan-short.ts';
import { observeProc } from './scan-sources.ts';
import { scanTable, type TableForm } from './scan-table.ts';

export interface ScanIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether colours are used unless the settings say otherwise. */
  readonly colour: boolean;
  /** The most characters in a line of a table. */
  readonly width: number;
  /** Gives a listing's bytes; by the file system and standard input unless given. */
  readonly readInput?: (path: string) => Promise<Uint8Array>;
}

/**
 * Scans once and prints what it saw. Resolves to 0 when ready, 1 when not, 2 when that is not known; of several
 * hosts, 1 when one of them is not ready, and 0 only when all are; with `--ensemble`, by the whole ensemble.
 */
export async function scan(given: ScanCommand, io: ScanIo): Promise<number> {
  let command: ScanCommand;
  let hosts: readonly ObservedHost[];
  try {
    command = await withFilePorts(given);
    hosts = await observedHosts(command, io);
  } catch (error) {
    io.error(`quorum-probe: ${reasonOf(error)}\n`);
    return 2;
  }
  const { judge } = command;
  const reports = hosts.map(({ name, observation }) => ({
    name,
    report: assess(observation, EMPTY_MEMORY, judge).report,
  }));
  const [first] = reports;
  const [own] = hosts;
  if (first === undefined || own === undefined) return 2;
  if (command.ensemble) {
    const { scanEnsemble } = await import('./scan-ensemble.ts');
    const { text, code } = scanEnsemble(
      command,
      own.observation,
      first.report,
      formOf(command, io),
    );
    io.out(text);
    return code;
  }
  io.out(reports.length > 1 ? several(command, reports, io) : one(command, first.report, io));
  const codes = reports.map(({ report }) => readyCode(report));
  return codes.includes(1) ? 1 : Math.max(...codes);
}

async function observedHosts(
  command: ScanCommand,
  { readInput = readListing }: ScanIo,
): Promise<readonly ObservedHost[]> {
  const { judge, source } = command;
  if (source.kind === 'proc') {
    return [{ name: judge.podName, observation: await observeProc(command, judge, source) }];
  }
  const { observeListing } = await import('./observe-listing.ts');
  return observeListing(command, source.path, await readInput(source.path));
}

/** Errors of the file system name the path and a code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || !('path' in error)) return error.message;
  return `cannot read ${quote(String(error.path))}: ${whyUnreadable(String(error.code))}`;
}

/** The hosts of one listing, each judged by itself. */
function several(command: ScanCommand, hosts: readonly HostReport[], io: ScanIo): string {
  switch (command.output) {
    case 'json':
      return `${JSON.stringify({ schemaVersion: 1, hosts }, null, 2)}\n`;
    case 'short':
      return hosts
        .map(({ name, report }) => scanShort({ ...report, member: { ...report.member, name } }))
        .join('');
    case 'table': {
      const form = formOf(command, io);
      const tables = hosts.map(({ name, report }) => `=== ${name} ===\n${scanTable(report, form)}`);
      return `The listing has rows of ${hosts.length} hosts; each is judged separately.\n\n${tables.join('\n')}`;
    }
  }
}

function one(command: ScanCommand, report: Report, io: ScanIo): string {
  switch (command.output) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    case 'short':
      return scanShort(report);
    case 'table':
      return scanTable(report, formOf(command, io));
  }
}

function formOf({ color }: ScanCommand, { colour, width }: ScanIo): TableForm {
  return { colour: color === 'auto' ? colour : color === 'always', width };
}
