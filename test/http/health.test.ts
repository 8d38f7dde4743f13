import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadinessReport } from '../../src/model/readiness.ts';
import {
  blankReport,
  check,
  fakeView,
  finding,
  leaderReport,
  lookingReport,
  WATCHED,
} from './sample-report.ts';
import { serve } from './serving.ts';

test('a ready member answers ok, and verbosely with a line for each check', async (t) => {
  const { get } = await serve(t, fakeView());
  const plain = await get('/readyz');
  assert.equal(plain.status, 200);
  assert.equal(plain.body, 'ok');
  assert.match(String(plain.headers['content-type']), /^text\/plain/);
  const verbose = await get('/readyz?verbose');
  assert.equal(verbose.status, 200);
  assert.equal(
    verbose.body,
    `${WATCHED.checks.map((name) => `[+]${name} ok\n`).join('')}readyz check passed\n`,
  );
});

test('a member without a quorum answers 503, cause and remedy in the first line', async (t) => {
  const { get } = await serve(t, fakeView(lookingReport()));
  const { status, body } = await get('/readyz');
  assert.equal(status, 503);
  const lines = body.split('\n');
  assert.ok(lines.includes('[-]quorum-link failed: no link to a leader on port 2888'), body);
  assert.ok(lines.includes('[+]client-port ok'), body);
  assert.equal(lines[0], 'no-quorum: The no-quorum of 10.96.6.11. Remedy: Undo the no-quorum.');
  assert.equal(lines.at(-2), 'readyz check failed');
  assert.equal(lines.at(-1), '');
});

test('without a critical finding the first warning explains the failure', async (t) => {
  const findings = [finding('keepalive-off', 'info'), finding('stalled-link', 'warning')];
  const { get } = await serve(t, fakeView(lookingReport({ findings })));
  assert.match((await get('/readyz')).body, /^stalled-link: .* Remedy: Undo the stalled-link\.$/m);
});

test('a member that passes every check and has not settled yet says so', async (t) => {
  const { get } = await serve(
    t,
    fakeView(leaderReport({ ready: false, readiness: settling(Date.now() + 2_900) })),
  );
  const { status, body } = await get('/readyz');
  assert.equal(status, 503);
  assert.match(body, /^settling, ready in 3 s$/m);
});

test('a member ready without a quorum says so', async (t) => {
  const report = lookingReport({ ready: true, bootstrap: true, verdict: 'degraded' });
  const { get } = await serve(t, fakeView(report));
  assert.equal((await get('/readyz')).body, 'ok');
  const { status, body } = await get('/readyz?verbose');
  assert.equal(status, 200);
  assert.match(body, /^\[-\]quorum-link failed/m);
  assert.match(body, /^ready without a quorum \(bootstrap\)/m);
});

test('a warning check is ok, an unknown one is neither ok nor failed', async (t) => {
  const checks = [
    check('peers', 'warn', 'one is missing'),
    check('majority', 'unknown', 'not ours'),
  ];
  const { get } = await serve(t, fakeView(leaderReport({ checks })));
  const { body } = await get('/readyz?verbose');
  assert.match(body, /^\[\+\]peers ok, with a warning: one is missing$/m);
  assert.match(body, /^\[\?\]majority unknown: not ours$/m);
});

test('before the first look every check is unknown and the member not ready', async (t) => {
  const { get } = await serve(t, fakeView(blankReport()));
  const { status, body } = await get('/readyz');
  assert.equal(status, 503);
  for (const name of WATCHED.checks) {
    assert.ok(body.includes(`[?]${name} unknown: not scanned yet\n`), name);
  }
  assert.equal((await get('/livez')).status, 200);
});

test('readiness is refused while stopping, liveness is not', async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  view.isStopping = true;
  const { status, body } = await get('/readyz');
  assert.equal(status, 503);
  assert.match(body, /^the probe is stopping/m);
  assert.equal((await get('/livez')).status, 200);
});

test('liveness looks at the scan loop and never at the quorum', async (t) => {
  const view = fakeView(lookingReport());
  const { get } = await serve(t, view);
  assert.equal((await get('/livez')).status, 200);
  view.current = leaderReport();
  view.isAlive = false;
  const { status, body } = await get('/livez');
  assert.equal(status, 503);
  assert.equal(
    body,
    '[-]scan-loop failed: no scan attempt has finished in the last 60 s\nlivez check failed\n',
  );
});

test('health follows the verdict', async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  for (const [verdict, status] of [
    ['healthy', 200],
    ['degraded', 200],
    ['broken', 503],
    ['unknown', 503],
  ] as const) {
    view.current = leaderReport({ verdict });
    assert.equal((await get('/healthz')).status, status, verdict);
  }
  view.current = leaderReport({
    verdict: 'degraded',
    findings: [finding('stalled-link', 'warning')],
  });
  assert.match(
    (await get('/healthz?verbose')).body,
    /^stalled-link: .*\n(?:\[\+\].*\n)+healthz check passed\n$/,
  );
});

