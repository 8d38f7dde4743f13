import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { SrvrAnswer, SrvrFailure } from '../model/evidence.ts';
import { boundedBuffer } from './bounded-buffer.ts';
import { parseSrvr } from './srvr-text.ts';

export interface SrvrQuestion {
  readonly host: string;
  readonly port: number;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Holds the client certificate that a `secureClientPort` asks for; left out for a plain port. */
  readonly tls?: SecureContext;
  /** How to connect; for tests. */
  readonly connect?: (question: SrvrQuestion) => Socket;
}

/**
 * Sends `srvr`, the one four-letter word on ZooKeeper's default whitelist, to a client port.
 * Never rejects, never waits longer than the time-out, always destroys its socket.
 */
export function askSrvr(question: SrvrQuestion): Promise<SrvrAnswer> {
  return new Promise((resolve) => {
    const { timeoutMs, maxBytes } = question;
    const answer = boundedBuffer(maxBytes);
    const socket = (question.connect ?? connectTo)(question);
    const settle = (result: SrvrAnswer): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(result);
    };
    const fail = (reason: SrvrFailure, detail: string): void =>
      settle({ kind: 'failed', reason, detail });

    const deadline = setTimeout(
      () => fail('timeout', `no complete answer within ${timeoutMs} ms`),
      timeoutMs,
    );
    socket.on('error', (error: NodeJS.ErrnoException) =>
      fail(failureOf(error), error.code ?? error.name),
    );
    socket.on('data', (chunk: Buffer) => {
      if (!answer.add(chunk)) fail('too-long', `more than ${maxBytes} bytes`);
    });
    // The server closes after its answer: only then is it known to be whole.
    socket.on('end', () => {
      if (answer.size() === 0)
        return fail('empty', 'the server closed the connection without an answer');
      const parsed = parseSrvr(answer.text());
      if (parsed === null) return fail('not-understood', 'not a ZooKeeper answer to srvr');
      settle(parsed);
    });
    socket.on('close', () => fail('reset', 'the connection closed before the answer ended'));
    socket.write('srvr');
  });
}

function connectTo({ host, port, tls }: SrvrQuestion): Socket {
  if (tls === undefined) return connectPlain({ host, port });
  // The server is this pod's own and reached by address, which no certificate of it need name;
  // nothing secret is sent.
  return connectTls({ secureContext: tls, host, port, rejectUnauthorized: false });
}

function failureOf(error: NodeJS.ErrnoException): SrvrFailure {
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset';
  return error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL')
    ? 'not-understood'
    : 'unreachable';
}
