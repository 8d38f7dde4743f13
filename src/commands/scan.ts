import { assess } from '../assess/assess.ts';
import { viewEnsemble } from '../assess/ensemble.ts';
import { EMPTY_MEMORY, type Observation } from '../assess/observation.ts';
import { peerRoles } from '../assess/ports.ts';
import type { Report } from '../model/report.ts';
import type { JudgeSettings, ScanCommand } from '../model/settings.ts';
import { ensembleTable } from './ensemble-table.ts';
import { withFilePorts } from './file-ports.ts';
import { observeListing, observeProc } from './scan-sources.ts';
import { scanTable } from './scan-table.ts';

export interface ScanIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether colours may be used. */
  readonly colour: boolean;
}

/** Looks once and prints what it saw. Resolves to 0 when ready, 1 when not, 2 when it cannot be told. */
export async function scan(given: ScanCommand, io: ScanIo): Promise<number> {
  let command: ScanCommand;
  let observation: Observation;
  try {
    command = withFilePorts(given);
    const { judge, source } = command;
    observation =
      source.kind === 'proc'
        ? await observeProc(command, judge, source)
        : observeListing(command, judge, source.path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    io.error(`quorum-probe: ${reason}\n`);
    return 2;
  }
  const { judge } = command;
  const { report } = assess(observation, EMPTY_MEMORY, judge);
  io.out(
    command.ensemble ? ensemble(command, judge, observation, report, io) : one(command, report, io),
  );
  if (report.inQuorum === null) return 2;
  return report.ready ? 0 : 1;
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
  const view = viewEnsemble({ own, answers, roles: peerRoles(judge.profile) });
  return json ? `${JSON.stringify(view, null, 2)}\n` : ensembleTable(view, { colour });
}
