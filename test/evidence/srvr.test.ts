import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createSecureContext, createServer } from 'node:tls';
import { askSrvr } from '../../src/evidence/srvr.ts';
import type { SrvrAnswer } from '../../src/model/evidence.ts';
import { allClosed, drip, flood, type HostileServer, hostileServer } from './hostile-server.ts';

const leader = readFileSync(new URL('../fixtures/srvr/leader.txt', import.meta.url), 'utf8');

async function serve(t: TestContext, behave: (socket: Socket) => void): Promise<HostileServer> {
  const server = await hostileServer(behave);
  t.after(() => server.close());
  return server;
}

const ask = (port: number, timeoutMs = 2000): Promise<SrvrAnswer> =>
  askSrvr({ host: '127.0.0.1', port, timeoutMs, maxBytes: 8192 });

test('the word is sent without a line end and the answer of a leader comes back', async (t) => {
  const asked: string[] = [];
  const server = await serve(t, (socket) => {
    socket.on('data', (data) => {
      asked.push(data.toString());
      socket.end(leader);
    });
  });
  const answer = await ask(server.port);
  assert.equal(answer.kind === 'serving' && answer.mode, 'leader');
  assert.deepEqual(asked, ['srvr']);
  await allClosed(server);
});

test('an answer in many pieces is put together', async (t) => {
  const server = await serve(t, async (socket) => {
    for (const character of leader) {
      socket.write(character);
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
  });
  assert.equal((await ask(server.port)).kind, 'serving');
});

const refusals: readonly {
  readonly title: string;
  readonly behave: (socket: Socket) => void;
  readonly reason: string;
  readonly timeoutMs?: number;
}[] = [
  {
    title: 'a server that never says a word',
    behave: () => undefined,
    reason: 'timeout',
    timeoutMs: 100,
  },
  {
    title: 'a true answer whose connection is kept open',
    behave: (socket) => socket.write(leader),
    reason: 'timeout',
    timeoutMs: 100,
  },
  {
    title: 'a slow drip of a true answer',
    behave: (socket) => drip(socket, leader, 5),
    reason: 'timeout',
    timeoutMs: 100,
  },
  {
    title: 'an endless answer',
    behave: (socket) => flood(socket, leader.repeat(100)),
    reason: 'too-long',
  },
  {
    title: 'an endless line',
    behave: (socket) => flood(socket, Buffer.alloc(65_536, 0x20)),
    reason: 'too-long',
  },
  { title: 'a reset', behave: (socket) => socket.resetAndDestroy(), reason: 'reset' },
  {
    title: 'a reset after a true answer',
    behave: (socket) => socket.write(leader, () => socket.resetAndDestroy()),
    reason: 'reset',
  },
  { title: 'a close without a word', behave: (socket) => socket.end(), reason: 'empty' },
  {
    title: 'half an answer',
    behave: (socket) => socket.end(leader.slice(0, 100)),
    reason: 'not-understood',
  },
  {
    title: 'another protocol',
    behave: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nMode: leader\n'),
    reason: 'not-understood',
  },
];

for (const { title, behave, reason, timeoutMs } of refusals) {
  test(`${title} is a failure (${reason}) and its connection is dropped`, async (t) => {
    const server = await serve(t, behave);
    const answer = await ask(server.port, timeoutMs);
    assert.equal(answer.kind === 'failed' && answer.reason, reason);
    await allClosed(server);
    assert.ok(server.sentBytes() < 8_000_000, `took ${server.sentBytes()} bytes`);
  });
}

test('a closed port is a refusal', async () => {
  const server = await hostileServer(() => undefined);
  await server.close();
  const answer = await ask(server.port);
  assert.equal(answer.kind === 'failed' && answer.reason, 'refused');
});

/** Suites without certificates, so that the test needs no key of its own. */
const ANONYMOUS = { ciphers: 'aNULL:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;

test('a secure client port is asked over TLS', async (t) => {
  const server = createServer(ANONYMOUS, (socket) => {
    socket.on('data', () => socket.end(leader));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const answer = await askSrvr({
    host: '127.0.0.1',
    port: address.port,
    timeoutMs: 2000,
    maxBytes: 8192,
    tls: createSecureContext(ANONYMOUS),
  });
  assert.equal(answer.kind === 'serving' && answer.mode, 'leader');
});

test('TLS spoken to a plain port is not understood, and a hang in its handshake ends in time', async (t) => {
  const tls = createSecureContext(ANONYMOUS);
  const plain = await serve(t, (socket) => socket.end(leader));
  const silent = await serve(t, () => undefined);
  const question = { host: '127.0.0.1', timeoutMs: 200, maxBytes: 8192, tls };
  const misread = await askSrvr({ ...question, port: plain.port });
  assert.equal(misread.kind === 'failed' && misread.reason, 'not-understood');
  const hung = await askSrvr({ ...question, port: silent.port });
  assert.equal(hung.kind === 'failed' && hung.reason, 'timeout');
  await allClosed(silent);
});
