import { hanging, wrap } from '../layout.ts';
import type { Finding, Report } from '../model/report.ts';
import { textTable } from './text-table.ts';

export interface TableForm {
  readonly colour: boolean;
  /** The most characters in a line. */
  readonly width: number;
}

type Style = 'bold' | 'red' | 'yellow' | 'green' | 'dim';

const CODES: Readonly<Record<Style, string>> = {
  bold: '1',
  red: '31',
  yellow: '33',
  green: '32',
  dim: '2',
};

/** How lines are written: in colours or not, and how long. */
interface Pen {
  readonly width: number;
  readonly paint: (text: string, ...styles: Style[]) => string;
}

/** A report as a person reads it: the verdict, what is wrong and what to do, then ports and links. */
export function scanTable(report: Report, { colour, width }: TableForm): string {
  const paint = (text: string, ...styles: Style[]): string =>
    colour && styles.length > 0
      ? `\u001b[${styles.map((style) => CODES[style]).join(';')}m${text}\u001b[0m`
      : text;
  const pen = { width, paint };
  const lines = [
    ...headline(report, pen),
    ...profileLines(report, pen),
    ...listingLines(report, pen),
    ...report.findings.flatMap((finding) => ['', ...findingLines(finding, pen)]),
    '',
    ...portLines(report, pen),
    ...linkLines(report, pen),
    '',
    ...table(
      ['CHECK', 'STATUS', 'REASON'],
      report.checks.map((check) => [check.name, check.status, check.reason]),
      pen,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(report: Report, { width, paint }: Pen): readonly string[] {
  const [state, style]: [string, Style] = report.ready
    ? ['READY', 'green']
    : [report.readiness.state === 'unknown' ? 'UNKNOWN' : 'NOT READY', 'red'];
  const where = [report.member.name, ...report.member.addresses].join(' ');
  const { size, majority, votes } = report.quorum;
  const quorum =
    size === null
      ? 'ensemble size unknown'
      : `${votes === null ? '' : `${votes} of `}${size} voters, majority ${majority ?? '?'}`;
  const mesh =
    report.mesh.kind === 'none' ? '' : `, mesh ${report.mesh.kind} (${report.mesh.inbound})`;
  const text = `${where}: ${report.role}, ${quorum}, ${report.profile}${mesh}, verdict ${report.verdict}`;
  const [first = '', ...rest] = hanging(`${state}  `, '  ', text, width);
  return [paint(state, 'bold', style) + first.slice(state.length), ...rest];
}

/** What shows the system, where nobody chose it. */
function profileLines({ profile, profileBy }: Report, { width, paint }: Pen): readonly string[] {
  if (profileBy === null) return [];
  const [first = '', ...rest] = hanging('profile  ', '  ', `${profile}: ${profileBy}`, width);
  return [paint('profile', 'bold') + first.slice('profile'.length), ...rest];
}

/** What a pasted listing shows and what it does not, before anything is made of it. */
function listingLines({ scan: { listing } }: Report, { width, paint }: Pen): readonly string[] {
  if (listing === null) return [];
  const unread = listing.unread === 0 ? '' : `, ${listing.unread} not read`;
  const read = `${listing.rows} ${listing.rows === 1 ? 'row' : 'rows'} read${unread}: ${listing.formats.join(', ')}`;
  const [first = '', ...rest] = hanging('listing  ', '  ', read, width);
  return [
    paint('listing', 'bold') + first.slice('listing'.length),
    ...rest,
    ...listing.notes.flatMap((note) =>
      hanging('  - ', '    ', note, width).map((line) => paint(line, 'yellow')),
    ),
  ];
}

const SEVERITY_STYLE: Readonly<Record<Finding['severity'], Style>> = {
  critical: 'red',
  warning: 'yellow',
  info: 'dim',
};

/** Below this the words of a finding need the room of its labels. */
const NARROW = 70;

function findingLines(finding: Finding, { width, paint }: Pen): readonly string[] {
  const style = SEVERITY_STYLE[finding.severity];
  const sure = finding.certainty === 'suspected' ? ', suspected' : '';
  const text = (label: string, body: string): readonly string[] =>
    width < NARROW
      ? hanging(`  ${label}: `, '    ', body, width)
      : hanging(`  ${label.padEnd(8)}`, ' '.repeat(10), body, width);
  return [
    paint(`${finding.code} (${finding.severity}${sure})`, 'bold', style),
    ...wrap(finding.summary, width - 2).map((line) => `  ${line}`),
    ...(finding.severity === 'info' ? [] : text('cause', finding.cause)),
    ...text('do', finding.remedy),
    ...finding.evidence.flatMap((row) =>
      hanging('  | ', '  |   ', row, width).map((line) => paint(line, 'dim')),
    ),
  ];
}

function portLines(report: Report, pen: Pen): readonly string[] {
  return table(
    ['PORT', 'ROLE', 'LISTEN', 'WAITING', 'IN', 'OUT', 'EXPECTED', 'STALLED', 'UNREAD', 'UNACKED'],
    report.ports.map((port) => [
      String(port.port),
      port.role,
      port.listener === null
        ? '-'
        : `${port.listener.addresses.join(' ')}${port.listener.reach === 'loopback' ? ' (loopback)' : ''}`,
      port.listener === null ? '-' : String(port.listener.acceptQueue),
      String(port.links.inbound),
      String(port.links.outbound),
      port.links.expected === null ? '-' : String(port.links.expected),
      String(port.links.stalled),
      String(port.unreadBytes),
      String(port.unackedBytes),
    ]),
    pen,
  );
}

function linkLines(report: Report, pen: Pen): readonly string[] {
  if (report.links.length === 0) return [];
  const showsVitals = report.links.some(({ vitals }) => vitals !== null);
  const rows = report.links.map((link) => [
    link.role,
    link.direction === 'inbound' ? 'from' : 'to',
    link.peer ?? '(hidden by the mesh)',
    link.state,
    String(link.unackedBytes),
    seconds(link.stalledMs),
    ...(showsVitals ? vitalCells(link.vitals) : []),
  ]);
  const head = ['LINK', '', 'PEER', 'STATE', 'UNACKED', 'STALLED'];
  return ['', ...table(showsVitals ? [...head, 'HEARD', 'RTT'] : head, rows, pen)];
}

/** How long ago the peer was heard, and how far it is. */
function vitalCells(vitals: Report['links'][number]['vitals']): string[] {
  const rttMs = vitals?.rttMs ?? null;
  return [seconds(vitals?.lastHeardMs ?? null), rttMs === null ? '-' : `${rttMs.toFixed(1)}ms`];
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1000).toFixed(1)}s`;
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, paint }: Pen,
): readonly string[] {
  const { head: title, lines } = textTable(head, rows, width);
  return title === null ? lines : [paint(title, 'dim'), ...lines];
}
