import { commandIn } from './command.ts';
import { type Header, headerOf } from './header.ts';
import { hostOfPrefix, hostSign, sameHost } from './host-names.ts';
import { DETAILS, looksLikeRow, PARTIAL } from './line-signs.ts';
import { linesOf } from './lines.ts';
import { takeOmission } from './omission.ts';
import { ssOwner } from './owner.ts';
import { begin, current, newReading, type Reading } from './reading.ts';
import { unread } from './row.ts';
import { type Found, type FoundInLine, rowsInLine } from './rows.ts';
import { hasRows, newSection, type Section } from './section.ts';
import { printedTimer } from './timer.ts';

/** What a pasted text holds, in the order of the text. */
export interface Listing {
  readonly sections: readonly Section[];
  /** Lines that hold neither a TCP socket nor details of one. */
  readonly ignoredLines: number;
}

/**
 * Finds the TCP sockets in text that somebody pasted: rows of `netstat`, `ss`, `lsof` and `/proc/net/tcp`, in
 * any mix, among prompts, headers, log prefixes and other lines. Takes time in proportion to the text.
 */
export function parseListing(text: string): Listing {
  const reading = newReading();
  for (const line of linesOf(text)) {
    if (reading.full) break;
    readLine(reading, line);
  }
  giveUpPartial(reading);
  return { sections: reading.sections, ignoredLines: reading.ignoredLines };
}

function readLine(reading: Reading, line: string): void {
  if (line === '') {
    reading.described = null;
    if (reading.near === 'listing') reading.near = 'blank';
    return;
  }
  const found = cutAtEdge(find(reading, line), line, reading.edge);
  if (found.rows.length > 0) {
    if (reading.partial !== null) giveUpPartial(reading);
    readSigns(reading, found.before, true);
    takeRows(reading, found, line);
    return;
  }
  if (reading.partial !== null && takeWrapped(reading, line)) return;
  const header = headerOf(line);
  if (header.kind === 'none' && takeDetails(reading, line)) return;
  reading.described = null;
  if (PARTIAL.test(line.slice(0, 1024)) && !reading.datagramTable) {
    reading.partial = line;
    return;
  }
  reading.ignoredLines += 1;
  takeHeader(reading, header);
  if (header.kind === 'ss') reading.edge = header.cut ? line.length : null;
  readSigns(reading, line, false);
  takeOmission(reading, line, header);
  if (!reading.datagramTable && looksLikeRow(line)) {
    current(reading).unread.push({
      reason: 'unknown-form',
      ports: 'any',
      text: line.slice(0, 160),
    });
  }
}

function find(reading: Reading, line: string): FoundInLine {
  const { command } = current(reading);
  const only = command?.tool === 'ss' ? command.onlyState : null;
  const stateless = reading.stateless || only !== null ? { state: only } : null;
  return rowsInLine(line, { datagramTable: reading.datagramTable, stateless });
}

/** A row of which the last port reaches the edge at which lines were cut may have lost some of that port's digits. */
function cutAtEdge(found: FoundInLine, line: string, edge: number | null): FoundInLine {
  if (edge === null || line.length < edge || !/\d$/.test(line)) return found;
  return { ...found, rows: found.rows.map((one) => ({ ...one, row: unread('cut-port', 'any') })) };
}

/** Joins a line with the row that the line before began. False where together they are no row either. */
function takeWrapped(reading: Reading, line: string): boolean {
  const joined = `${reading.partial ?? ''} ${line.trim()}`;
  const found = find(reading, joined);
  if (found.rows.length > 0) {
    reading.partial = null;
    takeRows(reading, found, joined);
    return true;
  }
  if (joined.length < 600 && PARTIAL.test(joined)) {
    reading.partial = joined;
    return true;
  }
  giveUpPartial(reading);
  return false;
}

