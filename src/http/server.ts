import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { http } from '../node-http.ts';

export interface ListenOptions {
  /** The address to listen on; `null` for all addresses of both families. */
  readonly host: string | null;
  /** 0 takes a free port. */
  readonly port: number;
  /** The clock of `lastActivityAtMs`. */
  readonly nowMs: () => number;
  /** Is told of a connection that could not be accepted; the server goes on. */
  readonly onError: (error: Error) => void;
  readonly limits?: Limits;
}

/** What a client may take, in milliseconds. */
export interface Limits {
  /** From the connection, or the end of the last request, to the end of a request's headers. */
  readonly headersMs: number;
  /** To the end of the whole request. */
  readonly requestMs: number;
  /** How often these two are looked at. */
  readonly checkEveryMs: number;
  /** How long a connection may wait for its next request. */
  readonly idleMs: number;
  /** How long nothing may move on a connection in use. */
  readonly stuckMs: number;
}

/** The probe's own connections, to be told apart from those it watches. */
export interface Connections {
  /** Handed over by the kernel since the start, those above the cap included. */
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

/** Enough for kubelet, scrapers and people, and too few to hurt; idle ones make room from half of it on. */
const MOST_CONNECTIONS = 128;

/** Connections may idle for a bit over a minute: each new scrape's would show in the counters watched. */
const LIMITS: Limits = {
  headersMs: 5_000,
  requestMs: 10_000,
  checkEveryMs: 1_000,
  idleMs: 75_000,
  stuckMs: 30_000,
};
const LONGEST_HEADERS_BYTES = 8_192;

/** Serves `listener` over HTTP. Rejects with one clear line where the address cannot be listened on. */
export async function listen(
  listener: RequestListener,
  { host, port, nowMs, onError, limits = LIMITS }: ListenOptions,
): Promise<HttpServer> {
  const server = http.createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: limits.idleMs,
      maxHeaderSize: LONGEST_HEADERS_BYTES,
    },
    listener,
  );
  server.setTimeout(limits.stuckMs);
  server.maxConnections = MOST_CONNECTIONS;
  const connections = countConnections(server, nowMs);
  const boundPort = await bind(server, host, port);
  server.on('error', onError);
  return { port: boundPort, connections, stop: (graceMs) => stop(server, graceMs) };
}

function bind(server: Server, host: string | null, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(listenError(error, host, port));
    server.once('error', refuse);
    server.listen(host === null ? { port } : { port, host }, () => {
      server.off('error', refuse);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const LISTEN_REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; end the other listener or choose another port with --listen',
  EACCES: 'not permitted; choose a port from 1024 up with --listen',
  EADDRNOTAVAIL: 'this machine has no such address; choose one it has with --listen',
  ENOTFOUND: 'no such host; give an address with --listen',
};

function listenError(error: Error, host: string | null, port: number): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const why = LISTEN_REMEDIES[code] ?? error.message;
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
    if (open > MOST_CONNECTIONS / 2) {
      server.closeIdleConnections();
    }
    socket.once('close', () => {
      open -= 1;
      lastActivityAtMs = nowMs();
    });
  });
  server.on('drop', () => {
    accepted += 1;
    lastActivityAtMs = nowMs();
  });
  return () => ({ accepted, open, lastActivityAtMs });
}

function stop(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const grace = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(grace);
      resolve();
    });
  });
}
