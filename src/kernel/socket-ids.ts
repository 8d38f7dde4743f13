import type { Socket } from '../model/socket.ts';

/**
 * What the kernel calls the sockets that were read, for asking after one of them alone. It goes with the
 * `Socket` that it was noted for.
 */
export interface SocketIds {
  /** The next row that is noted is likely to be of this socket, whose id then serves again. */
  expect(id: SocketId): void;
  /** Notes the socket of the row that begins at `at`. */
  note(socket: Socket, bytes: Uint8Array, at: number): void;
  /** Of a copy of the row, and of one that came from elsewhere, there is none. */
  of(socket: Socket): SocketId | null;
}

/**
 * The first bytes of `struct inet_diag_msg`: the family, three bytes that change, and `struct inet_diag_sockid`,
 * which holds both ends, the interface and the cookie. The kernel gives a cookie once.
 */
export type SocketId = Uint8Array;

const ID_BYTES = 52;
/** Where `struct inet_diag_sockid` begins. */
export const SOCKID_AT = 4;

export function createSocketIds(): SocketIds {
  const ids = new WeakMap<Socket, SocketId>();
  let expected: SocketId | null = null;
  return {
    expect(id) {
      expected = id;
    },
    note(socket, bytes, at) {
      const known = expected !== null && isSameAt(expected, bytes, at) ? expected : null;
      ids.set(socket, known ?? idAt(bytes, at));
    },
    of: (socket) => ids.get(socket) ?? null,
  };
}

/** Whether two rows are of one socket: the same ends, and the same cookie. */
export function isSameSocket(a: SocketId, b: SocketId): boolean {
  return a === b || isSameAt(a, b, 0);
}

function isSameAt(id: SocketId, bytes: Uint8Array, from: number): boolean {
  if (id[0] !== bytes[from]) return false;
  for (let at = SOCKID_AT; at < ID_BYTES; at += 1) if (id[at] !== bytes[from + at]) return false;
  return true;
}

function idAt(bytes: Uint8Array, at: number): SocketId {
  const id = new Uint8Array(ID_BYTES);
  id.set(bytes.subarray(at, at + ID_BYTES));
  return id;
}
