import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { holdAnswer } from '../../src/http/connections/house.ts';
import { LIMITS, type Limits } from '../../src/http/connections/limits.ts';
import { type HttpServer, listen } from '../../src/http/server.ts';
import { type RawClient, rawClient, requestText } from './raw-client.ts';
import { until } from './serving.ts';

const SMALL = { ...LIMITS, mostConnections: 8, mostWithNew: 16, fairMs: 0, checkEveryMs: 20 };
const LARGE_BYTES = 32 * 1024 * 1024;
const large = Buffer.alloc(LARGE_BYTES);

/** `/stream` never ends, `/held` is held until another needs its place, `/large` is more than buffers take. */
const listener: RequestListener = (request, response) => {
  switch (request.url) {
    case '/stream':
      response.write('begun');
      return;
    case '/held':
      if (holdAnswer(request, () => response.end(' let go'))) response.write('held');
      else response.end();
      return;
    case '/large':
      response.end(large);
      return;
    default:
      response.end('ok');
  }
};

async function listening(t: TestContext, limits: Partial<Limits> = {}): Promise<HttpServer> {
  const server = await listen(listener, {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => performance.now(),
    onError: assert.fail,
    limits: { ...SMALL, ...limits },
  });
  t.after(() => server.stop(0));
  return server;
}

async function clients(t: TestContext, port: number, many: number, text: string) {
  const all: RawClient[] = [];
  for (let index = 0; index < many; index += 1) {
    const client = await rawClient(t, port);
    client.send(text);
    all.push(client);
  }
  return all;
}

async function answers(t: TestContext, port: number): Promise<void> {
  const probe = await rawClient(t, port);
  probe.send(requestText('/livez', 'GET', 'Connection: close\r\n'));
  assert.match(await probe.closed(), /^HTTP\/1\.1 200 /);
}

test('the request that is unfinished for longest goes, and who comes is answered', async (t) => {
  const server = await listening(t);
  const slow = await clients(t, server.port, 8, 'GET /livez HTTP/1.1\r\nX: ');
  await until(() => server.connections().accepted === 8);
  await answers(t, server.port);
  assert.equal(slow[0]?.isClosed(), true);
  assert.deepEqual(
    slow.slice(1).map((client) => client.isClosed()),
    slow.slice(1).map(() => false),
  );
});

test('idle connections go before unfinished requests', async (t) => {
  const server = await listening(t);
  const slow = await clients(t, server.port, 4, 'GET / HTTP/1.1\r\n');
  const idle = await clients(t, server.port, 4, requestText('/'));
  await until(() => idle.every((client) => client.answers() === 1));
  for (let time = 0; time < 4; time += 1) await answers(t, server.port);
  await until(() => idle[0]?.isClosed() === true);
  assert.ok(slow.every((client) => !client.isClosed()));
});

test('a new connection has a fair moment, for which there is room of its own', async (t) => {
  const server = await listening(t, { fairMs: 60_000 });
  const fresh = await clients(t, server.port, 15, '');
  await until(() => server.connections().accepted === 15);
  await answers(t, server.port);
  assert.ok(fresh.every((client) => !client.isClosed()));
  const more = await clients(t, server.port, 2, '');
  await until(() => fresh[0]?.isClosed() === true);
  assert.ok(more.every((client) => !client.isClosed()));
});

test('event streams and held answers stay while unfinished requests come and go', async (t) => {
  const server = await listening(t, { mostHeld: 2 });
  const [stream] = await clients(t, server.port, 1, requestText('/stream'));
  const held = await clients(t, server.port, 2, requestText('/held'));
  await until(() => [stream, ...held].every((client) => client?.answers() === 1));
  await clients(t, server.port, 40, 'GET /');
  await answers(t, server.port);
  assert.ok([stream, ...held].every((client) => client?.isClosed() === false));
});

test('held answers outlive silence, others do not, and the oldest makes room for who comes', async (t) => {
  const server = await listening(t, { mostHeld: 2, silentMs: 100 });
  const close = 'Connection: close\r\n';
  const held = await clients(t, server.port, 2, requestText('/held', 'GET', close));
  await until(() => held.every((client) => client.answers() === 1));
  const [silent] = await clients(t, server.port, 1, requestText('/stream'));
  await silent?.closed();
  assert.ok(held.every((client) => !client.isClosed()));
  const [third] = await clients(t, server.port, 1, requestText('/held', 'GET', close));
  assert.match((await held[0]?.closed()) ?? '', /let go/);
  await until(() => third?.answers() === 1);
  assert.ok([held[1], third].every((client) => client?.isClosed() === false));
});

test('a crowd from one address loses its own places and not those of another', async (t) => {
  const server = await listening(t, { mostHeld: 3 });
  const other = await rawClient(t, server.port, '127.0.0.2');
  other.send(requestText('/held'));
  await until(() => other.answers() === 1);
  const crowd = await clients(t, server.port, 12, requestText('/held'));
  await until(() => crowd.filter((client) => client.text().includes('let go')).length === 10);
  assert.ok(!other.text().includes('let go'));
});

test('answers that nobody takes end when together they need too much memory', async (t) => {
  const server = await listening(t, { mostQueuedBytes: 1.5 * LARGE_BYTES, stuckMs: 60_000 });
  const unread: RawClient[] = [];
  for (let index = 0; index < 4; index += 1) {
    const client = await rawClient(t, server.port);
    client.socket.pause();
    client.send(requestText('/large'));
    unread.push(client);
  }
  await until(() => server.connections().accepted === 4);
  await until(() => server.connections().open === 1);
  await answers(t, server.port);
});

test('a client that reads gets an answer larger than all that may wait', async (t) => {
  const server = await listening(t, { mostQueuedBytes: 1024, fairMs: 5_000 });
  const [client] = await clients(t, server.port, 1, requestText('/large'));
  await until(() => (client?.text().length ?? 0) > LARGE_BYTES);
});

test('unfinished requests end after a short time, told so', async (t) => {
  const server = await listening(t, { headersMs: 100 });
  const [slow, silent] = [
    ...(await clients(t, server.port, 1, 'GET / HTTP/1.1\r\n')),
    ...(await clients(t, server.port, 1, '')),
  ];
  assert.match((await slow?.closed()) ?? '', /^HTTP\/1\.1 408 /);
  await silent?.closed();
});
