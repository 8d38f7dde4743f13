import { assess } from '../assess/assess.ts';
import { viewEnsemble } from '../assess/ensemble/ensemble.ts';
import { EMPTY_MEMORY, type Observation } from '../assess/scene/observation.ts';
import type { HostReport } from '../model/hosts-report.ts';
import type { Report } from '../model/report.ts';
import type { JudgeSettings, ScanCommand } from '../model/settings.ts';
import { ensembleTable } from './ensemble-table.ts';
import { withFilePorts } from './file-ports.ts';
import type { ObservedHost } from './observe-listing.ts';
import { observeProc } from './scan-sources.ts';
import { scanTable } from './scan-table.ts';

export interface ScanIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether colours may be used. */
  readonly colour: boolean;
}

/**
 * Scans once and prints what it saw. Resolves to 0 when ready, 1 when not, 2 when it cannot be told; of several
 * hosts, 1 when one of them is not ready, and 0 only when all are.
 */
export async function scan(given: ScanCommand, io: ScanIo): Promise<number> {
  let command: ScanCommand;
  let hosts: readonly ObservedHost[];
  try {
    command = await withFilePorts(given);
    const { judge, source } = command;
    hosts =
      source.kind === 'proc'
        ? [{ name: judge.podName, observation: await observeProc(command, judge, source) }]
        : await (await import('./observe-listing.ts')).observeListing(command, judge, source.path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    io.error(`quorum-probe: ${reason}\n`);
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
  if (reports.length > 1) io.out(several(command, reports, io));
  else if (command.ensemble) io.out(ensemble(command, judge, own.observation, first.report, io));
  else io.out(one(command, first.report, io));
  const codes = reports.map(({ report }) => exitCode(report));
  return codes.includes(1) ? 1 : Math.max(...codes);
}

function exitCode(report: Report): number {
  if (report.readiness.state === 'unknown') return 2;
  return report.ready ? 0 : 1;
}

/** The hosts of one listing, each judged by itself. */
function several({ json }: ScanCommand, hosts: readonly HostReport[], { colour }: ScanIo): string {
  if (json) return `${JSON.stringify({ schemaVersion: 1, hosts }, null, 2)}\n`;
  const tables = hosts.map(({ name, report }) => `=== ${name} ===\n${scanTable(report, colour)}`);
  return `The listing holds rows of ${hosts.length} hosts; each is judged by itself.\n\n${tables.join('\n')}`;
}

function one({ json }: ScanCommand, report: Report, { colour }: ScanIo): string {
  return json ? `${JSON.stringify(report, null, 2)}\n` : scanTable(report, colour);
}

/** The members by members, from this member's look and what the others' probes answered. */
function ensemble(
  { json }: ScanCommand,
  judge: JudgeSettings,
  { asked }: Observation,
  own: Report,
  { colour }: ScanIo,
): string {
  const answers = asked.peers?.answer.answers ?? new Map();
  const view = viewEnsemble({ own, answers, profile: judge.profile });
  return json ? `${JSON.stringify(view, null, 2)}\n` : ensembleTable(view, { colour });
}
