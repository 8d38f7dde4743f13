import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type PodFolder, podFolder } from '../agent/pod.ts';
import { type AgentLog, followLog } from '../agent-log.ts';
import { buildProgram, type Environment } from '../built-program.ts';
import { listens, member, PEERS, POD, row } from '../links/rows.ts';

const LEARNER = [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)];

const built = buildProgram();

function serving(pod: PodFolder): string[] {
  return [
    'serve',
    '--proc',
    pod.root,
    '--members',
    [POD, ...PEERS].join(),
    '--pod-ip',
    POD,
    '--settle',
    '0s',
    '--listen',
    '127.0.0.1:0',
  ];
}

interface Agent {
  readonly child: ChildProcess;
  readonly log: AgentLog;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Asks until the answer has this status. */
  until(path: string, status: number): Promise<void>;
}

/** The program, started and watching; ended at the test's end. */
async function starts(
  t: TestContext,
  argv: readonly string[],
  environment?: Environment,
): Promise<Agent> {
  const child = built.starts(argv, environment);
  t.after(() => child.kill('SIGKILL'));
  const log = followLog(child);
  const { port } = await log.watching();
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { connection: 'close' },
    });
    return { status: response.status, body: await response.text() };
  };
  return {
    child,
    log,
    get,
    async until(path, status) {
      for (;;) {
        const answer = await get(path);
        if (answer.status === status) return;
        await delay(50);
      }
    },
  };
}

test('every endpoint answers, and the probe stops with readiness refused first', async (t) => {
  const agent = await starts(t, serving(podFolder(t, LEARNER)));
  await agent.until('/readyz', 200);
  for (const path of [
    '/livez',
    '/healthz',
    '/readyz/quorum-link',
    '/metrics',
    '/api/v1/report',
    '/',
  ]) {
    assert.equal((await agent.get(path)).status, 200, path);
  }
  assert.equal((await agent.get('/readyz/nonsense')).status, 404);
  assert.equal((await agent.get('/nonsense')).status, 404);
  const report = JSON.parse((await agent.get('/api/v1/report')).body);
  assert.deepEqual([report.role, report.verdict], ['learner', 'healthy']);
  assert.match((await agent.get('/metrics')).body, /^quorum_probe_ready 1$/m);

  agent.child.kill('SIGTERM');
  await agent.until('/readyz', 503);
  assert.equal((await agent.get('/livez')).status, 200);
  assert.deepEqual(await agent.log.ended(), { code: 0, signal: null });
  assert.ok(agent.log.lines.some(({ msg, signal }) => msg === 'stopping' && signal === 'SIGTERM'));
});

test('two probes in one pod each watch their own service on their own port', async (t) => {
  const SENTINEL = 26_379;
  const sentinel = [
    listens(`*:${SENTINEL}`),
    ...PEERS.flatMap((peer, at) => [
      row(`${POD}:${41_000 + at}`, `${peer}:${SENTINEL}`),
      row(`${POD}:${SENTINEL}`, `${peer}:${42_000 + at}`),
    ]),
  ];
  const pod = podFolder(t, [...LEARNER, ...sentinel]);
  const one = await starts(t, serving(pod));
  const other = await starts(t, [...serving(pod), '--profile', 'redis-sentinel']);
  await Promise.all([one.until('/readyz', 200), other.until('/readyz', 200)]);
  const profileOf = async (agent: Agent): Promise<unknown> =>
    JSON.parse((await agent.get('/api/v1/report')).body).profile;
  assert.deepEqual(await Promise.all([one, other].map(profileOf)), ['zookeeper', 'redis-sentinel']);
  // The loss of one service is that of its own probe alone.
  pod.shows(LEARNER);
  await other.until('/readyz', 503);
  assert.equal((await one.get('/readyz')).status, 200);
});

test('a second signal ends the probe at once', async (t) => {
  const agent = await starts(t, serving(podFolder(t, LEARNER)));
  // A signal before the first scan is done ends it at once, by itself.
  await agent.until('/readyz', 200);
  agent.child.kill('SIGTERM');
  await agent.until('/readyz', 503);
  agent.child.kill('SIGINT');
  assert.deepEqual(await agent.log.ended(), { code: null, signal: 'SIGINT' });
});

