import { endianness } from 'node:os';
import type { SocketTable } from '../model/socket.ts';
import { createTableKeeper, type KeepOptions } from './table-keeper.ts';
import type { RowSink, TableRow } from './table-row.ts';
import {
  isPassthrough,
  type RowHead,
  readHead,
  readHolder,
  readQueues,
  readSocket,
  remoteHash,
} from './tcp-row.ts';

export type { WatchedPorts } from './table-keeper.ts';

export interface TableOptions extends KeepOptions {
  /** Byte order of the machine that wrote the table. */
  readonly littleEndian?: boolean;
}

/** Reads the rows in the bytes of `/proc/net/tcp` and `tcp6`, in pieces of any size. */
export interface RowScanner {
  push(bytes: Uint8Array): void;
  /** Ends the present file: a last line without newline is read, and the next file may begin. */
  end(): void;
}

/** Builds one `SocketTable` from those bytes. */
export interface TableScanner extends RowScanner {
  table(): SocketTable;
}

const NEWLINE = 0x0a;

/** Longer than any row: 150 bytes in tcp, about 180 in tcp6. */
const LONGEST_ROW_BYTES = 512;

export function createTableScanner(options: TableOptions): TableScanner {
  const keeper = createTableKeeper(options);
  return { ...createRowScanner(keeper, options.littleEndian), table: keeper.table };
}

/** Gives each row to `sink`, which may read it until the next one comes. */
export function createRowScanner(sink: RowSink, littleEndian = endianness() === 'LE'): RowScanner {
  const head: RowHead = { digits: 8, at: 0, localPort: 0, remotePort: 0, state: 'close' };
  let rowBytes: Uint8Array = Buffer.alloc(0);
  let rowEnd = 0;
  const row: TableRow = {
    get state() {
      return head.state;
    },
    get localPort() {
      return head.localPort;
    },
    get remotePort() {
      return head.remotePort;
    },
    remoteHash: () => remoteHash(rowBytes, head),
    isPassthrough: () => isPassthrough(rowBytes, head, littleEndian),
    queues: () => readQueues(rowBytes, rowEnd, head),
    holder: () => readHolder(rowBytes, rowEnd, head),
    socket: () => readSocket(rowBytes, rowEnd, head, littleEndian),
  };
  function readRow(bytes: Uint8Array, from: number, end: number): void {
    if (isBlankOrHeader(bytes, from, end)) return;
    const wrong = end - from > LONGEST_ROW_BYTES ? 'long' : readHead(bytes, from, end, head);
    if (wrong !== null) {
      sink.refuse(wrong);
      return;
    }
    rowBytes = bytes;
    rowEnd = end;
    sink.keep(row);
  }

  return createLineSplitter(readRow, () => sink.refuse('long'));
}

/** Cuts pieces of any size into lines; a line that a piece's end tore is put together again. */
function createLineSplitter(
  onLine: (bytes: Uint8Array, from: number, end: number) => void,
  onTooLong: () => void,
): RowScanner {
  const torn = Buffer.alloc(LONGEST_ROW_BYTES);
  let tornBytes = 0;
  let tornTooLong = false;

  function keepTorn(bytes: Uint8Array, from: number, end: number): void {
    const room = Math.min(end - from, LONGEST_ROW_BYTES - tornBytes);
    torn.set(bytes.subarray(from, from + room), tornBytes);
    tornBytes += room;
    if (room < end - from) tornTooLong = true;
  }

  function readTorn(): void {
    if (tornTooLong) onTooLong();
    else if (tornBytes > 0) onLine(torn, 0, tornBytes);
    tornBytes = 0;
    tornTooLong = false;
  }

  return {
    push(bytes) {
      let from = 0;
      while (from < bytes.length) {
        const newline = bytes.indexOf(NEWLINE, from);
        const end = newline < 0 ? bytes.length : newline;
        if (newline < 0 || tornBytes > 0) keepTorn(bytes, from, end);
        else onLine(bytes, from, end);
        if (newline < 0) return;
        if (tornBytes > 0) readTorn();
        from = newline + 1;
      }
    },
    end: readTorn,
  };
}

/** The header begins `  sl`; every other line without a slot number is malformed. */
function isBlankOrHeader(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && bytes[at] === 0x20) at += 1;
  return at === end || (bytes[at] === 0x73 && bytes[at + 1] === 0x6c);
}
