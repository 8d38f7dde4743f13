import type { TcpState } from '../model/socket.ts';
import { type RowHead, readHead, readSocket } from '../proc/tcp-row.ts';
import { isDotted } from './endpoint.ts';
import { OTHER_FAMILY } from './line-signs.ts';
import { lsofOwner, netstatOwner, ssOwner } from './owner.ts';
import { type ListingRow, rowOf, unread } from './row.ts';
import { printedTimer } from './timer.ts';

/** The tools whose rows are read. */
export type Tool =
  | 'netstat'
  | 'bsd-netstat'
  | 'windows-netstat'
  | 'ss'
  | 'lsof'
  | 'proc'
  | 'columns';

/** One row found in a line. */
export interface Found {
  readonly tool: Tool;
  readonly row: ListingRow;
  /** Its number in a table of `/proc/net`. */
  readonly slot?: number;
}

/** The rows of one line, and what stands before the first: a prompt, a log's prefix, a command. */
export interface FoundInLine {
  readonly rows: readonly Found[];
  readonly before: string;
}

/** What earlier lines of the listing say about its rows. */
export interface RowContext {
  /** The table of another protocol: its rows look like those of TCP. */
  readonly datagramTable: boolean;
  /** The header or the command says that `ss` prints no state; the state of all rows, where it is known. */
  readonly stateless: { readonly state: TcpState | null } | null;
}

const END = String.raw`[\w.:*%[\]-]{1,255}`;
const STATE = String.raw`\p{L}[\p{L}\p{N}_-]{1,30}`;
/** `\d` may stand right before: the prompt's line with the row glued to its end. */
const NETSTAT = new RegExp(
  String.raw`tcp(?:46|64|4|6)?\s+(\d{1,20})\s+(\d{1,20})\s+(${END})\s+(${END})\s+(${STATE})`,
  'gu',
);
const WINDOWS = new RegExp(
  String.raw`(?<![\w.-])TCP(?:v[46])?\s+(${END})\s+(${END})\s+(${STATE})(?:\s+(\d{1,10})(?=\s|$))?`,
  'gu',
);
const SS = new RegExp(
  String.raw`(?<![\w.-])(LISTEN|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING)\s+(\d{1,20})\s+(\d{1,20})\s+(${END})(?:\s+(${END})(?![\w(]))?`,
  'gu',
);
const STATELESS = new RegExp(
  String.raw`^\s*(?:tcp\s+)?(\d{1,10})\s+(\d{1,10})\s+(${END})\s+(${END})(?=\s|$)`,
  'u',
);
const LSOF = new RegExp(String.raw`\bTCP\s+(${END}?)(?:->(${END}))?\s+\(([A-Z_\d]{1,20})\)`, 'gu');
const COLUMNS = new RegExp(
  String.raw`^[^\w:.*%[\]]{0,4}(${END})\s+(${END})\s+(${STATE})(?=\s|$)`,
  'u',
);
const RAW =
  /(?:^|\s)(\d{1,10}):\s{1,8}((?:[\dA-F]{8}){1,4}:[\dA-F]{4}\s{1,8}(?:[\dA-F]{8}){1,4}:[\dA-F]{4}\s.*)/i;

/** Shorter than any row. */
const MIN_ROW_CHARS = 15;

const NOTHING: FoundInLine = { rows: [], before: '' };

/** The rows of TCP sockets in one line, which may hold several where its breaks were lost. */
export function rowsInLine(line: string, context: RowContext): FoundInLine {
  if (line.length < MIN_ROW_CHARS) return NOTHING;
  const raw = context.datagramTable ? null : rawRow(line);
  if (raw !== null) return raw;
  for (const read of [netstatRows, windowsRows, lsofRows, ssRows]) {
    const found = read(line);
    if (found.rows.length > 0) return found;
  }
  return context.stateless === null
    ? columnsRow(line)
    : statelessRow(line, context.stateless.state);
}

/** Every match of a row with the text between it and the next one, in which its last columns stand. */
function* matchesIn(line: string, pattern: RegExp): Generator<[RegExpExecArray, string]> {
  const matches = [...line.matchAll(pattern)];
  for (const [at, match] of matches.entries()) {
    const end = matches[at + 1]?.index ?? line.length;
    yield [match, line.slice(match.index + match[0].length, end)];
  }
}

function foundIn(line: string, first: number | undefined, rows: readonly Found[]): FoundInLine {
  return first === undefined ? NOTHING : { rows, before: line.slice(0, first) };
}

