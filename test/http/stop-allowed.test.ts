import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { LIMITS } from '../../src/http/connections/limits.ts';
import type { StopAnswer, StopQuestions } from '../../src/http/stop-allowed.ts';
import { rawClient, requestText } from './raw-client.ts';
import { fakeView, leaderReport } from './sample-report.ts';
import { serve, until } from './serving.ts';

const CLOSE = 'Connection: close\r\n';
const HOLD = requestText('/stop-allowed?wait=60s', 'GET', CLOSE);

/** Questions that wait for the test's answer. */
function questions() {
  const open = new Map<(answer: StopAnswer) => void, number>();
  const all: StopQuestions = {
    decide: () => ({ kind: 'held', reason: 'one is missing' }),
    hold(waitMs, answer) {
      open.set(answer, waitMs);
      return () => void open.delete(answer);
    },
  };
  return {
    all,
    waits: () => [...open.values()],
    answer(kind: StopAnswer['kind'], reason: string) {
      for (const give of open.keys()) give({ kind, reason });
    },
  };
}

async function serving(t: TestContext, limits: Partial<typeof LIMITS> = {}) {
  const asked = questions();
  const { server, get } = await serve(t, fakeView(leaderReport()), {
    stops: asked.all,
    limits: { ...LIMITS, ...limits },
  });
  return { ...asked, server, get, port: server.port };
}

test('a stop is held until it is allowed, and other questions are answered meanwhile', async (t) => {
  const { port, get, waits, answer } = await serving(t, { silentMs: 50, checkEveryMs: 10 });
  const hook = await rawClient(t, port);
  hook.send(HOLD);
  await until(() => waits().length === 1);
  assert.deepEqual(waits(), [60_000]);
  for (let count = 0; count < 20; count += 1) assert.equal((await get('/readyz')).status, 200);
  assert.equal(hook.text(), '');
  answer('allowed', 'all are there');
  assert.match(await hook.closed(), /^HTTP\/1\.1 200 [\s\S]*allowed: all are there\n$/);
  assert.deepEqual(waits(), []);
});

test('a wait that has ended is a failure of the hook, which says why', async (t) => {
  const { port, waits, answer } = await serving(t);
  const hook = await rawClient(t, port);
  hook.send(HOLD);
  await until(() => waits().length === 1);
  answer('timed-out', 'not spared within 60 s: one is missing');
  assert.match(await hook.closed(), /^HTTP\/1\.1 503 [\s\S]*timed-out: not spared/);
});

test('a client that goes away ends its question, by a reset and by its end', async (t) => {
  const { port, waits } = await serving(t, { leavingMs: 20, checkEveryMs: 10 });
  const [reset, ended] = [await rawClient(t, port), await rawClient(t, port)];
  for (const client of [reset, ended]) client.send(HOLD);
  await until(() => waits().length === 2);
  reset.socket.resetAndDestroy();
  await until(() => waits().length === 1);
  ended.socket.end();
  await until(() => waits().length === 0);
});

test('without a wait, and to HEAD, the decision of the moment is given and nobody is held', async (t) => {
  const { get, waits } = await serving(t);
  const { status, body } = await get('/stop-allowed');
  assert.deepEqual([status, body], [503, 'held: one is missing\n']);
  assert.equal((await get('/stop-allowed?wait=60s', {}, 'HEAD')).status, 503);
  assert.equal((await get('/stop-allowed?wait=0s')).status, 503);
  assert.deepEqual(waits(), []);
});

for (const wait of [
  '',
  '60',
  '-1s',
  '1h',
  '11m',
  '1e3s',
  '60s&wait=1s',
  '[object Object]',
  '%00',
]) {
  test(`a wait of ${JSON.stringify(wait)} is refused, and says what to write`, async (t) => {
    const { get, waits } = await serving(t);
    const { status, body } = await get(`/stop-allowed?wait=${encodeURI(wait)}`);
    assert.equal(status, 400);
    assert.match(body, /wait=60s/);
    assert.deepEqual(waits(), []);
  });
}

test('of too many the oldest is answered at once, so that who comes is held', async (t) => {
  const { port, waits } = await serving(t);
  const first = await rawClient(t, port);
  first.send(HOLD);
  await until(() => waits().length === 1);
  for (let count = 1; count <= LIMITS.mostHeld; count += 1) {
    const client = await rawClient(t, port);
    client.send(HOLD);
  }
  assert.match(await first.closed(), /^HTTP\/1\.1 503 [\s\S]*too many requests are waiting/);
  assert.equal(waits().length, LIMITS.mostHeld);
});

test('a crowd that fills the house puts out nobody who is held', async (t) => {
  const { port, waits, answer } = await serving(t, { fairMs: 0 });
  const hook = await rawClient(t, port);
  hook.send(HOLD);
  await until(() => waits().length === 1);
  for (let count = 0; count < 300; count += 1) {
    const client = await rawClient(t, port);
    client.send(count % 2 === 0 ? 'GET /stop-allowed?wait=60s HTTP/1.1\r\nX: ' : '');
  }
  assert.equal(hook.isClosed(), false);
  answer('allowed', 'all are there');
  assert.match(await hook.closed(), /^HTTP\/1\.1 200 /);
});
