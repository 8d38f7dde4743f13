import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnosisSchema } from '../../../src/model/diagnosis-schema.ts';
import type { Report } from '../../../src/model/report.ts';
import { envoyText } from '../../evidence/envoy-fixture.ts';
import { leaderReport } from '../../http/sample-report.ts';
import { ADDRESSES } from '../captures.ts';
import { type Cluster, captured, pod, type RecordedPod, run } from './recorded.ts';

const TARGET = 'statefulset/zookeeper';
const SERVER = { name: 'zookeeper', image: 'zookeeper:3.9' };
const PROBE = { name: 'quorum-probe', image: 'quorum-probe:1', ports: [{ containerPort: 4888 }] };
const PROXY = { name: 'istio-proxy', image: 'istio/proxyv2:1.24' };
const FORBIDDEN =
  'Error from server (Forbidden): pods "x" is forbidden: User "x" cannot create resource "pods/exec"';

/** The healthy ensemble with other containers beside each server, and other answers of each pod. */
function beside(
  containers: readonly object[],
  change: (before: RecordedPod, name: string) => Partial<RecordedPod>,
  raw: Cluster['raw'] = {},
): Cluster {
  const cluster = captured('none-basic', 'healthy', 'healthy');
  const spec = { containers: [SERVER, ...containers] };
  const pods = Object.keys(cluster.pods).map((name, at) =>
    pod(name, ADDRESSES[at] ?? '', { spec }),
  );
  return {
    objects: { ...cluster.objects, pods },
    pods: Object.fromEntries(
      Object.entries(cluster.pods).map(([name, one]) => [name, { ...one, ...change(one, name) }]),
    ),
    raw,
  };
}

function http(body: string, status = '200 OK'): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${length}\r\nConnection: close\r\n\r\n${body}`;
}

function reportOf(name: string, changes: Partial<Report> = {}): string {
  const member = { name, addresses: [] };
  return JSON.stringify(leaderReport({ member, ...changes }));
}

const reportPath = (name: string, scheme = ''): string =>
  `/api/v1/namespaces/zk/pods/${scheme}${name}:4888/proxy/api/v1/report`;

async function parsed(cluster: Cluster, words: readonly string[] = []) {
  const { out, error } = await run(cluster, [TARGET, '--json', ...words]);
  assert.equal(error, '');
  return diagnosisSchema.parse(JSON.parse(out));
}

test('the report of a probe in the pod comes through the port-forward', async () => {
  const cluster = beside([PROBE], ({ forward }, name) => ({
    forward: { ...forward, 4888: http(reportOf(name)) },
  }));
  const { health, members, gaps } = await parsed(cluster);
  assert.equal(health, 'healthy');
  assert.deepEqual(gaps, []);
  for (const { probe, report } of members) {
    assert.deepEqual(probe, { verdict: 'healthy', role: 'leader', inQuorum: true });
    assert.equal(report?.asked.srvr?.state, 'serving');
  }
});

for (const scheme of ['', 'https:']) {
  test(`without a port-forward the API server is asked for it${scheme && ', by TLS where the probe speaks that'}`, async () => {
    const names = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
    const raw = Object.fromEntries(names.map((name) => [reportPath(name, scheme), reportOf(name)]));
    const cluster = beside([PROBE], ({ reads }) => ({ reads, forward: undefined }), raw);
    const { health, members, gaps } = await parsed(cluster);
    assert.equal(health, 'healthy');
    assert.ok(members.every(({ probe }) => probe?.verdict === 'healthy'));
    assert.deepEqual(
      gaps,
      names.map(
        (name) =>
          `${name}: the server could not be asked: pods "${name}" is forbidden: cannot create pods/portforward`,
      ),
    );
  });
}

test('a probe that lets nobody in is one line, and the tables are judged without it', async () => {
  const cluster = beside([PROBE], ({ forward }) => ({
    forward: { ...forward, 4888: http('', '401 Unauthorized') },
  }));
  const { health, members, gaps } = await parsed(cluster);
  assert.equal(health, 'healthy');
  assert.ok(members.every(({ probe }) => probe === null));
  assert.equal(gaps.length, 3);
  assert.equal(gaps[0], 'zookeeper-0: the probe wants a password (HTTP status 401)');
});

test('where no container may be entered, the probes are heard and nothing is called healthy', async () => {
  const cluster = beside([PROBE], ({ forward }, name) => ({
    exec: FORBIDDEN,
    forward: { ...forward, 4888: http(reportOf(name)) },
  }));
  const { code, first, out } = await run(cluster, [TARGET]);
  assert.equal(code, 2);
  assert.equal(
    first,
    'UNKNOWN  3 of 3 members are in the quorum by their own probes; no socket table could be read: kubectl exec is forbidden: ask for the right to create pods/exec',
  );
  assert.match(out, /^zookeeper-1 .*\(its probe\) +healthy/m);
});

test('a probe that reports its member as broken is never overruled by well-looking tables', async () => {
  const broken = { verdict: 'broken', inQuorum: false, role: 'looking' } as const;
  const cluster = beside([PROBE], ({ forward }, name) => ({
    forward: { ...forward, 4888: http(reportOf(name, name === 'zookeeper-1' ? broken : {})) },
  }));
  const { code, first, out } = await run(cluster, [TARGET]);
  assert.equal(code, 1);
  assert.match(first, /; the probe of zookeeper-1 reports its member as broken$/);
  assert.match(out, /its probe reports the role looking, not in the quorum/);
});

test('where no container has a cat, the tables are read by the Node.js of the probe', async () => {
  const cluster = beside([PROBE], ({ forward }, name) => ({
    containers: [],
    forward: { ...forward, 4888: http(reportOf(name)) },
  }));
  const { health, members } = await parsed(cluster);
  assert.equal(health, 'healthy');
  assert.ok(members.every(({ container }) => container === 'quorum-probe'));
  const alone = await run(
    beside([], () => ({ containers: [] })),
    [TARGET],
  );
  assert.equal(alone.code, 2);
  assert.match(alone.out, /zookeeper-0 could not be read: container zookeeper: it has no cat/);
});

test('the admin of the mesh proxy is asked through the port-forward', async () => {
  const answers: readonly (readonly [RegExp, string])[] = [
    [/^GET \/server_info/, 'server_info'],
    [/^GET \/clusters/, 'cluster-statuses'],
    [/dynamic_listeners/, 'listeners'],
    [/dynamic_active_clusters/, 'clusters-passthrough'],
  ];
  const admin = (request: string): string =>
    http(envoyText(answers.find(([asked]) => asked.test(request))?.[1] ?? ''));
  const cluster = beside([PROXY], ({ forward }) => ({ forward: { ...forward, 15000: admin } }));
  const { members, gaps } = await parsed(cluster);
  assert.deepEqual(gaps, []);
  assert.ok(members.every(({ report }) => report?.asked.envoy?.state === 'answered'));
  const silent = beside([PROXY], () => ({}));
  const without = await parsed(silent);
  assert.equal(without.gaps.length, 3);
  assert.match(
    without.gaps[0] ?? '',
    /^zookeeper-0: the mesh proxy gave no answer on port 15000: /,
  );
  // The server is asked all the same, through another port-forward.
  assert.ok(without.members.every(({ report }) => report?.asked.srvr?.state === 'serving'));
  const { calls } = await run(silent, [TARGET]);
  assert.equal(calls.filter((line) => line.startsWith('port-forward zookeeper-0')).length, 2);
});