function giveUpPartial(reading: Reading): void {
  if (reading.partial === null) return;
  current(reading).unread.push({
    reason: 'short',
    ports: 'any',
    text: reading.partial.slice(0, 160),
  });
  reading.partial = null;
}

function takeHeader(reading: Reading, header: Header): void {
  if (header.kind === 'none') return;
  reading.datagramTable = header.kind === 'datagrams';
  if (header.kind === 'datagrams') return;
  const section = startAgain(reading, header);
  if (header.kind === 'internet') section.header = header.asked;
  if (header.kind === 'ss') reading.stateless = header.stateless;
  if (header.kind !== 'proc') return;
  section.tables.add(header.family);
  reading.nextSlot = 0;
}

/** A second header of the same kind heads another listing, mostly of another host. */
function startAgain(reading: Reading, header: Header): Section {
  const section = current(reading);
  const again =
    header.kind === 'proc'
      ? section.tables.has(header.family)
      : hasRows(section) && header.kind !== 'columns';
  if (!again) return section;
  return begin(reading, newSection(section.host, null));
}

/** A prompt, a command or a host's name begins a new section. */
function readSigns(reading: Reading, text: string, beforeRow: boolean): void {
  if (text.trim() === '') return;
  const section = current(reading);
  const command = commandIn(text);
  const sign = hostSign(text);
  const prefix = beforeRow && command === null ? hostOfPrefix(text) : null;
  const host =
    prefix ?? (sign.kind === 'host' && !(beforeRow && command === null) ? sign.name : null);
  const prompted = command !== null || sign.kind !== 'none';
  if (prompted && !beforeRow) section.ended = true;
  const moves = host !== null && (section.host === null || !sameHost(host, section.host));
  if (command === null && !moves) return;
  reading.stateless = false;
  reading.datagramTable = false;
  reading.edge = null;
  const name = host ?? section.host;
  // A heading above the first rows, or a name that a second prefix repeats, needs no section of its own.
  if (command === null && !hasRows(section) && section.command === null) {
    reading.sections[reading.sections.length - 1] = { ...section, host: name };
    return;
  }
  begin(reading, newSection(name, command));
}

function takeRows(reading: Reading, found: FoundInLine, line: string): void {
  const section = current(reading);
  if (reading.marked) section.omits = true;
  reading.marked = false;
  reading.near = 'listing';
  for (const one of found.rows) takeRow(reading, section, one, line);
}

function takeRow(
  reading: Reading,
  section: Section,
  { tool, row, slot }: Found,
  line: string,
): void {
  section.tools.add(tool);
  if (slot !== undefined) {
    if (slot !== reading.nextSlot) section.contiguous = false;
    reading.nextSlot = slot + 1;
  }
  reading.described = null;
  if (row.kind === 'unread') {
    if (row.reason === 'name') section.namedRows += 1;
    section.unread.push({ reason: row.reason, ports: row.ports, text: line.trim().slice(0, 160) });
    return;
  }
  const { socket } = row;
  if (row.named) section.namedRows += 1;
  if (row.cut) for (const end of [socket.local, socket.remote]) section.cutPorts.add(end.port);
  const { local, remote, state } = socket;
  const passes = section.command?.filters.every(
    (filter) => filter === null || filter({ text: line, local, remote, state }),
  );
  if (passes === false) section.contradicted = true;
  section.sockets.push(socket);
  reading.described = { sockets: section.sockets, at: section.sockets.length - 1 };
}

/** Details of the socket above, as `ss` prints them on lines of their own: timers, memory, owners. */
function takeDetails(reading: Reading, line: string): boolean {
  const { described } = reading;
  const socket = described?.sockets[described.at];
  if (described === null || socket === undefined) return false;
  if (!DETAILS.test(line)) return false;
  const owner = socket.owner.kind === 'unknown' ? ssOwner(line) : socket.owner;
  described.sockets[described.at] = { ...socket, ...printedTimer(line), owner };
  return true;
}