function netstatRows(line: string): FoundInLine {
  let first: number | undefined;
  const rows: Found[] = [];
  for (const [match, rest] of matchesIn(line, NETSTAT)) {
    first ??= match.index;
    const [, rxQueue = '', txQueue = '', local = '', remote = '', state = ''] = match;
    const dotted = isDotted(local);
    rows.push({
      tool: dotted ? 'bsd-netstat' : 'netstat',
      row: rowOf({
        local,
        remote,
        state,
        rxQueue,
        txQueue,
        fitted: !dotted,
        timer: printedTimer(rest),
        owner: dotted ? { kind: 'unknown' } : netstatOwner(rest),
      }),
    });
  }
  return foundIn(line, first, rows);
}

function windowsRows(line: string): FoundInLine {
  let first: number | undefined;
  const rows: Found[] = [];
  for (const [match] of matchesIn(line, WINDOWS)) {
    const [, local = '', remote = '', state = ''] = match;
    if (!local.includes(':')) continue;
    first ??= match.index;
    rows.push({ tool: 'windows-netstat', row: rowOf({ local, remote, state }) });
  }
  return foundIn(line, first, rows);
}

function ssRows(line: string): FoundInLine {
  if (OTHER_FAMILY.test(line)) return NOTHING;
  let first: number | undefined;
  const rows: Found[] = [];
  for (const [match, rest] of matchesIn(line, SS)) {
    const [, state = '', rxQueue = '', txQueue = '', local = '', remote] = match;
    // A connection without its other end is a row that was wrapped or cut.
    if (remote === undefined && state !== 'LISTEN') continue;
    first ??= match.index;
    rows.push({
      tool: 'ss',
      row: rowOf({
        local,
        remote: remote ?? null,
        state,
        rxQueue,
        txQueue,
        timer: printedTimer(rest),
        owner: ssOwner(rest),
      }),
    });
  }
  return foundIn(line, first, rows);
}

/** A row of `ss` that was asked for one state, which it then does not print. */
function statelessRow(line: string, impliedState: TcpState | null): FoundInLine {
  const match = STATELESS.exec(line);
  if (match === null) return NOTHING;
  const [text, rxQueue = '', txQueue = '', local = '', remote = ''] = match;
  const rest = line.slice(text.length);
  const printed = { local, remote, state: null, impliedState, rxQueue, txQueue };
  const row = rowOf({ ...printed, timer: printedTimer(rest), owner: ssOwner(rest) });
  return { rows: [{ tool: 'ss', row }], before: '' };
}

function lsofRows(line: string): FoundInLine {
  if (!/\sIPv[46]\s/.test(line)) return NOTHING;
  const rows: Found[] = [];
  let start = 0;
  for (const match of line.matchAll(LSOF)) {
    const [text, local = '', remote, state = ''] = match;
    const owner = lsofOwner(line.slice(start, match.index));
    start = match.index + text.length;
    const printed = { local, remote: remote ?? null, state, wholeNames: true, owner };
    rows.push({ tool: 'lsof', row: rowOf(printed) });
  }
  return { rows, before: '' };
}

/** The address and state columns alone, as `awk '{print $4,$5,$6}'` leaves them. */
function columnsRow(line: string): FoundInLine {
  const match = COLUMNS.exec(line);
  if (match === null) return NOTHING;
  const [, local = '', remote = '', state = ''] = match;
  const ends = /^(?:\[?[\da-f:.*%]+\]?|\*)[:.](?:\d{1,5}|\*)$/i;
  if (!ends.test(local) || !ends.test(remote)) return NOTHING;
  const row = rowOf({ local, remote, state });
  return row.kind === 'socket' ? { rows: [{ tool: 'columns', row }], before: '' } : NOTHING;
}

/** A row of `/proc/net/tcp` or `tcp6`, with whatever a log put before it. */
function rawRow(line: string): FoundInLine | null {
  const match = RAW.exec(line);
  if (match === null) return null;
  // Forums put tabs and no-break spaces in the place of spaces.
  const row = Buffer.from(match[0].trimStart().replace(/\s/g, ' '), 'latin1');
  const head: RowHead = { digits: 8, at: 0, localPort: 0, remotePort: 0, state: 'close' };
  const wrong = readHead(row, 0, row.length, head);
  const before = line.slice(0, match.index);
  const slot = Number(match[1]);
  if (wrong !== null) return { rows: [{ tool: 'proc', row: unread(wrong, 'any'), slot }], before };
  // A paste does not say its machine's byte order; big-endian ones are few.
  const socket = readSocket(row, row.length, head, true);
  const found: ListingRow =
    typeof socket === 'string'
      ? unread(socket, [head.localPort, head.remotePort])
      : { kind: 'socket', socket, named: false, cut: false };
  return { rows: [{ tool: 'proc', row: found, slot }], before };
}
