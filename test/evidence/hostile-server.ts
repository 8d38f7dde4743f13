import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface HostileServer {
  readonly port: number;
  /** Bytes that the server got rid of, whoever received them. */
  sentBytes(): number;
  /** Connections that are still open. */
  open(): number;
  close(): Promise<void>;
}

/** A TCP server, on a free port of 127.0.0.1 where nothing else is said, that does `behave` to each connection. */
export async function hostileServer(
  behave: (socket: Socket) => void,
  port = 0,
  host = '127.0.0.1',
): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let sentBytes = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sentBytes += socket.bytesWritten;
      sockets.delete(socket);
    });
    socket.resume();
    behave(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sentBytes: () => sentBytes,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Writes `chunk` as fast as the other end takes it, for ever. */
export function flood(socket: Socket, chunk: string | Buffer): void {
  const pump = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', pump);
  pump();
}

/** Writes `text` one byte at a time, for ever from its start again. */
export function drip(socket: Socket, text: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text.charAt(at % text.length));
    at += 1;
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** Resolves when the connections that a client should have dropped are gone. */
export async function allClosed(server: HostileServer): Promise<void> {
  while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
}
