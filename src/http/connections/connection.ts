import type { Socket } from 'node:net';
import { MOST_HEAD_PIECES } from './limits.ts';
import { isUrgent, requestHead } from './request-head.ts';
import { requestStream } from './request-stream.ts';
import type { Connection, Door, Host } from './stage.ts';

const NOTHING = Buffer.alloc(0);

const REFUSALS = {
  400: 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
  408: 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n',
  431: 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n',
} as const;

/**
 * Takes over a connection. Node's HTTP server parses whatever a read brings, up to 64 KiB, and so
 * starts on 1,800 requests at once; here it gets one request, and the next after its answer.
 */
export function takeConnection(transport: Socket, host: Host, door: Door | null): Connection {
  const sinceMs = host.nowMs();
  const connection: Connection = {
    ...{ transport, socket: transport, unserved: NOTHING, stream: null, isLast: false },
    stage:
      door === null
        ? { kind: 'asking', sinceMs, isNew: true, pieces: 0 }
        : { kind: 'securing', sinceMs },
  };
  // A reset by the client; 'close' follows.
  transport.on('error', () => {});
  transport.on('close', () => closed(connection, host));
  if (door === null) {
    attend(connection, host);
    return connection;
  }
  door.secure(transport, {
    onHello() {
      if (connection.stage.kind !== 'securing') return;
      connection.stage = { kind: 'securing', sinceMs: host.nowMs() };
    },
    onSecure(socket) {
      if (connection.stage.kind !== 'securing') return;
      connection.socket = socket;
      connection.stage = { kind: 'asking', sinceMs: host.nowMs(), isNew: true, pieces: 0 };
      socket.on('error', () => {});
      socket.on('close', () => closed(connection, host));
      attend(connection, host);
    },
  });
  return connection;
}

function attend(connection: Connection, host: Host): void {
  connection.socket.on('data', (chunk: Buffer) => received(connection, chunk, host));
  connection.socket.on('end', () => clientEnded(connection, host));
}

function closed(connection: Connection, host: Host): void {
  connection.stage = { kind: 'leaving', sinceMs: host.nowMs() };
  connection.unserved = NOTHING;
  connection.stream?.destroy();
}

function received(connection: Connection, chunk: Buffer, host: Host): void {
  const { stage } = connection;
  switch (stage.kind) {
    case 'securing':
    case 'leaving':
      return;
    case 'waiting':
      connection.socket.pause();
      append(connection, chunk);
      return;
    case 'parsing':
    case 'answering':
      connection.socket.pause();
      if (!connection.isLast && host.hasRoomForUnserved()) append(connection, chunk);
      else serveNoMore(connection);
      return;
    case 'idle':
      connection.stage = { kind: 'asking', sinceMs: host.nowMs(), isNew: false, pieces: 1 };
      break;
    case 'asking':
      connection.stage = { ...stage, pieces: stage.pieces + 1 };
      break;
  }
  append(connection, chunk);
  if (connection.stream === null) serveFirst(connection, host);
  else serveInTurn(connection, host);
}

/** What the kubelet asks is served at once; the rest in turn, so that it does not wait behind a crowd's requests. */
function serveFirst(connection: Connection, host: Host): void {
  if (requestHead(connection.unserved).kind !== 'whole' || isUrgent(connection.unserved)) {
    serveNext(connection, host);
    return;
  }
  connection.stage = { kind: 'waiting', sinceMs: host.nowMs() };
  serveInTurn(connection, host);
}

function append(connection: Connection, chunk: Buffer): void {
  const { unserved } = connection;
  connection.unserved = unserved.length === 0 ? chunk : Buffer.concat([unserved, chunk]);
}

/** Lets the answer under way be the last one, whatever else was asked. */
export function serveNoMore(connection: Connection): void {
  connection.isLast = true;
  connection.unserved = NOTHING;
}

