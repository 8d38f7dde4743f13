import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  beginAnswer,
  endAnswer,
  leave,
  refuse,
  serveNoMore,
  takeConnection,
} from './connection.ts';
import { followUps } from './follow-ups.ts';
import { type HeldAnswers, heldAnswers } from './held.ts';
import type { Limits } from './limits.ts';
import { overdue, slowestReader, toMakeRoom } from './spared.ts';
import type { Connection, Door, Host } from './stage.ts';

/** The connections of one listener. */
export interface House {
  /** Takes in a new connection, and lets another one go if there are too many. */
  admit(socket: Socket): void;
  /** Serves nobody new: who is idle goes now, who is being answered after the answer. */
  close(): void;
  /** Ends whatever is open. */
  clear(): void;
}

/** For the stream of a request: takes one of the places for held answers. */
const holders = new WeakMap<object, (letGo: () => void) => void>();

/**
 * Keeps the answer to `request` open for as long as its handler wishes, outside of all limits of time and of
 * room but a small one on how many there are. Where another needs the place, `letGo` is called, and is to
 * answer. `false` where the answer cannot be held: answer now.
 */
export function holdAnswer(request: IncomingMessage, letGo: () => void): boolean {
  const hold = holders.get(request.socket);
  hold?.(letGo);
  return hold !== undefined;
}

const addresses = new WeakMap<object, string>();

/** Where a request comes from; in a mesh all come from one address. */
export function clientAddress(request: IncomingMessage): string {
  return addresses.get(request.socket) ?? '';
}

/** What the connections of one listener share. */
interface Rooms {
  readonly inside: Set<Connection>;
  readonly byStream: WeakMap<object, Connection>;
  readonly held: HeldAnswers;
  readonly limits: Limits;
  readonly nowMs: () => number;
  isClosing: boolean;
}

/** Keeps the connections of one listener within `limits`, and gives their requests to `server` one by one. */
export function openHouse(
  server: Server,
  limits: Limits,
  nowMs: () => number,
  door: Door | null = null,
): House {
  const rooms: Rooms = {
    ...{ inside: new Set(), byStream: new WeakMap(), held: heldAnswers(limits.mostHeld) },
    ...{ limits, nowMs, isClosing: false },
  };
  const { inside } = rooms;
  const ends = endings(rooms);
  const host = hostOf(rooms, server, ends.endSlowReaders);
  let checking: NodeJS.Timeout | null = null;
  attend(server, rooms, host);

  function check(): void {
    ends.endOverdue((connection) => refuse(connection, 408, host));
    if (inside.size > 0 || checking === null) return;
    clearInterval(checking);
    checking = null;
  }

  return {
    admit(socket) {
      const connection = takeConnection(socket, host, door);
      inside.add(connection);
      socket.once('close', () => ends.left(connection));
      checking ??= setInterval(check, limits.checkEveryMs).unref();
      const spared = toMakeRoom(inside, connection, nowMs(), limits);
      if (spared !== null) ends.end(spared);
      if (rooms.isClosing) serveNoMore(connection);
    },
    close() {
      rooms.isClosing = true;
      for (const connection of [...inside]) {
        if (connection.stage.kind === 'idle') leave(connection, host);
        else connection.isLast = true;
      }
    },
    clear() {
      for (const { socket, transport } of [...inside]) {
        socket.destroy();
        transport.destroy();
      }
    },
  };
}

/** The ways in which a connection goes without having finished. */
function endings({ inside, held, limits, nowMs }: Rooms) {
  function left(connection: Connection): void {
    inside.delete(connection);
    held.ended(connection);
  }

  /** Ends a connection without a wait. It no longer counts, though the kernel reports its end later. */
  function end(connection: Connection): void {
    left(connection);
    // A reset, where something is unfinished: a row in TIME_WAIT each would fill the table that is scanned.
    if (connection.stage.kind === 'idle') connection.socket.destroy();
    else connection.transport.resetAndDestroy();
  }

  function endSlowReaders(): void {
    for (;;) {
      const slowest = slowestReader(inside, nowMs(), limits);
      if (slowest === null) return;
      end(slowest);
    }
  }

  return {
    left,
    end,
    endSlowReaders,
    /** Ends who has used up the time; those of an unfinished request by `refuseRequest`. */
    endOverdue(refuseRequest: (connection: Connection) => void): void {
      endSlowReaders();
      const now = nowMs();
      for (const connection of [...inside]) {
        const what = overdue(connection, now, limits);
        if (what === 'rest') end(connection);
        else if (what === 'request') refuseRequest(connection);
      }
    },
  };
}

function hostOf(rooms: Rooms, server: Server, onQueued: () => void): Host {
  const { inside, byStream, held, limits, nowMs } = rooms;
  return {
    nowMs,
    later: followUps(nowMs),
    serve(stream, connection) {
      byStream.set(stream, connection);
      addresses.set(stream, connection.transport.remoteAddress ?? '');
      holders.set(stream, (letGo) => held.hold(connection, letGo));
      server.emit('connection', stream);
    },
    hasRoomForUnserved: () =>
      sum(inside, ({ unserved }) => unserved.length) < limits.mostUnservedBytes,
    onQueued,
  };
}

/** Follows each request from the parser to the end of its answer. */
function attend(server: Server, rooms: Rooms, host: Host): void {
  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = rooms.byStream.get(request.socket);
    if (connection === undefined) return;
    beginAnswer(connection, host);
    // A body is never read: closing ends a client that would send one without end.
    if (rooms.isClosing || hasBody(request)) serveNoMore(connection);
    if (connection.isLast) response.setHeader('Connection', 'close');
    response.once('close', () => {
      rooms.held.ended(connection);
      endAnswer(connection, host);
    });
  };
  server.prependListener('request', begin);
  server.on('checkExpectation', (request, response) => {
    begin(request, response);
    response.writeHead(417).end();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function sum(connections: ReadonlySet<Connection>, of: (connection: Connection) => number): number {
  let total = 0;
  for (const connection of connections) total += of(connection);
  return total;
}
