import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { hashSync } from 'bcryptjs';
import { basicAuth } from '../../src/http/auth/basic-auth.ts';
import { createPasswordChecks } from '../../src/http/auth/password-checks.ts';
import { type Verify, verifyInThread } from '../../src/http/auth/verify.ts';
import { fakeView } from './sample-report.ts';
import { serve } from './serving.ts';

const USERS = new Map([['alice', hashSync('a:pass wörd', 4)]]);

async function serving(t: TestContext, verify: Verify = verifyInThread(), users = USERS) {
  const checks = createPasswordChecks({
    ...{ verify, onError: () => {} },
    nowMs: () => performance.now(),
    pause: () => Promise.resolve(),
  });
  const { get } = await serve(t, fakeView(), { authenticate: basicAuth(() => users, checks) });
  return get;
}

function basic(text: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

test('who gives a name and its password is let in', async (t) => {
  const get = await serving(t);
  for (const path of ['/metrics', '/api/v1/report', '/']) {
    assert.equal((await get(path, basic('alice:a:pass wörd'))).status, 200, path);
  }
});

const OUT: readonly (readonly [string, Record<string, string>])[] = [
  ['nothing', {}],
  ['a wrong password', basic('alice:wrong')],
  ['no password', basic('alice:')],
  ['no colon', basic('alice')],
  ['another name', basic('mallory:a:pass wörd')],
  ['no name', basic(':a:pass wörd')],
  ['another scheme', { authorization: 'Bearer a:pass wörd' }],
  ['what is no base64', { authorization: 'Basic ***' }],
  ['a name of an object', basic('__proto__:a:pass wörd')],
  ['a long password', basic(`alice:${'a'.repeat(2_000)}`)],
];

for (const [what, headers] of OUT) {
  test(`who gives ${what} is told to give a name and a password`, async (t) => {
    const get = await serving(t);
    for (const path of ['/metrics', '/api/v1/report', '/api/v1/events', '/', '/none']) {
      const answer = await get(path, headers);
      assert.equal(answer.status, 401, path);
      assert.match(String(answer.headers['www-authenticate']), /^Basic realm="quorum-probe"/);
      assert.doesNotMatch(answer.body, /10\.96/);
    }
  });
}

test('health and stops are answered to everybody, whatever is given', async (t) => {
  const get = await serving(t);
  for (const path of ['/livez', '/readyz', '/readyz/client-port', '/healthz', '/stop-allowed']) {
    assert.equal((await get(path)).status, 200, path);
    assert.equal((await get(path, basic('alice:wrong'))).status, 200, path);
  }
});

test('where nobody has a password everybody is let in', async (t) => {
  const get = await serving(t, verifyInThread(), new Map());
  assert.equal((await get('/metrics')).status, 200);
});

test('where a password cannot be checked nobody is let in, and health is answered', async (t) => {
  const get = await serving(t, () => Promise.reject(new Error('no thread')));
  const answer = await get('/metrics', basic('alice:a:pass wörd'));
  assert.equal(answer.status, 503);
  assert.equal(answer.headers['retry-after'], '1');
  assert.equal((await get('/livez')).status, 200);
});
