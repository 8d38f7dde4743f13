import type { Netlink } from '../../src/kernel/netlink.ts';
import type { Socket } from '../../src/model/socket.ts';
import { familyOf } from '../proc/kernel-text.ts';
import { doneMessage, errorMessage, rowMessage, type Writing } from './messages.ts';

const LISTEN_ONLY = 1 << 10;

/** The pieces that a kernel answers a request with. */
export type Answer = (request: Buffer, writing: Writing) => Buffer[];

/** A netlink socket of a kernel that answers as it is told, with all that it was asked. */
export function fakeNetlink(answer: Answer): {
  readonly netlink: Netlink;
  readonly requests: Buffer[];
  readonly isClosed: () => boolean;
  /** Lets the kernel say that a socket was destroyed, or give an error number. */
  readonly destroys: (event: Socket | number) => void;
} {
  const requests: Buffer[] = [];
  let pieces: (Buffer | number)[] = [];
  const events: (Buffer | number)[] = [];
  let closed = false;
  const send = (bytes: Uint8Array): number => {
    const request = Buffer.from(bytes);
    requests.push(request);
    pieces = answer(request, { littleEndian: true, sequence: request.readUInt32LE(8) });
    return request.length;
  };
  const receive = (into: Uint8Array): number => taken(pieces, into);
  const netlink: Netlink = {
    send,
    receive,
    receiveEvent: (into) => taken(events, into),
    sendAside: (request) => Promise.resolve(send(request)),
    receiveAside: (into) => Promise.resolve(receive(into)),
    close() {
      closed = true;
    },
  };
  return {
    netlink,
    requests,
    isClosed: () => closed,
    destroys(event) {
      const unasked = { littleEndian: true, sequence: 0 };
      events.push(typeof event === 'number' ? event : rowMessage(event, unasked));
    },
  };
}

/** The next of the pieces, or -EAGAIN; an error number where one stands there. */
function taken(pieces: (Buffer | number)[], into: Uint8Array): number {
  const piece = pieces.shift() ?? -11;
  if (typeof piece === 'number') return piece;
  into.set(piece.subarray(0, into.length));
  return piece.length;
}

const DUMP = 0x300;
const ENOENT = 2;

/** Answers with rows as a kernel would whose /proc `fileText` writes: with the same inodes. */
export function answering(rows: readonly Socket[]): Answer {
  return (request, writing) => {
    const family = request[16] === 2 ? 'tcp' : 'tcp6';
    const wantsListeners = request.readUInt32LE(20) === LISTEN_ONLY;
    if ((request.readUInt16LE(6) & DUMP) === 0) return [found(rows, request, writing)];
    const messages = rows
      .filter((row) => familyOf(row) === family)
      .map((row, slot) => ({ row, inode: 4711 + slot }))
      .filter(({ row }) => (row.state === 'listen') === wantsListeners)
      .map(({ row, inode }) => rowMessage(row, { ...writing, inode }));
    return [...messages, doneMessage(writing)];
  };
}

/** The row that a lookup asks after, told from others by its ends and its cookie. */
function found(rows: readonly Socket[], request: Buffer, writing: Writing): Buffer {
  const messages = rows.map((row, slot) => rowMessage(row, { ...writing, inode: 4711 + slot }));
  const asked = request.subarray(24, 72);
  const isAsked = (message: Buffer): boolean => message.subarray(20, 68).equals(asked);
  return messages.find(isAsked) ?? errorMessage(ENOENT, writing);
}
