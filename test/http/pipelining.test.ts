import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { LIMITS, type Limits } from '../../src/http/connections/limits.ts';
import { type HttpServer, listen } from '../../src/http/server.ts';
import { rawClient, requestText } from './raw-client.ts';
import { until } from './serving.ts';

async function listening(
  t: TestContext,
  listener: RequestListener,
  limits: Partial<Limits> = {},
): Promise<HttpServer> {
  const server = await listen(listener, {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => performance.now(),
    onError: assert.fail,
    limits: { ...LIMITS, ...limits },
  });
  t.after(() => server.stop(0));
  return server;
}

/** Answers with the path, a turn of the event loop later, and counts what is answered at once. */
function echo() {
  const seen = { underWay: 0, most: 0, served: 0 };
  const listener: RequestListener = async (request, response) => {
    seen.underWay += 1;
    seen.served += 1;
    seen.most = Math.max(seen.most, seen.underWay);
    await turn();
    seen.underWay -= 1;
    response.end(`[${request.method} ${request.url}]`);
  };
  return { seen, listener };
}

test('2,000 requests in one write are answered in order, one at a time', async (t) => {
  const { seen, listener } = echo();
  const server = await listening(t, listener);
  const client = await rawClient(t, server.port);
  const paths = Array.from({ length: 2_000 }, (_, index) => `/${index}`);
  client.send(paths.map((path) => requestText(path)).join(''));
  await until(() => client.text().includes('[GET /1999]'));
  const answered = [...client.text().matchAll(/\[GET (\S+)\]/g)].map(([, path]) => path);
  assert.deepEqual(answered, paths);
  assert.equal(seen.most, 1);
  assert.equal(server.connections().accepted, 1);
});

test('however requests are torn into pieces, each is answered once', async (t) => {
  const { listener } = echo();
  const server = await listening(t, listener);
  const text = ['/a', '/b', '/c'].map((path) => requestText(path, 'GET', 'X: \t y\r\n')).join('');
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const client = await rawClient(t, server.port);
      const at = [0, ...places.toSorted((a, b) => a - b), text.length];
      for (const [index, from] of at.slice(0, -1).entries()) {
        client.send(text.slice(from, at[index + 1]));
        await turn();
      }
      await until(() => client.text().includes('/c]'));
      assert.equal(client.answers(), 3);
      client.socket.destroy();
    }),
    { numRuns: 60 },
  );
});

test('HEAD, GET and what is no request may be mixed: the parser judges each', async (t) => {
  const { listener } = echo();
  const server = await listening(t, listener);
  const client = await rawClient(t, server.port);
  client.send(`\r\n${requestText('/a', 'HEAD')}${requestText('/b')}GET / HTTP/9.9\r\n\r\n`);
  const text = await client.closed();
  assert.doesNotMatch(text, /\[HEAD/);
  assert.match(text, /\[GET \/b\].*400 Bad Request/s);
});

test('behind an event stream nothing is served, and nothing is kept when the client goes', async (t) => {
  let served = 0;
  const server = await listening(t, (_request, response) => {
    served += 1;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': begun\n\n');
  });
  const client = await rawClient(t, server.port);
  client.send(requestText('/stream') + requestText('/livez').repeat(1_000));
  await until(() => client.text().includes(': begun'));
  client.send(requestText('/livez'));
  const other = await rawClient(t, server.port);
  other.send(requestText('/stream'));
  await until(() => other.answers() === 1);
  assert.equal(served, 2);
  assert.equal(client.answers(), 1);
  other.socket.destroy();
  await until(() => server.connections().open === 1);
});

test('where too much waits behind a request, its answer is the last', async (t) => {
  let finish = () => {};
  let served = 0;
  const server = await listening(
    t,
    (request, response) => {
      served += 1;
      finish = () => response.end(`[${request.url}]`);
    },
    { mostUnservedBytes: 0 },
  );
  const client = await rawClient(t, server.port);
  client.send(requestText('/a'));
  await until(() => served === 1);
  client.send(requestText('/b'));
  // On the other connection nothing happens before what was sent first has been read.
  const later = await rawClient(t, server.port);
  later.send('no request');
  await later.closed();
  finish();
  assert.match(await client.closed(), /\[\/a\]$/);
  assert.equal(served, 1);
});

test('after a request with a body the connection ends: a body is never read', async (t) => {
  const { seen, listener } = echo();
  const server = await listening(t, listener);
  const client = await rawClient(t, server.port);
  client.send(
    requestText('/a', 'POST', 'Content-Length: 30\r\n') +
      requestText('/hidden') +
      requestText('/b'),
  );
  assert.match(await client.closed(), /Connection: close/);
  assert.equal(seen.served, 1);
});

test('a client that ends its side still gets what it asked for', async (t) => {
  const { listener } = echo();
  const server = await listening(t, listener);
  const client = await rawClient(t, server.port);
  client.socket.end(requestText('/a') + requestText('/b'));
  assert.match(await client.closed(), /\[GET \/a\].*\[GET \/b\]/s);
});

test('what is not HTTP, or has headers without end, is refused at once', async (t) => {
  const { seen, listener } = echo();
  const server = await listening(t, listener);
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['\x16\x03\x01\x02\x00\x01\x00\x01', /^HTTP\/1\.1 400 /],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 400 /],
    [`GET / HTTP/1.1\r\nX: ${'a'.repeat(9_000)}`, /^HTTP\/1\.1 431 /],
    ['\r\n'.repeat(5_000), /^HTTP\/1\.1 431 /],
    [requestText('/', 'GET', 'Expect: something\r\n'), /^HTTP\/1\.1 417 /],
    ['GET / HTTP/1.1\n\n', /^HTTP\/1\.1 400 /],
  ];
  for (const [text, refusal] of refusals) {
    const client = await rawClient(t, server.port);
    client.send(text);
    await until(() => client.answers() === 1);
    assert.match(client.text(), refusal);
    client.socket.destroy();
  }
  assert.equal(seen.served, 0);
});
