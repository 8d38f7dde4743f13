import type { Endpoint, Socket, TcpState } from '../model/socket.ts';
import { addressOf } from '../proc/hex.ts';
import type { RowSink, TableRow } from '../proc/table-row.ts';
import { STATE_BY_NUMBER, TIMERS } from '../proc/tcp-row.ts';
import { integersOf, networkU16, u8 } from './integers.ts';
import { readTcpInfo, type TcpInfo } from './vitals.ts';

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

/** `struct inet_diag_msg` (`include/uapi/linux/inet_diag.h`). */
const ROW_BYTES = 72;
const INET_DIAG_INFO = 2;
const AF_INET = 2;
const AF_INET6 = 10;

const MORE: PieceEnd = { kind: 'more' };
const DONE: PieceEnd = { kind: 'done' };

export function createAnswerReader(littleEndian: boolean): AnswerReader {
  const integers = integersOf(littleEndian);
  const { u16, u32 } = integers;
  let bytes: Uint8Array = new Uint8Array(0);
  let at = 0;
  let end = 0;
  let state: TcpState = 'close';

  const row: TableRow = {
    get state() {
      return state;
    },
    get localPort() {
      return networkU16(bytes, at + 4);
    },
    get remotePort() {
      return networkU16(bytes, at + 6);
    },
    remoteHash() {
      if (u8(bytes, at) === AF_INET) return u32(bytes, at + 24);
      return (u32(bytes, at + 32) % 2 ** 21) * 2 ** 32 + u32(bytes, at + 36);
    },
    isPassthrough: () =>
      u8(bytes, at) === AF_INET &&
      networkU16(bytes, at + 8) === 0x7f00 &&
      networkU16(bytes, at + 10) === 6,
    queues() {
      const { uid, inode } = holder();
      return { tx: unackedBytes(), rx: u32(bytes, at + 56), uid: inode === 0 ? -1 : uid };
    },
    holder,
    socket: readSocket,
  };

  function holder(): { readonly uid: number; readonly inode: number } {
    return { uid: u32(bytes, at + 64), inode: u32(bytes, at + 68) };
  }

  /** Of a listener the field holds the limit of its queue, of which /proc says nothing. */
  function unackedBytes(): number {
    return state === 'listen' ? 0 : u32(bytes, at + 60);
  }

  function readSocket(): Socket | string {
    const timerNumber = u8(bytes, at + 2);
    const timer = TIMERS[timerNumber];
    if (timer === undefined) return 'bad-number';
    const info = tcpInfo();
    const pending = u8(bytes, at + 3);
    const probing = timer === 'keepalive' || timer === 'window-probe';
    const { uid, inode } = holder();
    return {
      local: endpoint(at + 8, row.localPort),
      remote: endpoint(at + 24, row.remotePort),
      state,
      txQueueBytes: unackedBytes(),
      rxQueueBytes: u32(bytes, at + 56),
      timer,
      // The message's own field counts probes where one of their timers runs.
      retransmits: info?.retransmits ?? (timer === 'retransmit' ? pending : 0),
      unansweredProbes: info?.unansweredProbes ?? (probing ? pending : 0),
      owner: inode === 0 ? { kind: 'unknown' } : { kind: 'uid', uid },
      accepted: inode !== 0,
      ...(state === 'established' && info !== null ? { vitals: info.vitals } : {}),
    };
  }

  function endpoint(from: number, port: number): Endpoint {
    const octets = u8(bytes, at) === AF_INET ? 4 : 16;
    return { address: addressOf([...bytes.subarray(from, from + octets)]), port };
  }

  /** `null` for rows without it: TIME_WAIT, requests, or where none was asked for. */
  function tcpInfo(): TcpInfo | null {
    for (let attribute = at + ROW_BYTES; attribute + 4 <= end; ) {
      const length = u16(bytes, attribute);
      if (length < 4 || attribute + length > end) return null;
      if (u16(bytes, attribute + 2) === INET_DIAG_INFO) {
        return readTcpInfo(bytes, attribute + 4, length - 4, integers);
      }
      attribute += aligned(length);
    }
    return null;
  }

  /** Stands on the row in `bytes[from, to)`; says why it cannot be read, if so. */
  function standOn(from: number, to: number): string | null {
    if (to - from < ROW_BYTES) return 'short';
    const family = u8(bytes, from);
    if (family !== AF_INET && family !== AF_INET6) return 'bad-address';
    const name = STATE_BY_NUMBER[u8(bytes, from + 1)];
    if (name === undefined || name === null) return 'bad-state';
    at = from;
    end = to;
    state = name;
    return null;
  }

  /** What the message in `bytes[from, to)` ends the answer with. */
  function take(from: number, to: number, sink: RowSink): PieceEnd {
    switch (u16(bytes, from + 4)) {
      case NLMSG_NOOP:
        return MORE;
      case NLMSG_DONE:
        return to - from >= HEADER_BYTES + 4 ? endedWith(u32(bytes, from + HEADER_BYTES)) : DONE;
      case NLMSG_ERROR:
        if (to - from < HEADER_BYTES + 4) return garbled('an error without its number');
        return endedWith(u32(bytes, from + HEADER_BYTES));
      case SOCK_DIAG_BY_FAMILY: {
        const wrong = standOn(from + HEADER_BYTES, to);
        if (wrong === null) sink.keep(row);
        else sink.refuse(wrong);
        return MORE;
      }
      default:
        return garbled(`a message of type ${u16(bytes, from + 4)}`);
    }
  }

  return {
    read(piece, sequence, sink) {
      bytes = piece;
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
          const piecesEnd = take(from, from + length, sink);
          if (piecesEnd.kind !== 'more') return { end: piecesEnd, interrupted };
        }
        from += aligned(length);
      }
      return { end: MORE, interrupted };
    },
  };
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

/** Messages and attributes begin at multiples of four bytes. */
function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
