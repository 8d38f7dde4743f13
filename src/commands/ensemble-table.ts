import {
  type EnsembleMember,
  type EnsembleView,
  type LinkSign,
  linkSign,
} from '../model/ensemble.ts';

export interface TableStyle {
  readonly colour: boolean;
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

/** The ensemble in one picture: its members, then for each port role who is linked with whom. */
export function ensembleTable(view: EnsembleView, style: TableStyle): string {
  const blocks = [
    leaderLine(view),
    table(
      [['MEMBER'], ['ROLE'], ['QUORUM'], ['READY'], ['PROBE']],
      view.members.map(memberRow),
      style,
    ),
    ...view.roles.map((role) => matrix(role, view, style)),
    ...noteLines(view),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function leaderLine({ leaders, members }: EnsembleView): string {
  const answered = members.filter(({ report }) => report !== null).length;
  const known = `${answered} of ${members.length} members known`;
  if (leaders.length === 0) return `no leader seen, ${known}`;
  const names = leaders.map(printable);
  return leaders.length === 1
    ? `${names[0]} leads, ${known}`
    : `${names.join(' and ')} both lead, ${known}`;
}

function memberRow({ name, self, probe, rttMs, report }: EnsembleMember): readonly Cell[] {
  const asked: Cell =
    probe === 'answered' && rttMs !== null
      ? [`${rttMs.toFixed(1)} ms`, 'green']
      : [probe === 'self' ? 'this one' : probe, probe === 'self' ? 'dim' : 'red'];
  const title: Cell = [`${printable(name)}${self ? ' *' : ''}`];
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
function matrix(role: string, view: EnsembleView, style: TableStyle): string {
  const names = view.members.map(({ name }) => name);
  const rows = names.map((from): readonly Cell[] => [
    [printable(from)],
    ...names.map(
      (to): Cell => (from === to ? ['.', 'dim'] : SIGNS[linkSign(view, role, from, to)]),
    ),
  ]);
  return table(
    [[role.toUpperCase()], ...names.map((name): Cell => [printable(name)])],
    rows,
    style,
  );
}

function noteLines({ links, mismatches, members }: EnsembleView): readonly string[] {
  const oneSided = links
    .filter((link) => link.oneSided)
    .map(({ role, between, sight }) => {
      const [seen, unseen] = sight[0] === 'up' ? between : [between[1], between[0]];
      return `! ${role}: ${printable(seen)} sees a link with ${printable(unseen)} that ${printable(unseen)} does not see`;
    });
  const lists = mismatches.map(({ name, more, fewer }) =>
    [
      `! ${printable(name)} has another list of members:`,
      ...more.map((member) => `+${printable(member)}`),
      ...fewer.map((member) => `-${printable(member)}`),
    ].join(' '),
  );
  const releases = members
    .filter(({ report }) => report?.schema === 'other')
    .map(
      ({ name }) =>
        `${printable(name)}: its probe is of another release; what is not understood of its report is unknown`,
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
function printable(name: string): string {
  return name.replace(/[^\x21-\x7e]/g, '?').slice(0, 64);
}
