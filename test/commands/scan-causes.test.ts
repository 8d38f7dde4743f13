import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { expectationOf, scanInput } from './cases.ts';

const HEAD =
  'Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State\n';

async function reportOfCase(name: string): Promise<Report> {
  const path = fileURLToPath(new URL(`../fixtures/cases/${name}/input.txt`, import.meta.url));
  const { out } = await scanInput(path, '--json', ...expectationOf(name).args);
  return reportSchema.parse(JSON.parse(out));
}

async function reportOfRows(
  t: TestContext,
  rows: readonly string[],
  ...argv: string[]
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-causes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'listing.txt');
  writeFileSync(path, `${HEAD}${rows.map((row) => `tcp 0 0 ${row}\n`).join('')}`);
  const { out } = await scanInput(path, '--json', ...argv);
  return reportSchema.parse(JSON.parse(out));
}

/** The first finding, which must be of this code. */
function first(report: Report, code: string): Report['findings'][number] {
  const [finding] = report.findings;
  assert.ok(finding !== undefined && finding.code === code, `first is ${finding?.code ?? 'none'}`);
  return finding;
}

test('where nobody answers, a filter or a stale address is the cause, and network policies come first', async () => {
  const { cause, remedy } = first(await reportOfCase('54-zk-networkpolicy-syn-sent'), 'no-quorum');
  assert.match(cause, /10\.244\.2\.6, 10\.244\.3\.4 get no answer, not even a refusal/);
  assert.match(remedy, /^Check network policies/);
});

test('one silent member of five is not the cause where three others are linked for the election', async () => {
  const { summary, cause } = first(await reportOfCase('55-zk-no-route-one-of-five'), 'no-quorum');
  assert.match(summary, /3 of 4 others are linked for the election/);
  assert.match(cause, /3 other members are linked .* enough for a majority/);
  assert.match(cause, /10\.128\.3\.26 get no answer, but a majority can form without them/);
  assert.doesNotMatch(cause, /No peer is linked/);
});

test('what keeps a member out of the quorum comes before the client port that opens only in it', async () => {
  for (const name of ['59-etcd-dial-timeout', '61-cassandra-seed-unreachable']) {
    const report = await reportOfCase(name);
    assert.match(first(report, 'no-quorum').cause, /get no answer, not even a refusal/);
    assert.ok(report.findings.some(({ code }) => code === 'client-port-closed'));
  }
});

test('a sentinel that cannot reach its master knows no other sentinel, and the attempt is shown', async () => {
  const { cause, evidence } = first(await reportOfCase('60-sentinel-alone'), 'no-quorum');
  assert.match(cause, /192\.168\.0\.200:6379 gets no answer/);
  assert.ok(evidence.some((row) => row.startsWith('SYN_SENT 192.168.0.201:41200')));
});

test('a member that dials the proxy of its own pod took the address for a peer', async () => {
  const report = await reportOfCase('62-redis-cluster-istio-meet-127006');
  const { cause, remedy } = first(report, 'no-quorum');
  assert.match(cause, /connects to 127\.0\.0\.6:16379, which is the address of the mesh proxy/);
  assert.match(remedy, /announce its own address/);
  assert.ok(report.peers.every(({ name }) => name !== '127.0.0.6'));
});

test('links that an old Istio opened and closed again make its loopback delivery suspected', async () => {
  const report = await reportOfCase('53-cassandra-istio-loopback-refused');
  const finding = first(report, 'mesh-loopback-delivery');
  assert.equal(finding.certainty, 'suspected');
  assert.match(report.findings[1]?.cause ?? '', /opened and were closed again by the mesh proxy/);
});

const ISTIO_MEMBER = [
  '0.0.0.0:2181 0.0.0.0:* LISTEN',
  '10.244.3.17:3888 0.0.0.0:* LISTEN',
  '0.0.0.0:15006 0.0.0.0:* LISTEN',
  '0.0.0.0:15001 0.0.0.0:* LISTEN',
  '10.244.3.17:41822 10.244.5.9:2888 ESTABLISHED',
];
const dialled = (count: number, state: string, from = '127.0.0.6', port = 32_768): string[] =>
  Array.from({ length: count }, (_, at) => `${from}:${port + at} 10.244.3.17:2181 ${state}`);

test('source ports of 127.0.0.6 in TIME_WAIT are taken: the proxy runs out of them', async (t) => {
  const rows = [
    ...ISTIO_MEMBER,
    ...dialled(26_000, 'TIME_WAIT'),
    ...dialled(1_400, 'ESTABLISHED', '127.0.0.6', 59_000),
  ];
  const report = await reportOfRows(t, rows, '--ensemble-size', '3');
  const { summary, cause, evidence } = first(report, 'exhausted-passthrough-ports');
  assert.match(
    summary,
    /^27400 of 28232 source ports of 127\.0\.0\.6.*26000 of them by closed connections/,
  );
  assert.match(cause, /connect and disconnect at a high rate/);
  assert.deepEqual(evidence, [
    'port 2181: 1400 open connections from 127.0.0.6, 26000 in TIME_WAIT',
  ]);
  assert.equal(report.verdict, 'degraded');
});

test('connections from other addresses take no source port of 127.0.0.6', async (t) => {
  const rows = [...ISTIO_MEMBER, ...dialled(27_400, 'TIME_WAIT', '10.244.9.9')];
  const report = await reportOfRows(t, rows, '--ensemble-size', '3');
  assert.ok(report.findings.every(({ code }) => code !== 'exhausted-passthrough-ports'));
});

test('a gossiping member that should have others and is linked with nobody is not healthy without a word', async (t) => {
  const rows = ['10.44.4.11:7000 0.0.0.0:* LISTEN', '0.0.0.0:9042 0.0.0.0:* LISTEN'];
  const report = await reportOfRows(t, rows, '--profile', 'cassandra', '--ensemble-size', '3');
  assert.equal(report.verdict, 'degraded');
  assert.match(first(report, 'peer-missing').summary, /^2 of the other members are not linked/);
  assert.match(first(report, 'peer-missing').cause, /runs alone/);
  const lone = await reportOfRows(t, rows, '--profile', 'cassandra', '--ensemble-size', '1');
  assert.equal(lone.verdict, 'healthy');
});
