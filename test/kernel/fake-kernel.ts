import type { Netlink } from '../../src/kernel/netlink.ts';
import type { Socket } from '../../src/model/socket.ts';
import { familyOf } from '../proc/kernel-text.ts';
import { doneMessage, rowMessage, type Writing } from './messages.ts';

const LISTEN_ONLY = 1 << 10;

/** The pieces that a kernel answers a request with. */
export type Answer = (request: Buffer, writing: Writing) => Buffer[];

/** A netlink socket of a kernel that answers as it is told, with all that it was asked. */
export function fakeNetlink(answer: Answer): {
  readonly netlink: Netlink;
  readonly requests: Buffer[];
  readonly isClosed: () => boolean;
} {
  const requests: Buffer[] = [];
  let pieces: Buffer[] = [];
  let closed = false;
  const send = (bytes: Uint8Array): number => {
    const request = Buffer.from(bytes);
    requests.push(request);
    pieces = answer(request, { littleEndian: true, sequence: request.readUInt32LE(8) });
    return request.length;
  };
  const receive = (into: Uint8Array): number => {
    const piece = pieces.shift();
    if (piece === undefined) return -11;
    into.set(piece.subarray(0, into.length));
    return piece.length;
  };
  const netlink: Netlink = {
    send,
    receive,
    sendAside: (request) => Promise.resolve(send(request)),
    receiveAside: (into) => Promise.resolve(receive(into)),
    close() {
      closed = true;
    },
  };
  return { netlink, requests, isClosed: () => closed };
}

/** Answers with rows as a kernel would whose /proc `fileText` writes: with the same inodes. */
export function answering(rows: readonly Socket[]): Answer {
  return (request, writing) => {
    const family = request[16] === 2 ? 'tcp' : 'tcp6';
    const wantsListeners = request.readUInt32LE(20) === LISTEN_ONLY;
    const messages = rows
      .filter((row) => familyOf(row) === family)
      .map((row, slot) => ({ row, inode: 4711 + slot }))
      .filter(({ row }) => (row.state === 'listen') === wantsListeners)
      .map(({ row, inode }) => rowMessage(row, { ...writing, inode }));
    return [...messages, doneMessage(writing)];
  };
}
