import { joined } from '../../assess/diagnosis/words.ts';
import { hanging, wrap } from '../../layout.ts';
import type { Cause, DiagnosedMember, EnsembleDiagnosis, Health } from '../../model/diagnosis.ts';
import { linkMatrices } from '../ensemble-table.ts';
import { printable } from './printable.ts';

const WORDS: Readonly<Record<Health, string>> = {
  healthy: 'HEALTHY',
  'not-healthy': 'NOT HEALTHY',
  unknown: 'UNKNOWN',
};

const COLOURS: Readonly<Record<Health, string>> = {
  healthy: '32',
  'not-healthy': '31',
  unknown: '33',
};

/** Rows of evidence of one cause that are printed; the others are in the JSON. */
const EVIDENCE_ROWS = 8;

/** How text is printed. */
export interface Form {
  readonly colour: boolean;
  readonly width: number;
}

/** The first line: the word for health, and why. */
export function shortText({ health, summary }: EnsembleDiagnosis, colour: boolean): string {
  return `${paint(WORDS[health], colour, '1', COLOURS[health])}  ${plain(summary)}\n`;
}

/** A diagnosis as a person reads it: the verdict, causes and what to do, then the members by members. */
export function diagnosisText(diagnosis: EnsembleDiagnosis, { colour, width }: Form): string {
  const style = { colour, width, isStrict: false, nowMs: Date.parse(diagnosis.at) };
  const { causes, ensemble, gaps, members } = diagnosis;
  const serious = causes.filter(({ severity }) => severity !== 'info');
  const main = serious.filter(({ follows }) => !follows).slice(0, FULL_CAUSES);
  const rest = serious.filter((cause) => !main.includes(cause));
  const notes = causes.filter(({ severity }) => severity === 'info');
  const blocks = [
    // The first line is one line, however wide: people and programs take it alone.
    [shortText(diagnosis, colour).trimEnd(), ...headLines(diagnosis, width)],
    ...main.map((cause) => causeLines(cause, colour, width)),
    ...(rest.length === 0
      ? []
      : [
          [
            'Also seen, most likely for the same reason:',
            ...rest.flatMap((one) => bullet(`${one.code}: ${one.summary}`, width)),
          ],
        ]),
    memberTable(members, colour),
    ...(ensemble === null ? [] : linkMatrices(ensemble, style).map((block) => block.split('\n'))),
    ...(notes.length === 0
      ? []
      : [
          [
            'For information:',
            ...notes.flatMap((one) => bullet(`${one.code}: ${one.summary}`, width)),
          ],
        ]),
    ...(gaps.length === 0
      ? []
      : [['Not seen:', ...together(gaps, members).flatMap((gap) => bullet(gap, width))]]),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** Lines that differ in the member's name alone are one. */
function together(gaps: readonly string[], members: readonly DiagnosedMember[]): string[] {
  const nameIn = (gap: string): string | null =>
    members
      .map(({ name }) => name)
      .find((name) => gap.startsWith(`${name}:`) || gap.startsWith(`${name} `)) ?? null;
  const groups = new Map<string, { readonly gap: string; readonly others: string[] }>();
  for (const gap of gaps) {
    const name = nameIn(gap);
    const key = name === null ? gap : gap.replaceAll(name, '');
    const group = groups.get(key);
    if (group === undefined || name === null) groups.set(key, { gap, others: [] });
    else group.others.push(name);
  }
  return [...groups.values()].map(({ gap, others }) =>
    others.length === 0 ? gap : `${gap} (and likewise ${joined(others)})`,
  );
}

/** Causes that are printed whole. */
const FULL_CAUSES = 3;

function headLines(
  { target, namespace, size, profile, mesh, at }: EnsembleDiagnosis,
  width: number,
): readonly string[] {
  const where = namespace === null ? '' : ` in namespace ${namespace}`;
  const members =
    size.members === null
      ? `an unknown number of members (${size.by})`
      : `${size.members} members (${size.by})`;
  const text = `${target}${where}: ${members}, ${profile.name} (${profile.by}), mesh ${mesh}, read at ${at}`;
  return wrap(plain(text), width);
}

function causeLines(cause: Cause, colour: boolean, width: number): string[] {
  const sure = cause.certainty === 'suspected' ? ', suspected' : '';
  const style = cause.severity === 'critical' ? '31' : '33';
  const text = (label: string, body: string): string[] =>
    wrap(plain(body), width - 10).map(
      (line, at) => `  ${(at === 0 ? label : '').padEnd(8)}${line}`,
    );
  const rows = cause.evidence.slice(0, EVIDENCE_ROWS);
  const more = cause.evidence.length - rows.length;
  return [
    paint(`${cause.code} (${cause.severity}${sure})`, colour, '1', style),
    ...wrap(plain(cause.summary), width - 2).map((line) => `  ${line}`),
    ...text('cause', cause.cause),
    ...text('do', cause.remedy),
    ...rows.map((row) => paint(`  | ${plain(row)}`, colour, '2')),
    ...(more > 0 ? [paint(`  | and ${more} more`, colour, '2')] : []),
  ];
}

/** How each member was seen, beside what Kubernetes says of its pod. */
function memberTable(members: readonly DiagnosedMember[], colour: boolean): readonly string[] {
  const head = ['POD', 'ADDRESS', 'PHASE', 'READY', 'RESTARTS', 'READ IN', 'VERDICT', 'SERVER'];
  const rows = members.map((member) => [
    member.name,
    member.addresses[0] ?? '-',
    [member.phase, ...member.troubles].join(', '),
    member.ready === null ? '?' : member.ready ? 'yes' : 'no',
    String(member.restarts),
    member.container ?? (member.seenBy === 'probe' ? '(its probe)' : '-'),
    member.report?.verdict ?? member.probe?.verdict ?? '?',
    serverWord(member),
  ]);
  const cells = [head, ...rows.map((row) => row.map(plain))];
  const widths = head.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells.map((row, line) => {
    const text = row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
    return line === 0 ? paint(text, colour, '2') : text;
  });
}

function serverWord({ report }: DiagnosedMember): string {
  const server = report?.asked.srvr ?? null;
  if (server === null) return '-';
  return server.mode ?? (server.detail === '' ? server.state : `${server.state}: ${server.detail}`);
}

function bullet(text: string, width: number): readonly string[] {
  return hanging('- ', '  ', plain(text), width);
}

function paint(text: string, colour: boolean, ...codes: readonly string[]): string {
  return colour ? `\u001b[${codes.join(';')}m${text}\u001b[0m` : text;
}

/** Names and rows may come from anywhere. */
function plain(text: string): string {
  return printable(text, MOST_CHARS);
}

/** Longer than any sentence of a cause or a remedy. */
const MOST_CHARS = 2_000;