test('an unreadable table is unknown at run time, and recovers', async (t) => {
  const pod = podFolder(t, LEARNER);
  const agent = await starts(t, serving(pod));
  await agent.until('/readyz', 200);
  pod.shows(LEARNER);
  pod.breaks('tcp', null);
  await agent.until('/readyz', 503);
  const report = JSON.parse((await agent.get('/api/v1/report')).body);
  assert.equal(report.verdict, 'unknown');
  assert.equal((await agent.get('/healthz')).status, 503);
  assert.equal((await agent.get('/livez')).status, 200);
  const metrics = (await agent.get('/metrics')).body;
  assert.match(metrics, /^quorum_probe_scan_errors_total\{reason="table-unreadable"\} [1-9]/m);
  assert.match(metrics, /^quorum_probe_ready 0$/m);
  pod.shows(LEARNER);
  await agent.until('/readyz', 200);
});

test('a lost link is followed in readiness and in the log', async (t) => {
  const pod = podFolder(t, LEARNER);
  const agent = await starts(t, serving(pod));
  await agent.until('/readyz', 200);
  pod.shows(member(POD, 'other'));
  await agent.until('/readyz', 503);
  assert.match((await agent.get('/readyz')).body, /\[-\]quorum-link failed/);
  assert.equal((await agent.get('/readyz/quorum-link')).status, 503);
  await agent.log.until(({ level }) => level === 'warn');
});

test('the variables that Kubernetes injects for a service of that name do no harm', async (t) => {
  const agent = await starts(t, serving(podFolder(t, LEARNER)), {
    QUORUM_PROBE_SERVICE_HOST: '10.255.0.9',
    QUORUM_PROBE_SERVICE_PORT: '4888',
    QUORUM_PROBE_SERVICE_PORT_HTTP: '4888',
    QUORUM_PROBE_PORT: 'tcp://10.255.0.9:4888',
    QUORUM_PROBE_PORT_4888_TCP: 'tcp://10.255.0.9:4888',
    QUORUM_PROBE_PORT_4888_TCP_ADDR: '10.255.0.9',
    QUORUM_PROBE_PORT_4888_TCP_PORT: '4888',
    QUORUM_PROBE_PORT_4888_TCP_PROTO: 'tcp',
  });
  await agent.until('/readyz', 200);
});

function refused(argv: readonly string[], environment?: Environment): string {
  const { status, stdout, stderr } = built.runs(argv, environment);
  assert.deepEqual([status, stdout], [2, ''], stderr);
  assert.match(stderr, /^quorum-probe: [^\n]+\n$/);
  return stderr;
}

test('a port in use is one line and exit code 2', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const address = other.address();
  assert.ok(address !== null && typeof address === 'object');
  const argv = [...serving(podFolder(t, LEARNER)).slice(0, -1), `127.0.0.1:${address.port}`];
  assert.match(refused(argv), new RegExp(`127\\.0\\.0\\.1:${address.port}: the port is in use`));
});

test('a proc root without a readable table is one line and exit code 2', (t) => {
  const pod = podFolder(t, LEARNER);
  rmSync(join(pod.root, 'net', 'tcp'));
  assert.match(refused(serving(pod)), /net\/tcp/);
});

test('a members file that cannot be understood is one line and exit code 2', (t) => {
  const pod = podFolder(t, LEARNER);
  const argv = ['serve', '--proc', pod.root, '--listen', '127.0.0.1:0'];
  assert.match(refused([...argv, '--members-file', join(pod.root, 'zoo.cfg')]), /zoo\.cfg/);
  assert.match(refused([...argv, '--members-file', join(pod.root, 'net', 'tcp')]), /members file/);
});

test('a bad option, in either place, is one line and exit code 2', (t) => {
  const argv = serving(podFolder(t, LEARNER));
  assert.match(refused([...argv, '--settel', '5s']), /--settle/);
  assert.match(refused(argv, { QUORUM_PROBE_SETTEL: '5s' }), /QUORUM_PROBE_SETTLE/);
});
