import type { RowSink } from '../proc/table-row.ts';
import { aligned, type Integers, integersOf } from './integers.ts';
import { createRowReader, type RowReader } from './row.ts';
import { createSocketIds, type SocketIds } from './socket-ids.ts';

/** What one piece of the kernel's answer to a dump or lookup ends with. */
export type PieceEnd =
  | { readonly kind: 'more' }
  | { readonly kind: 'done' }
  /** The kernel's error number, positive (`include/uapi/asm-generic/errno.h`). */
  | { readonly kind: 'refused'; readonly errno: number }
  /** Bytes that are no netlink messages. */
  | { readonly kind: 'garbled'; readonly reason: string };

export interface Piece {
  readonly end: PieceEnd;
  /** The kernel says that the table changed so that rows may be missing (NLM_F_DUMP_INTR). */
  readonly interrupted: boolean;
}

/** Reads answers of NETLINK_SOCK_DIAG piece by piece, as they come from the kernel. Never throws. */
export interface AnswerReader {
  /** Gives the rows of the answer to request `sequence` to `sink`; other messages are passed over. */
  read(bytes: Uint8Array, sequence: number, sink: RowSink): Piece;
}

/** `include/uapi/linux/netlink.h`. */
const HEADER_BYTES = 16;
const NLMSG_NOOP = 1;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_DUMP_INTR = 0x10;
/** `SOCK_DIAG_BY_FAMILY` (`include/uapi/linux/sock_diag.h`). */
export const SOCK_DIAG_BY_FAMILY = 20;

const MORE: PieceEnd = { kind: 'more' };
const DONE: PieceEnd = { kind: 'done' };

export function createAnswerReader(
  littleEndian: boolean,
  ids: SocketIds = createSocketIds(),
): AnswerReader {
  const integers = integersOf(littleEndian);
  const rows = createRowReader(integers, ids);
  const { u16, u32 } = integers;
  return {
    read(piece, sequence, sink) {
      let interrupted = false;
      for (let from = 0; from < piece.length; ) {
        if (from + HEADER_BYTES > piece.length) {
          return { end: garbled('a message cut short'), interrupted };
        }
        const length = u32(piece, from);
        if (length < HEADER_BYTES || from + length > piece.length) {
          return { end: garbled(`a message of ${length} bytes`), interrupted };
        }
        if (u32(piece, from + 8) === sequence) {
          if ((u16(piece, from + 6) & NLM_F_DUMP_INTR) !== 0) interrupted = true;
          const end = take({ piece, from, to: from + length }, integers, rows, sink);
          if (end.kind !== 'more') return { end, interrupted };
        }
        from += aligned(length);
      }
      return { end: MORE, interrupted };
    },
  };
}

interface Message {
  readonly piece: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** What a message ends the answer with. */
function take(
  { piece, from, to }: Message,
  { u16, u32 }: Integers,
  rows: RowReader,
  sink: RowSink,
): PieceEnd {
  switch (u16(piece, from + 4)) {
    case NLMSG_NOOP:
      return MORE;
    case NLMSG_DONE:
      return to - from >= HEADER_BYTES + 4 ? endedWith(u32(piece, from + HEADER_BYTES)) : DONE;
    case NLMSG_ERROR:
      if (to - from < HEADER_BYTES + 4) return garbled('an error without its number');
      return endedWith(u32(piece, from + HEADER_BYTES));
    case SOCK_DIAG_BY_FAMILY: {
      const wrong = rows.standOn(piece, from + HEADER_BYTES, to);
      if (wrong === null) sink.keep(rows.row);
      else sink.refuse(wrong);
      return MORE;
    }
    default:
      return garbled(`a message of type ${u16(piece, from + 4)}`);
  }
}

/** An error number is a negative C int; 0 is success. */
function endedWith(number: number): PieceEnd {
  const errno = 2 ** 32 - number;
  return number === 0
    ? DONE
    : errno > 4095
      ? garbled(`error ${number}`)
      : { kind: 'refused', errno };
}

function garbled(reason: string): PieceEnd {
  return { kind: 'garbled', reason };
}
