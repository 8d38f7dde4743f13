import { WIDTH, wrap } from '../layout.ts';
import type { Finding, Report } from '../model/report.ts';

type Style = 'bold' | 'red' | 'yellow' | 'green' | 'dim';

const CODES: Readonly<Record<Style, string>> = {
  bold: '1',
  red: '31',
  yellow: '33',
  green: '32',
  dim: '2',
};

/** A report as a person reads it: the verdict, what is wrong and what to do, then ports and links. */
export function scanTable(report: Report, colour: boolean): string {
  const paint = (text: string, ...styles: Style[]): string =>
    colour && styles.length > 0
      ? `\u001b[${styles.map((style) => CODES[style]).join(';')}m${text}\u001b[0m`
      : text;
  const lines = [
    headline(report, paint),
    ...listingLines(report, paint),
    ...report.findings.flatMap((finding) => ['', ...findingLines(finding, paint)]),
    '',
    ...table(
      [
        'PORT',
        'ROLE',
        'LISTEN',
        'WAITING',
        'IN',
        'OUT',
        'EXPECTED',
        'STALLED',
        'UNREAD',
        'UNACKED',
      ],
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
      paint,
    ),
    ...linkLines(report, paint),
    '',
    ...table(
      ['CHECK', 'STATUS', 'REASON'],
      report.checks.map((check) => [check.name, check.status, check.reason]),
      paint,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

type Paint = (text: string, ...styles: Style[]) => string;

function headline(report: Report, paint: Paint): string {
  const state = report.ready
    ? paint('READY', 'bold', 'green')
    : paint(report.readiness.state === 'unknown' ? 'NOT KNOWN' : 'NOT READY', 'bold', 'red');
  const where = [report.member.name, ...report.member.addresses].join(' ');
  const { size, majority, votes } = report.quorum;
  const quorum =
    size === null
      ? 'ensemble size not known'
      : `${votes === null ? '' : `${votes} of `}${size} voters, majority ${majority ?? '?'}`;
  const mesh =
    report.mesh.kind === 'none' ? '' : `, mesh ${report.mesh.kind} (${report.mesh.inbound})`;
  return `${state}  ${where}: ${paint(report.role, 'bold')}, ${quorum}, ${report.profile}${mesh}, verdict ${report.verdict}`;
}

/** What a pasted listing shows and what it does not, before anything is made of it. */
function listingLines({ scan: { listing } }: Report, paint: Paint): string[] {
  if (listing === null) return [];
  const unread = listing.unread === 0 ? '' : `, ${listing.unread} not read`;
  return [
    `${paint('listing', 'bold')}  ${listing.rows} ${listing.rows === 1 ? 'row' : 'rows'} read${unread}: ${listing.formats.join(', ')}`,
    ...listing.notes.flatMap((note) =>
      wrap(note, WIDTH - 4).map((line, at) =>
        paint(`${at === 0 ? '  - ' : '    '}${line}`, 'yellow'),
      ),
    ),
  ];
}

const SEVERITY_STYLE: Readonly<Record<Finding['severity'], Style>> = {
  critical: 'red',
  warning: 'yellow',
  info: 'dim',
};

function findingLines(finding: Finding, paint: Paint): string[] {
  const style = SEVERITY_STYLE[finding.severity];
  const sure = finding.certainty === 'suspected' ? ', suspected' : '';
  const text = (label: string, body: string): string[] =>
    wrap(body, WIDTH - 10).map((line, at) => `  ${(at === 0 ? label : '').padEnd(8)}${line}`);
  return [
    paint(`${finding.code} (${finding.severity}${sure})`, 'bold', style),
    ...wrap(finding.summary, WIDTH - 2).map((line) => `  ${line}`),
    ...(finding.severity === 'info' ? [] : text('cause', finding.cause)),
    ...text('do', finding.remedy),
    ...finding.evidence.map((row) => paint(`  | ${row}`, 'dim')),
  ];
}

function linkLines(report: Report, paint: Paint): string[] {
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
  return ['', ...table(showsVitals ? [...head, 'HEARD', 'RTT'] : head, rows, paint)];
}

/** How long ago the peer was heard, and how far it is. */
function vitalCells(vitals: Report['links'][number]['vitals']): string[] {
  const rttMs = vitals?.rttMs ?? null;
  return [seconds(vitals?.lastHeardMs ?? null), rttMs === null ? '-' : `${rttMs.toFixed(1)}ms`];
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1000).toFixed(1)}s`;
}

/** Columns as wide as their widest cell; numbers stand right. */
function table(head: readonly string[], rows: readonly string[][], paint: Paint): string[] {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const isNumeric = head.map((_, at) => rows.every((row) => /^[\d.-]+m?s?$/.test(row[at] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) =>
        isNumeric[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [paint(line(head), 'dim'), ...rows.map(line)];
}