test('a single check passes or warns with 200, else 503, and an unknown name is 404', async (t) => {
  const checks = [
    check('client-port'),
    check('peers', 'warn', 'one is missing'),
    check('quorum-link', 'fail', 'no link'),
    check('majority', 'unknown', 'not ours'),
  ];
  const { get } = await serve(t, fakeView(leaderReport({ checks })));
  assert.deepEqual(await statusAndBody('client-port'), [200, 'ok']);
  assert.deepEqual(await statusAndBody('peers'), [200, 'ok']);
  assert.deepEqual(await statusAndBody('quorum-link'), [
    503,
    '[-]quorum-link failed: no link\nreadyz/quorum-link check failed\n',
  ]);
  assert.deepEqual(await statusAndBody('majority'), [
    503,
    '[?]majority unknown: not ours\nreadyz/majority check failed\n',
  ]);
  assert.equal((await get('/readyz/queues')).status, 503, 'a check that is known and not yet seen');
  const unknown = await get('/readyz/quorum');
  assert.equal(unknown.status, 404);
  assert.match(unknown.body, /^no such check; the checks are: client-port, peers, /);

  async function statusAndBody(name: string): Promise<[number, string]> {
    const { status, body } = await get(`/readyz/${name}`);
    return [status, body];
  }
});

test('an excluded check leaves the list and never makes a member ready', async (t) => {
  const { get } = await serve(t, fakeView(lookingReport()));
  const { status, body } = await get('/readyz?exclude=quorum-link&exclude=peers');
  assert.equal(status, 503);
  assert.match(body, /^\[\+\]quorum-link excluded: ok$/m);
  assert.match(body, /^\[\+\]peers excluded: ok$/m);
  assert.match(body, /^no-quorum: /m);
  assert.match(body, /^warn: excluding a check hides its line; it never turns a failure/m);
});

test('an excluded check leaves a ready member ready', async (t) => {
  const { get } = await serve(t, fakeView());
  const { status, body } = await get('/readyz/?verbose&exclude=peers');
  assert.equal(status, 200);
  assert.match(body, /^\[\+\]peers excluded: ok$/m);
  assert.doesNotMatch(body, /warn:/);
});

test('excluded names that are no checks draw a warning that cannot break the line', async (t) => {
  const { get } = await serve(t, fakeView());
  const { status, body } = await get('/readyz?verbose&exclude=foo&exclude=a%0A[-]b&exclude[x]=y');
  assert.equal(status, 200);
  assert.ok(
    body.includes(
      'warn: some health checks cannot be excluded: no matches for "foo","a\\n[-]b"\nreadyz check',
    ),
    body,
  );
  const long = await get(`/readyz?verbose&exclude=${'x'.repeat(1000)}`);
  assert.ok(long.body.length < 600);
});

test('JSON says the same to programs that ask for it', async (t) => {
  const { get } = await serve(t, fakeView(lookingReport()));
  const { status, headers, body } = await get('/readyz?exclude=peers&exclude=foo', {
    accept: 'application/json',
  });
  assert.equal(status, 503);
  assert.match(String(headers['content-type']), /^application\/json/);
  const answer = JSON.parse(body);
  assert.equal(answer.status, 'failed');
  assert.match(answer.reason, /^no-quorum: /);
  assert.equal(answer.warnings.length, 2);
  assert.deepEqual(
    answer.checks.find(({ name }: { name: string }) => name === 'peers'),
    { ...check('peers'), excluded: true },
  );
  assert.deepEqual(
    answer.checks.find(({ name }: { name: string }) => name === 'quorum-link'),
    { ...check('quorum-link', 'fail', 'no link to a leader on port 2888'), excluded: false },
  );
});

test('text is the answer to every other Accept', async (t) => {
  const { get } = await serve(t, fakeView());
  for (const accept of ['*/*', 'text/plain, */*;q=0.8', 'image/png', 'text/html']) {
    assert.equal((await get('/readyz', { accept })).body, 'ok', accept);
  }
});

test('what a finding or a reason carries cannot add a line', async (t) => {
  const hostile = { ...finding('no-quorum', 'critical'), summary: 'a\r\nreadyz check passed\n' };
  const checks = [check('peers', 'fail', 'x\n[+]fake ok')];
  const { get } = await serve(t, fakeView(lookingReport({ findings: [hostile], checks })));
  const lines = (await get('/readyz')).body.split('\n');
  assert.ok(!lines.includes('readyz check passed'));
  assert.ok(!lines.includes('[+]fake ok'));
});

test('a member whose server does not serve yet says for how long, not that it settles', async (t) => {
  const since = new Date(Date.now() - 60_000).toISOString();
  const readiness = { state: 'awaiting-server', by: null, since, until: null, reason: '' } as const;
  const { get } = await serve(t, fakeView(leaderReport({ ready: false, readiness })));
  const { status, body } = await get('/readyz');
  assert.equal(status, 503);
  assert.match(body, /^the server says that it does not serve yet, for 60 s$/m);
});

function settling(untilMs: number): ReadinessReport {
  const until = new Date(untilMs).toISOString();
  return { state: 'settling', by: null, since: null, until, reason: '' };
}
