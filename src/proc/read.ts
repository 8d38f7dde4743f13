import { closeSync, read, readSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Counters } from '../model/report.ts';
import type { SocketTable } from '../model/socket.ts';
import { type OpenFile, openRegular, tooLong } from '../regular-file.ts';
import {
  type InterfaceCounters,
  parseCounters,
  parseInterfaceCounters,
  parseInUse,
} from './counters.ts';
import type { Meter } from './meter.ts';
import { createTableKeeper } from './table-keeper.ts';
import { createRowScanner, type RowScanner, type TableOptions } from './tcp-table.ts';

const readAsync = promisify(read);

const BUFFER_BYTES = 64 * 1024;

/** The longest copy of a table that is read: a million rows. The kernel's own has no limit. */
const TABLE_BYTES = 256 * 1024 * 1024;

/** The longest text of counters that is read: `dev` of a host with ten thousand interfaces has a megabyte. */
const COUNTERS_BYTES = 4 * 1024 * 1024;

/**
 * `seq_read` fills one page of whole rows per call (`fs/seq_file.c`), so a read that leaves room for
 * several more rows was the last: asking again would walk the host-wide hash table once more for nothing.
 */
const LAST_READ_BYTES = 3500;

export interface ReadTiming {
  /** How long one slice of synchronous reads may hold the event loop, beyond the read it is in. */
  readonly sliceMs: number;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  /** Lets other work of the event loop run. */
  readonly pause: () => Promise<void>;
  /** Is charged with the reading, and with nothing that runs meanwhile. */
  readonly meter: Meter;
}

export interface TableReading {
  readonly table: SocketTable;
  /** The longest the event loop was held in one piece. */
  readonly longestHoldMs: number;
}

export const TABLE_FILES = ['tcp', 'tcp6'] as const;
export type TableFile = (typeof TABLE_FILES)[number];

/**
 * Reads the socket tables below `root` (`/proc`, or a capture of the same shape), as `readRows` does.
 */
export async function readTables(
  root: string,
  files: readonly TableFile[],
  options: TableOptions,
  timing: ReadTiming,
): Promise<TableReading> {
  const keeper = createTableKeeper(options);
  const scanner = createRowScanner(keeper, options.littleEndian);
  const longestHoldMs = await readRows(root, files, scanner, timing);
  return { table: keeper.table(), longestHoldMs };
}

/**
 * Gives what the socket tables below `root` hold to `scanner`; resolves to the longest time in milliseconds
 * for which the event loop was held in one piece. The first read of a file, which may walk the whole hash
 * table, goes through the thread pool; the others are synchronous, half as costly, and sliced. Throws the
 * file system's error when a file cannot be read, except that `tcp6` may be missing where IPv6 is switched off.
 */
export async function readRows(
  root: string,
  files: readonly TableFile[],
  scanner: RowScanner,
  timing: ReadTiming,
): Promise<number> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  const { meter } = timing;
  let longestHoldMs = 0;
  for (const file of files) {
    const open = openTable(root, file);
    if (open === null) continue;
    const { fd, mostBytes } = open;
    try {
      const first = await meter.pool(() => readAsync(fd, buffer, 0, BUFFER_BYTES, null));
      let length = first.bytesRead;
      let bytes = length;
      let sliceStart = timing.clock();
      meter.begin();
      while (length > 0) {
        scanner.push(buffer.subarray(0, length));
        if (length < LAST_READ_BYTES) break;
        const heldMs = timing.clock() - sliceStart;
        if (heldMs >= timing.sliceMs) {
          longestHoldMs = Math.max(longestHoldMs, heldMs);
          meter.end();
          await timing.pause();
          meter.begin();
          sliceStart = timing.clock();
        }
        length = readSync(fd, buffer, 0, BUFFER_BYTES, null);
        bytes += length;
        // A copy that grows while it is read would never end.
        if (bytes > mostBytes)
          throw tooLong(tablePath(root, file), `more than ${mostBytes}`, mostBytes);
      }
      scanner.end();
      longestHoldMs = Math.max(longestHoldMs, timing.clock() - sliceStart);
    } finally {
      closeSync(fd);
      meter.end();
    }
  }
  return longestHoldMs;
}

function tablePath(root: string, file: TableFile): string {
  return join(root, 'net', file);
}

