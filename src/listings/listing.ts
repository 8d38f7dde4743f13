import { stripVTControlCharacters } from 'node:util';
import { fourTuple } from '../model/four-tuple.ts';
import type { Socket } from '../model/socket.ts';
import type { MalformedRow } from '../proc/tcp-row.ts';
import { type ListingRow, netstatRow, printedTimer, rawRow, ssRow } from './rows.ts';

/** What a pasted listing holds. */
export interface Listing {
  /** In the order of the text; a socket printed twice is kept once. */
  readonly sockets: readonly Socket[];
  readonly duplicates: number;
  /** Rows of TCP sockets that could not be read, by reason. */
  readonly malformed: Readonly<Partial<Record<MalformedRow, number>>>;
  /** Lines that hold neither a TCP socket nor details of one. */
  readonly ignoredLines: number;
  /** True where `netstat` without `-W` may have cut the ends off long addresses. */
  readonly mayBeCut: boolean;
}

/** No tool prints a longer row; what follows in a longer line is not looked at. */
const MAX_LINE_CHARS = 2048;

/** The two headers of `/proc/net`; the column `drops` is of the datagram tables alone. */
const TABLE_HEADER = /\blocal_address\s+rem(?:ote)?_address\b/;

/** An IPv6 endpoint that fills the 23 characters `netstat` keeps without `-W`. */
const FULL_COLUMN = /\btcp6\s.*\s(?=\S{23}(?:\s|$))[\da-f]*:[\da-f:.]*:\d+(?:\s|$)/;

/**
 * Finds the TCP sockets in text that somebody pasted: rows of `netstat -n`, `ss -tn` and
 * `/proc/net/tcp`, in any mix, among prompts, headers, log prefixes and other lines.
 */
export function parseListing(text: string): Listing {
  const sockets: Socket[] = [];
  const places = new Map<string, number>();
  const malformed: Partial<Record<MalformedRow, number>> = {};
  let duplicates = 0;
  let ignoredLines = 0;
  let mayBeCut = false;
  let datagramTable = false;
  /** The socket whose details, as `ss -i` prints them, the next indented lines are. */
  let described: number | null = null;

  for (const line of linesOf(text)) {
    if (TABLE_HEADER.test(line)) datagramTable = line.includes('drops');
    const row = readRow(line, datagramTable);
    if (row.kind === 'socket') {
      mayBeCut ||= FULL_COLUMN.test(line);
      const key = fourTuple(row.socket);
      const place = places.get(key) ?? sockets.length;
      const known = sockets[place];
      if (known !== undefined) duplicates += 1;
      if (known === undefined || known.owner.kind === 'unknown') sockets[place] = row.socket;
      places.set(key, place);
      described = place;
    } else if (row.kind === 'malformed') {
      malformed[row.reason] = (malformed[row.reason] ?? 0) + 1;
      described = null;
    } else {
      const socket = described === null ? undefined : sockets[described];
      if (described === null || socket === undefined || !/^\s/.test(line)) {
        ignoredLines += 1;
        described = null;
      } else sockets[described] = { ...socket, ...printedTimer(line) };
    }
  }
  return { sockets, duplicates, malformed, ignoredLines, mayBeCut };
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = stripVTControlCharacters(text.slice(start, Math.min(end, start + MAX_LINE_CHARS)));
    if (line.trim() !== '') yield line;
    start = end + 1;
  }
}

function readRow(line: string, datagramTable: boolean): ListingRow {
  const raw = datagramTable ? NO_ROW : rawRow(line);
  if (raw.kind !== 'none') return raw;
  const netstat = netstatRow(line);
  return netstat.kind === 'none' ? ssRow(line) : netstat;
}

const NO_ROW: ListingRow = { kind: 'none' };
