import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export interface StreamEvents {
  /** The kernel took a piece of an answer. */
  readonly onTaken: () => void;
  /** The kernel has no room for a piece, because the client does not read. */
  readonly onQueued: () => void;
  /** Nothing more is written. */
  readonly onEnd: () => void;
}

/** An answer is sent in pieces of this, each taken being a sign that the client reads. */
const PIECE_BYTES = 64 * 1024;

/**
 * What Node's HTTP server takes for a connection (its documentation allows any duplex stream): requests
 * are pushed into it one by one, answers go out to the socket.
 */
export function requestStream(socket: Socket, events: StreamEvents): Duplex {
  return new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      send(socket, [chunk], events, done);
    },
    writev(chunks, done) {
      const all = chunks.map(({ chunk }): Buffer => chunk);
      const lengthBytes = all.reduce((sum, { length }) => sum + length, 0);
      send(socket, lengthBytes <= PIECE_BYTES ? [Buffer.concat(all)] : all, events, done);
    },
    final(done) {
      events.onEnd();
      done();
    },
    destroy(_error, done) {
      events.onEnd();
      done(null);
    },
  });
}

/** Writes one piece after the other, so that none is held twice and each can be seen to be taken. */
function send(
  socket: Socket,
  [chunk, ...others]: readonly Buffer[],
  events: StreamEvents,
  done: () => void,
): void {
  if (chunk === undefined) {
    done();
    return;
  }
  const rest = chunk.subarray(PIECE_BYTES);
  const isTaken = socket.write(chunk.subarray(0, PIECE_BYTES), (error) => {
    if (error) {
      // The connection is gone, and its end is told by the socket's 'close'.
      done();
      return;
    }
    events.onTaken();
    send(socket, rest.length > 0 ? [rest, ...others] : others, events, done);
  });
  if (!isTaken) events.onQueued();
}