function openTable(root: string, file: TableFile): OpenFile | null {
  try {
    return openRegular(tablePath(root, file), TABLE_BYTES);
  } catch (error) {
    if (file === 'tcp6' && isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Cheap signs that the socket table changed; `null` where a file is missing. */
export interface Hints {
  readonly inUse: number | null;
  readonly inUse6: number | null;
  readonly counters: Counters;
}

/**
 * Reads the counters that move with the table, a few microseconds a file: four times a second, opening
 * the files would cost three times as much as reading them. Those of a copied folder, which may be taken
 * away or replaced, are opened each time all the same. Never throws.
 */
export function hintReader(root: string, isLiveProc: boolean): () => Hints {
  const readerOf = (file: string): (() => string | null) =>
    isLiveProc ? keptOpen(root, file) : () => readText(root, file);
  const read = {
    sockstat: readerOf('sockstat'),
    sockstat6: readerOf('sockstat6'),
    snmp: readerOf('snmp'),
  };
  const inUse = unlessSame((text) => (text === null ? null : parseInUse(text, 'TCP')));
  const inUse6 = unlessSame((text) => (text === null ? null : parseInUse(text, 'TCP6')));
  const counters = unlessSame((text) => parseCounters(text, null));
  return () => ({
    inUse: inUse(read.sockstat()),
    inUse6: inUse6(read.sockstat6()),
    counters: counters(read.snmp()),
  });
}

/** Parses a text unless it is the one before. */
function unlessSame<Value>(parse: (text: string | null) => Value): (text: string | null) => Value {
  let before: { readonly text: string | null; readonly value: Value } | null = null;
  return (text) => {
    if (before === null || before.text !== text) before = { text, value: parse(text) };
    return before.value;
  };
}

/** Reads a file from its beginning each time, opened once and again after a failure. */
function keptOpen(root: string, file: string): () => string | null {
  const path = join(root, 'net', file);
  let fd: number | null = null;
  return () => {
    try {
      fd ??= openRegular(path, COUNTERS_BYTES).fd;
      return readFromStart(fd);
    } catch {
      if (fd !== null) closeSync(fd);
      fd = null;
      return null;
    }
  };
}

/** The kernel's TCP counters; `null` for what cannot be read. Never throws. */
export function readCounters(root: string): Counters {
  return parseCounters(readText(root, 'snmp'), readText(root, 'netstat'));
}

/** Interface counters by name; empty where `dev` cannot be read. Never throws. */
export function readInterfaceCounters(root: string): ReadonlyMap<string, InterfaceCounters> {
  return parseInterfaceCounters(readText(root, 'dev') ?? '');
}

/** Of nearly every size met; `dev` of a host with a hundred interfaces is longer. */
const textBuffer = Buffer.allocUnsafeSlow(16 * 1024);

/**
 * `readFileSync` takes a new 64 KiB buffer for a file of /proc, whose size is unknown: four times a
 * second, that alone keeps the garbage collector busy.
 */
function readText(root: string, file: string): string | null {
  try {
    const { fd } = openRegular(join(root, 'net', file), COUNTERS_BYTES);
    try {
      return readFromStart(fd) ?? readLong(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** The file's text, or `null` where it is longer than the buffer. */
function readFromStart(fd: number): string | null {
  let length = 0;
  while (length < textBuffer.length) {
    const read = readSync(fd, textBuffer, length, textBuffer.length - length, length);
    if (read === 0) return textBuffer.toString('latin1', 0, length);
    length += read;
  }
  return null;
}

/** The file's text, or `null` where it is longer than any that is read. */
function readLong(fd: number): string | null {
  const pieces: Buffer[] = [];
  for (let length = 0; length <= COUNTERS_BYTES; ) {
    const piece = Buffer.allocUnsafe(BUFFER_BYTES);
    const read = readSync(fd, piece, 0, BUFFER_BYTES, length);
    if (read === 0) return Buffer.concat(pieces).toString('latin1');
    pieces.push(piece.subarray(0, read));
    length += read;
  }
  return null;
}

/** Fails with one line where the table cannot be opened, for the check at the start. */
export function assertReadable(root: string): void {
  closeSync(openRegular(tablePath(root, 'tcp'), TABLE_BYTES).fd);
}