function serveNext(connection: Connection, host: Host): void {
  const head = requestHead(connection.unserved);
  switch (head.kind) {
    case 'whole':
      serve(connection, head.lengthBytes, host);
      return;
    case 'refused':
      refuse(connection, head.status, host);
      return;
    case 'incomplete':
      awaitRequest(connection, host);
  }
}

function serve(connection: Connection, lengthBytes: number, host: Host): void {
  const { unserved } = connection;
  const request = unserved.subarray(0, lengthBytes);
  connection.unserved = lengthBytes === unserved.length ? NOTHING : unserved.subarray(lengthBytes);
  connection.stage = { kind: 'parsing', sinceMs: host.nowMs() };
  // With nothing behind it the socket is read on, so that it shows when the client goes away.
  if (connection.unserved.length === 0) connection.socket.resume();
  else connection.socket.pause();
  if (connection.stream === null) {
    connection.stream = requestStream(connection.socket, {
      onTaken: () => moved(connection, host),
      onQueued: host.onQueued,
      onEnd: () => leave(connection, host),
    });
    host.serve(connection.stream, connection);
  }
  connection.stream.push(request);
}

function awaitRequest(connection: Connection, host: Host): void {
  const { socket, stage, unserved } = connection;
  if (socket.readableEnded) {
    leave(connection, host);
    return;
  }
  socket.resume();
  if (stage.kind === 'asking') {
    if (stage.pieces > MOST_HEAD_PIECES) refuse(connection, 408, host);
    return;
  }
  const sinceMs = host.nowMs();
  connection.stage =
    unserved.length === 0
      ? { kind: 'idle', sinceMs }
      : { kind: 'asking', sinceMs, isNew: false, pieces: 1 };
}

/** A request has come out of the parser. */
export function beginAnswer(connection: Connection, host: Host): void {
  if (connection.stage.kind !== 'parsing') return;
  connection.stage = { kind: 'answering', movedAtMs: host.nowMs(), isHeld: false };
}

/** The answer is with the kernel, or the handler has given it up. */
export function endAnswer(connection: Connection, host: Host): void {
  if (connection.stage.kind !== 'answering') return;
  if (connection.isLast) {
    leave(connection, host);
    return;
  }
  if (connection.unserved.length === 0) awaitRequest(connection, host);
  else serveInTurn(connection, host);
}

/** Others have their turn before a further request of the same client. */
function serveInTurn(connection: Connection, host: Host): void {
  // Nothing is read meanwhile, so that it is asked for once.
  connection.socket.pause();
  host.later(() => {
    const { kind } = connection.stage;
    if (kind === 'asking' || kind === 'waiting' || kind === 'answering')
      serveNext(connection, host);
  });
}

function moved(connection: Connection, host: Host): void {
  const { stage } = connection;
  if (stage.kind === 'answering') connection.stage = { ...stage, movedAtMs: host.nowMs() };
}

/** Whether an answer under way is kept from being ended for its silence or for want of room. */
export function markHeld(connection: Connection, isHeld: boolean): void {
  const { stage } = connection;
  if (stage.kind === 'answering') connection.stage = { ...stage, isHeld };
}

/** Says why no request of this connection is served, and ends it. */
export function refuse(connection: Connection, status: keyof typeof REFUSALS, host: Host): void {
  connection.socket.write(REFUSALS[status]);
  leave(connection, host);
}

/** Ends this side. What still comes is thrown away: unread bytes would turn the end into a reset. */
export function leave(connection: Connection, host: Host): void {
  if (connection.stage.kind === 'leaving') return;
  connection.stage = { kind: 'leaving', sinceMs: host.nowMs() };
  connection.unserved = NOTHING;
  connection.socket.end();
  connection.socket.resume();
}

function clientEnded(connection: Connection, host: Host): void {
  const { stage } = connection;
  if (stage.kind === 'asking' || stage.kind === 'idle') leave(connection, host);
}

/** Bytes of answers that the client has not taken, in this process. */
export function queuedBytes({ stream }: Connection): number {
  return stream?.writableLength ?? 0;
}
