import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { http, loadHttps } from '../node-http.ts';
import { boundedBuffer } from './bounded-buffer.ts';

/** By what a server lets a question in. */
export interface GetClient {
  /** `null` for plain HTTP. Texts are PEM; without `ca` the runtime's own authorities count. */
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    /** The name that the certificate must have; `null` for that of the server. */
    readonly serverName: string | null;
    /** Whether any certificate is taken. */
    readonly isUnverified: boolean;
  } | null;
  /** The header of that name; `null` for none. */
  readonly authorization: string | null;
}

const PLAIN: GetClient = { tls: null, authorization: null };

export interface BoundedGet {
  readonly host: string;
  /** The server's own name, where it is not `host`. */
  readonly name?: string;
  readonly client?: GetClient;
  readonly port: number;
  readonly path: string;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** Of the body. */
  readonly maxBytes: number;
}

/** How a GET ended: the body of a 200, or the way in which there was none. */
export type GetResult =
  | { readonly kind: 'body'; readonly text: string; readonly elapsedMs: number }
  /** Not one byte of an answer came in time. */
  | { readonly kind: 'timeout'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'reset'; readonly reason: string }
  /** Any status but 200, redirects included: they are not followed. */
  | { readonly kind: 'http-error'; readonly reason: string }
  /** An answer of more than `maxBytes`. */
  | { readonly kind: 'too-long'; readonly reason: string }
  /** An answer that is incomplete in time, or no HTTP. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** No time-out of the other end's making: the name or the route is wanting, or this process stood still. */
  | { readonly kind: 'not-asked'; readonly reason: string };

const MAX_HEADER_BYTES = 8192;

/** A timer later than this says that the process had no time to see an answer. */
const LATE_MS = 100;

/**
 * One GET over a connection of its own. Never rejects, never waits longer than the time-out, never
 * holds more than the headers and `maxBytes`, always destroys its connection.
 */
export function boundedGet(question: BoundedGet): Promise<GetResult> {
  const { timeoutMs, maxBytes } = question;
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const body = boundedBuffer(maxBytes);
    const outgoing = requestOf(question);
    const settle = (result: GetResult): void => {
      clearTimeout(deadline);
      outgoing.destroy();
      resolve(result);
    };
    const elapsedMs = (): number => performance.now() - startedMs;

    const deadline = setTimeout(
      () => settle(overdue(elapsedMs(), timeoutMs, outgoing.socket?.bytesRead ?? 0)),
      timeoutMs,
    );

    outgoing.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error)));
    // A peer's probe sends none, and without end they would keep this process busy.
    outgoing.on('information', () =>
      settle({ kind: 'invalid', reason: 'an informational answer' }),
    );
    outgoing.on('response', (response) => {
      const unwanted = refusedAtOnce(response, maxBytes);
      if (unwanted !== null) return settle(unwanted);
      response.on('data', (chunk: Buffer) => {
        // Chunks of one byte are six on the wire: those count too, or the work would have no bound.
        const overWire = (outgoing.socket?.bytesRead ?? 0) > maxBytes + MAX_HEADER_BYTES;
        if (overWire || !body.add(chunk)) settle(tooLong(maxBytes));
      });
      response.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error)));
      response.on('end', () => settle({ kind: 'body', text: body.text(), elapsedMs: elapsedMs() }));
    });
    outgoing.on('close', () => settle({ kind: 'reset', reason: 'closed without an answer' }));
    outgoing.end();
  });
}

function requestOf({ host, port, path, name = host, client = PLAIN }: BoundedGet): ClientRequest {
  const { tls, authorization } = client;
  const options = {
    ...({
      host,
      port,
      path,
      method: 'GET',
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
    } as const),
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(authorization === null ? {} : { authorization }),
    },
  };
  if (tls === null) return http.request(options);
  const { serverName, isUnverified, ...texts } = tls;
  const expected = serverName ?? name.replace(/\.$/, '');
  // An address is no name to ask for (RFC 6066, section 3); the certificate must have it all the same.
  const servername = isIP(expected) === 0 ? { servername: expected } : {};
  return loadHttps().request({
    ...options,
    ...texts,
    ...servername,
    rejectUnauthorized: !isUnverified,
  });
}

/** What it means that the time is over. */
function overdue(elapsedMs: number, timeoutMs: number, bytesRead: number): GetResult {
  if (elapsedMs > timeoutMs + LATE_MS) {
    return { kind: 'not-asked', reason: 'this process was suspended while it waited' };
  }
  return bytesRead > 0
    ? { kind: 'invalid', reason: `the answer was not complete within ${timeoutMs} ms` }
    : { kind: 'timeout', reason: `no answer within ${timeoutMs} ms` };
}

/** Why an answer's body is not wanted, as far as its head says; `null` where it is. */
function refusedAtOnce(response: IncomingMessage, maxBytes: number): GetResult | null {
  if (response.statusCode !== 200) {
    return { kind: 'http-error', reason: `HTTP status ${response.statusCode}` };
  }
  const announced = Number(response.headers['content-length'] ?? 0);
  return announced > maxBytes ? tooLong(maxBytes) : null;
}

function tooLong(maxBytes: number): GetResult {
  return { kind: 'too-long', reason: `the answer is longer than ${maxBytes} bytes` };
}

/** OpenSSL's words for certificates that do not hold, and Node's for a handshake that fails. */
const TLS_FAILURE =
  /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_|INVALID_(CA|PURPOSE))/;

function failureOf(error: NodeJS.ErrnoException): GetResult {
  const code = error.code ?? error.name;
  if (code === 'ECONNREFUSED') return { kind: 'refused', reason: code };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset', reason: code };
  if (code.startsWith('HPE_')) return { kind: 'invalid', reason: `not HTTP (${code})` };
  // The other end is there, and is not one that is trusted, or does not speak TLS.
  if (TLS_FAILURE.test(code)) return { kind: 'invalid', reason: `TLS: ${code}` };
  // The kernel's own time-out of a connection attempt, where ours is longer.
  if (code === 'ETIMEDOUT') return { kind: 'timeout', reason: code };
  return { kind: 'not-asked', reason: code };
}
