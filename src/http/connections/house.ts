import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  beginAnswer,
  type Connection,
  endAnswer,
  type Host,
  leave,
  markHeld,
  refuse,
  serveNoMore,
  takeConnection,
} from './connection.ts';
import { followUps } from './follow-ups.ts';
import type { Limits } from './limits.ts';
import { overdue, slowestReader, toMakeRoom } from './spared.ts';

/** The connections of one listener. */
export interface House {
  /** Takes in a new connection, and lets another one go if there are too many. */
  admit(socket: Socket): void;
  /** Serves nobody new: who is idle goes now, who is being answered after the answer. */
  close(): void;
  /** Ends whatever is open. */
  clear(): void;
}

/** For the stream of a request: takes one of the places for held answers, if there is one. */
const holders = new WeakMap<object, () => boolean>();

/**
 * Keeps the answer to `request` open for as long as its handler wishes, outside of all limits of time
 * and of room but a small one on how many there are. `false` where those places are taken: answer now.
 */
export function holdAnswer(request: IncomingMessage): boolean {
  return holders.get(request.socket)?.() ?? false;
}

/** Keeps the connections of one listener within `limits`, and gives their requests to `server` one by one. */
export function openHouse(server: Server, limits: Limits, nowMs: () => number): House {
  const inside = new Set<Connection>();
  const byStream = new WeakMap<object, Connection>();
  let checking: NodeJS.Timeout | null = null;
  let isClosing = false;

  const host: Host = {
    nowMs,
    later: followUps(nowMs),
    serve(stream, connection) {
      byStream.set(stream, connection);
      holders.set(stream, () => hold(connection));
      server.emit('connection', stream);
    },
    hasRoomForUnserved: () =>
      sum(inside, ({ unserved }) => unserved.length) < limits.mostUnservedBytes,
    onQueued: endSlowReaders,
  };

  function hold(connection: Connection): boolean {
    const held = sum(inside, ({ stage }) => (stage.kind === 'answering' && stage.isHeld ? 1 : 0));
    if (held >= limits.mostHeld) return false;
    markHeld(connection);
    return true;
  }

  function admit(socket: Socket): void {
    const connection = takeConnection(socket, host);
    inside.add(connection);
    socket.once('close', () => left(connection));
    checking ??= setInterval(check, limits.checkEveryMs).unref();
    const spared = toMakeRoom(inside, connection, nowMs(), limits);
    if (spared !== null) end(spared);
    if (isClosing) serveNoMore(connection);
  }

  function left(connection: Connection): void {
    inside.delete(connection);
    if (inside.size > 0 || checking === null) return;
    clearInterval(checking);
    checking = null;
  }

  /** Ends a connection without a wait. It no longer counts, though the kernel reports its end later. */
  function end(connection: Connection): void {
    left(connection);
    // A reset, where something is unfinished: a row in TIME_WAIT each would fill the table that is scanned.
    if (connection.stage.kind === 'idle') connection.socket.destroy();
    else connection.socket.resetAndDestroy();
  }

  function endSlowReaders(): void {
    for (;;) {
      const slowest = slowestReader(inside, nowMs(), limits);
      if (slowest === null) return;
      end(slowest);
    }
  }

  function check(): void {
    endSlowReaders();
    const now = nowMs();
    for (const connection of [...inside]) {
      const what = overdue(connection, now, limits);
      if (what === 'rest') end(connection);
      else if (what === 'request') refuse(connection, 408, host);
    }
  }

  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = byStream.get(request.socket);
    if (connection === undefined) return;
    beginAnswer(connection, host);
    // A body is never read: closing ends a client that would send one without end.
    if (isClosing || hasBody(request)) serveNoMore(connection);
    if (connection.isLast) response.setHeader('Connection', 'close');
    response.once('close', () => endAnswer(connection, host));
  };
  server.prependListener('request', begin);
  server.on('checkExpectation', (request, response) => {
    begin(request, response);
    response.writeHead(417).end();
  });

  return {
    admit,
    close() {
      isClosing = true;
      for (const connection of [...inside]) {
        if (connection.stage.kind === 'idle') leave(connection, host);
        else connection.isLast = true;
      }
    },
    clear() {
      for (const connection of [...inside]) connection.socket.destroy();
    },
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function sum(connections: ReadonlySet<Connection>, of: (connection: Connection) => number): number {
  let total = 0;
  for (const connection of connections) total += of(connection);
  return total;
}
