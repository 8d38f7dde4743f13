import type { RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { http } from '../node-http.ts';
import { openHouse } from './connections/house.ts';
import { LIMITS, type Limits, LONGEST_HEAD_BYTES } from './connections/limits.ts';
import type { Door } from './connections/stage.ts';

export interface ListenOptions {
  /** The address to listen on; `null` for all addresses of both families. */
  readonly host: string | null;
  /** 0 takes a free port. */
  readonly port: number;
  /** The option to name where the address cannot be listened on. */
  readonly option?: string;
  /** The clock of `lastActivityAtMs`. */
  readonly nowMs: () => number;
  /** Is told of a connection that could not be accepted; the server goes on. */
  readonly onError: (error: Error) => void;
  readonly limits?: Limits;
  /** Secures each connection; plain HTTP where there is none. */
  readonly door?: Door | null;
}

/** The probe's own connections, to be told apart from those it watches. */
export interface Connections {
  /** Handed over by the kernel since the start. */
  readonly accepted: number;
  readonly open: number;
  /** When a connection was last opened or closed; `null` before the first. */
  readonly lastActivityAtMs: number | null;
}

export interface HttpServer {
  /** The port that is listened on. */
  readonly port: number;
  connections(): Connections;
  /** Stops listening, lets answers under way finish for at most `graceMs`, then closes what is left. */
  stop(graceMs: number): Promise<void>;
}

/** As many as the kernel lets wait (net.core.somaxconn): where its queue is full, it drops who comes. */
const BACKLOG = 4096;

/**
 * Serves `listener` over HTTP, one request of a connection at a time. Rejects with one clear line where
 * the address cannot be listened on.
 */
export async function listen(
  listener: RequestListener,
  { host, port, option = '--listen', nowMs, onError, limits = LIMITS, door = null }: ListenOptions,
): Promise<HttpServer> {
  // It listens nowhere: connections are given to it when they have a request.
  const requests = http.createServer(
    { maxHeaderSize: LONGEST_HEAD_BYTES, keepAliveTimeout: limits.idleMs },
    listener,
  );
  const house = openHouse(requests, limits, nowMs, door);
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const connections = countConnections(server, nowMs);
  server.on('connection', house.admit);
  const boundPort = await bind(server, host, port, option);
  server.on('error', onError);
  return {
    port: boundPort,
    connections,
    stop: (graceMs) =>
      new Promise((resolve) => {
        const grace = setTimeout(house.clear, graceMs);
        server.close(() => {
          clearTimeout(grace);
          resolve();
        });
        house.close();
      }),
  };
}

function bind(server: Server, host: string | null, port: number, option: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(listenError(error, host, port, option));
    server.once('error', refuse);
    server.listen({ port, backlog: BACKLOG, ...(host === null ? {} : { host }) }, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const LISTEN_REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; end the other listener or choose another port with',
  EACCES: 'not permitted; choose a port from 1024 up with',
  EADDRNOTAVAIL: 'this machine has no such address; choose one it has with',
  ENOTFOUND: 'no such host; give an address with',
};

function listenError(error: Error, host: string | null, port: number, option: string): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const remedy = LISTEN_REMEDIES[code];
  const why = remedy === undefined ? error.message : `${remedy} ${option}`;
  const where = host?.includes(':') ? `[${host}]:${port}` : `${host ?? '*'}:${port}`;
  return new Error(`cannot listen on ${where}: ${why}`, { cause: error });
}

function countConnections(server: Server, nowMs: () => number): () => Connections {
  let accepted = 0;
  let open = 0;
  let lastActivityAtMs: number | null = null;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    open += 1;
    lastActivityAtMs = nowMs();
    socket.once('close', () => {
      open -= 1;
      lastActivityAtMs = nowMs();
    });
  });
  return () => ({ accepted, open, lastActivityAtMs });
}
