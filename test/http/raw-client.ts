import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { until } from './serving.ts';

/** A connection on which bytes are written as a test wants them, and all that comes is kept. */
export interface RawClient {
  readonly socket: Socket;
  send(text: string): void;
  /** All that has come. */
  text(): string;
  /** How many answers have begun. */
  answers(): number;
  isClosed(): boolean;
  /** Resolves with all that came. */
  closed(): Promise<string>;
}

/** Connects to a port of the loopback; from one of its addresses; destroyed at the test's end. */
export async function rawClient(
  t: TestContext,
  port: number,
  from = '127.0.0.1',
): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  t.after(() => socket.destroy());
  // A reset is one of the ways in which a server may end these.
  socket.on('error', () => {});
  let text = '';
  let isClosed = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('close', () => {
    isClosed = true;
  });
  await once(socket, 'connect');
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    text: () => text,
    answers: () => text.split('HTTP/1.1 ').length - 1,
    isClosed: () => isClosed,
    async closed() {
      await until(() => isClosed);
      return text;
    },
  };
}

/** A request as a browser's or scraper's first bytes. */
export function requestText(path: string, method = 'GET', headers = ''): string {
  return `${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
}
