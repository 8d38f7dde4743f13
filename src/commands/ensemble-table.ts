import { wrap } from '../layout.ts';
import {
  type EnsembleMember,
  type EnsembleView,
  type LinkSign,
  linkSign,
} from '../model/ensemble.ts';
import type { EnsembleDocument } from '../model/ensemble-document.ts';
import { ensembleLine } from '../model/ensemble-report.ts';
import { type ShortName, shortNames } from '../model/short-names.ts';

export interface TableStyle {
  readonly colour: boolean;
  /** The most characters in a line of text; a table is as wide as it must be. */
  readonly width: number;
  /** Whether the exit code is 0 for a whole ensemble alone. */
  readonly isStrict: boolean;
  /** The wall clock, by which durations are told. */
  readonly nowMs: number;
}

type Colour = 'green' | 'red' | 'yellow' | 'dim';

const COLOUR_CODES: Readonly<Record<Colour, string>> = {
  green: '32',
  red: '31',
  yellow: '33',
  dim: '2',
};

/** A cell's text, and its colour where it has one. */
type Cell = readonly [string, (Colour | undefined)?];

/** The ensemble: its verdict, its members, then for each port role who is linked with whom. */
export function ensembleTable(document: EnsembleDocument, style: TableStyle): string {
  const called = calling(document);
  const blocks = [
    headline(document, called, style),
    table(
      [['MEMBER'], ['ROLE'], ['QUORUM'], ['READY'], ['PROBE']],
      document.members.map((member) => memberRow(member, called)),
      style,
    ),
    ...matrices(document, called, style),
    ...exitLines(document, style),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** For each port role who is linked with whom, with what there is to say of it and what the words mean. */
export function linkMatrices(document: EnsembleDocument, style: TableStyle): readonly string[] {
  return matrices(document, calling(document), style);
}

function matrices(document: EnsembleDocument, called: ShortName, style: TableStyle) {
  return [
    ...document.roles.map((role) => matrix(role, document, called, style)),
    ...noteLines(document, called),
    legend(document, style),
  ];
}

function calling({ members }: EnsembleDocument): ShortName {
  const short = shortNames(members.map(({ name }) => name));
  return (name) => printable(short(name)).replaceAll(' ', '?').slice(0, 64);
}

const VERDICT_COLOURS: Readonly<Record<EnsembleDocument['verdict'], Colour>> = {
  healthy: 'green',
  degraded: 'yellow',
  broken: 'red',
  unknown: 'yellow',
};

function headline(document: EnsembleDocument, called: ShortName, style: TableStyle): string {
  const { verdict, members } = document;
  const answered = members.filter(({ report }) => report !== null).length;
  const word = paint([verdict.toUpperCase(), VERDICT_COLOURS[verdict]], style);
  return [
    `${word}  ${printable(ensembleLine(document, style.nowMs))}`,
    `${leaderWords(document, called)}; ${answered} of ${members.length} members report`,
  ].join('\n');
}

function leaderWords({ leaders }: EnsembleView, called: ShortName): string {
  const names = leaders.map(called);
  if (names.length === 0) return 'no leader seen';
  return names.length === 1 ? `${names[0]} leads` : `${names.join(' and ')} both lead`;
}

const LEGEND =
  'Row: observer. Column: observed. up: linked. missing: needed, but not there. troubled: stalled, opening or closing. one-sided: only one end sees it. -: not needed. ?: unknown. *: this member.';

function legend({ roles }: EnsembleView, { width }: TableStyle): string {
  return roles.length === 0 ? '*: this member.' : wrap(LEGEND, width).join('\n');
}

function exitLines({ verdict }: EnsembleDocument, { isStrict }: TableStyle): readonly string[] {
  if (verdict !== 'degraded' || !isStrict) return [];
  return ['The exit code is 1; with --allow-degraded it is 0 while the quorum holds.'];
}

function memberRow(
  { name, self, voter, probe, rttMs, report }: EnsembleMember,
  called: ShortName,
): readonly Cell[] {
  const asked: Cell =
    probe === 'answered' && rttMs !== null
      ? [`${rttMs.toFixed(1)} ms`, 'green']
      : [probe === 'self' ? 'this one' : probe, probe === 'self' ? 'dim' : 'red'];
  const title: Cell = [`${called(name)}${voter ? '' : ' (observer)'}${self ? ' *' : ''}`];
  if (report === null) return [title, ['?', 'dim'], ['?', 'dim'], ['?', 'dim'], asked];
  const quorum: Cell =
    report.inQuorum === null ? ['?', 'dim'] : report.inQuorum ? ['in', 'green'] : ['out', 'red'];
  const ready: Cell =
    report.ready === null ? ['?', 'dim'] : report.ready ? ['yes', 'green'] : ['no', 'red'];
  return [title, [report.role], quorum, ready, asked];
}

const SIGNS: Readonly<Record<LinkSign, Cell>> = {
  linked: ['up', 'green'],
  'one-sided': ['one-sided', 'red'],
  troubled: ['troubled', 'yellow'],
  missing: ['missing', 'red'],
  'not-needed': ['-', 'dim'],
  unknown: ['?', 'dim'],
};

/** Each row is what that member sees of the others. */
function matrix(role: string, view: EnsembleView, called: ShortName, style: TableStyle): string {
  const names = view.members.map(({ name }) => name);
  const rows = names.map((from): readonly Cell[] => [
    [called(from)],
    ...names.map(
      (to): Cell => (from === to ? ['.', 'dim'] : SIGNS[linkSign(view, role, from, to)]),
    ),
  ]);
  return table([[role.toUpperCase()], ...names.map((name): Cell => [called(name)])], rows, style);
}

function noteLines(
  { links, mismatches, members }: EnsembleView,
  called: ShortName,
): readonly string[] {
  const oneSided = links
    .filter((link) => link.oneSided)
    .map(({ role, between, sight }) => {
      const [seen, unseen] = sight[0] === 'up' ? between : [between[1], between[0]];
      return `! ${role}: ${called(seen)} sees a link with ${called(unseen)} that ${called(unseen)} does not see`;
    });
  const lists = mismatches.map(({ name, more, fewer }) =>
    [
      `! ${called(name)} has another list of members:`,
      ...more.map((member) => `+${called(member)}`),
      ...fewer.map((member) => `-${called(member)}`),
    ].join(' '),
  );
  const releases = members
    .filter(({ report }) => report?.schema === 'other')
    .map(
      ({ name }) =>
        `${called(name)}: its probe is of another release; what is not understood of its report is unknown`,
    );
  const lines = [...oneSided, ...lists, ...releases];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function table(
  head: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  style: TableStyle,
): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.[0].length ?? 0)),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => {
          const last = column === row.length - 1;
          return (
            paint(cell, style) + (last ? '' : ' '.repeat((widths[column] ?? 0) - cell[0].length))
          );
        })
        .join('  '),
    )
    .join('\n');
}

function paint([text, colour]: Cell, style: TableStyle): string {
  return style.colour && colour !== undefined
    ? `\u001b[${COLOUR_CODES[colour]}m${text}\u001b[0m`
    : text;
}

/** Names come from other members too: none of them may steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
