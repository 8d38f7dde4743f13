import { viewEnsemble } from '../assess/ensemble/ensemble.ts';
import type { Observation } from '../assess/scene/observation.ts';
import { ensembleDocument } from '../model/ensemble-document.ts';
import type { Report } from '../model/report.ts';
import type { ScanCommand } from '../model/settings.ts';
import { observersOf } from './ask.ts';
import { ensembleTable } from './ensemble-table.ts';
import { ensembleCode } from './exit-code.ts';
import type { TableForm } from './scan-table.ts';

/** The state of the ensemble from this member's scan and the others' probes, and the exit code. */
export function scanEnsemble(
  command: ScanCommand,
  { asked, names, podAddresses }: Observation,
  own: Report,
  form: TableForm,
): { readonly text: string; readonly code: number } {
  const { ensemble, podName, profile } = command.judge;
  const answers = asked.peers?.answer.answers ?? null;
  const observers = observersOf(podName, { ensemble, names, podAddresses });
  const document = ensembleDocument(own, viewEnsemble({ own, answers, profile, observers }));
  const style = { ...form, isStrict: !command.allowDegraded, nowMs: Date.parse(own.at) };
  const text =
    command.output === 'json'
      ? `${JSON.stringify(document, null, 2)}\n`
      : ensembleTable(document, style);
  return { text, code: ensembleCode(own, command) };
}
