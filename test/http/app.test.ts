import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Router } from 'express';
import { createHealthApp } from '../../src/http/app.ts';
import { listen } from '../../src/http/server.ts';
import { rawClient, requestText } from './raw-client.ts';
import { fakeView, finding, leaderReport, WATCHED } from './sample-report.ts';
import { NO_STOPS, serve, until } from './serving.ts';

const PATHS = [
  '/livez',
  '/readyz',
  '/readyz/client-port',
  '/healthz',
  '/metrics',
  '/api/v1/report',
  '/api/v1/report/schema',
  '/',
];

test('every path answers GET, a trailing slash, and HEAD without a body', async (t) => {
  const { get } = await serve(t, fakeView());
  for (const path of PATHS) {
    const plain = await get(path);
    assert.equal(plain.status, 200, path);
    assert.notEqual(plain.body, '', path);
    assert.equal((await get(`${path}/`)).status, 200, `${path}/`);
    const head = await get(path, {}, 'HEAD');
    assert.equal(head.status, 200, `HEAD ${path}`);
    assert.equal(head.body, '', `HEAD ${path}`);
    assert.equal(head.headers['content-type'], plain.headers['content-type'], `HEAD ${path}`);
  }
});

test('any method but GET and HEAD is refused, on unknown paths too', async (t) => {
  const { get } = await serve(t, fakeView());
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
    for (const path of [...PATHS, '/nowhere']) {
      const { status, headers } = await get(path, {}, method);
      assert.equal(status, 405, `${method} ${path}`);
      assert.equal(headers['allow'], 'GET, HEAD', `${method} ${path}`);
    }
  }
});

test('an unknown path is 404 and is not repeated in the answer', async (t) => {
  const { get } = await serve(t, fakeView());
  for (const path of ['/nowhere', '/READYZ', '/livez/scan', '/metrics/x', '/api/v1', '/<script>']) {
    const { status, body } = await get(path);
    assert.equal(status, 404, path);
    assert.equal(body, 'not found\n', path);
  }
});

test('a path that cannot be decoded is the fault of the client', async (t) => {
  const { get } = await serve(t, fakeView());
  const { status, body } = await get('/readyz/%E0%A4%A');
  assert.equal(status, 400);
  assert.equal(body, 'bad request\n');
});

test('answers are not cached, not sniffed, not tagged, and do not name the framework', async (t) => {
  const { get } = await serve(t, fakeView());
  for (const path of [...PATHS, '/nowhere']) {
    const { headers } = await get(path);
    assert.equal(headers['cache-control'], 'no-store', path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/, path);
    assert.equal(headers['x-powered-by'], undefined, path);
    assert.equal(headers['etag'], undefined, path);
  }
});

test('the report is served whole and keeps to the schema served beside it', async (t) => {
  const report = leaderReport({ findings: [finding('stalled-link', 'warning')] });
  const { get } = await serve(t, fakeView(report));
  const served = await get('/api/v1/report');
  assert.match(String(served.headers['content-type']), /^application\/json/);
  assert.deepEqual(JSON.parse(served.body), report);
  const schema: unknown = JSON.parse((await get('/api/v1/report/schema')).body);
  assert.ok(typeof schema === 'object' && schema !== null);
  const validate = new Ajv2020({ formats: { 'date-time': true } }).compile(schema);
  assert.ok(validate(JSON.parse(served.body)), JSON.stringify(validate.errors));
});

test('a fault of ours is told once, answered without its details, and ends nothing', async (t) => {
  const told: unknown[] = [];
  const fault = new Error('secret detail');
  const page = Router();
  page.get('/', () => {
    throw fault;
  });
  const { get } = await serve(t, fakeView(), { page, onError: (error) => told.push(error) });
  const { status, body } = await get('/');
  assert.equal(status, 500);
  assert.equal(body, 'internal error\n');
  assert.deepEqual(told, [fault]);
  assert.equal((await get('/livez')).status, 200);
});

test('while stopping every answer closes its connection', async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  view.isStopping = true;
  assert.equal((await get('/livez', { connection: 'keep-alive' })).headers['connection'], 'close');
});

test('health is answered however many answers are under way; beyond a bound the rest is told to wait', async (t) => {
  const finish: (() => void)[] = [];
  const evidence = Router().get('/slow', (_request, response) => {
    finish.push(() => response.send('done'));
  });
  const { get } = await serve(t, fakeView(), { evidence });
  const slow = Array.from({ length: 64 }, () => get('/slow'));
  await until(() => finish.length === slow.length);
  for (const path of ['/metrics', '/api/v1/report', '/', '/slow']) {
    const refused = await get(path);
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1'], path);
  }
  for (const path of ['/livez', '/readyz', '/readyz/client-port', '/healthz', '/stop-allowed']) {
    assert.equal((await get(path)).status, 200, path);
  }
  for (const answer of finish) answer();
  for (const { status } of await Promise.all(slow)) assert.equal(status, 200);
  assert.equal((await get('/metrics')).status, 200);
});

test('answers that have begun to go out keep nobody out', async (t) => {
  const evidence = Router().get('/open', (_request, response) => {
    response.write('begun');
  });
  const { server, get } = await serve(t, fakeView(), { evidence });
  for (let count = 0; count < 70; count += 1) {
    const client = await rawClient(t, server.port);
    client.send(requestText('/open'));
    await until(() => client.answers() === 1);
  }
  assert.equal((await get('/metrics')).status, 200);
});

test('the listener for health alone serves health and nothing else', async (t) => {
  const app = createHealthApp(fakeView(), {
    watched: WATCHED,
    stops: NO_STOPS,
    onError: () => assert.fail(),
  });
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    nowMs: () => performance.now(),
    onError: assert.fail,
  });
  t.after(() => server.stop(0));
  const statusOf = async (path: string) => {
    const client = await rawClient(t, server.port);
    client.send(requestText(path, 'GET', 'Connection: close\r\n'));
    return Number((await client.closed()).slice(9, 12));
  };
  for (const path of ['/livez', '/readyz', '/readyz/client-port', '/healthz']) {
    assert.equal(await statusOf(path), 200, path);
  }
  for (const path of ['/', '/metrics', '/api/v1/report', '/api/v1/events', '/api/v1/stream']) {
    assert.equal(await statusOf(path), 404, path);
  }
});
