import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/model/report.ts';
import { scan } from './cases.ts';

const article = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/article/${name}.netstat`, import.meta.url));
const BEFORE = article('before');
const AFTER = article('after');

async function reportOf(path: string, ...argv: readonly string[]): Promise<[Report, number]> {
  const { code, out, error } = await scan('--json', '--input', path, ...argv);
  assert.equal(error, '');
  return [JSON.parse(out), code];
}

const codes = ({ findings }: Report): string[] => findings.map(({ code }) => code);

function fileOf(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-input-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'listing');
  writeFileSync(path, text);
  return path;
}

for (const size of [['--ensemble-size', '3'], []]) {
  const known = size.length > 0 ? 'with the size known' : 'with nothing known';
  test(`the pod that could not be reached, ${known}: looking, and no more claimed than its rows carry`, async () => {
    const [report, code] = await reportOf(BEFORE, ...size);
    assert.equal(code, 1);
    assert.equal(report.role, 'looking');
    assert.equal(report.ready, false);
    assert.equal(report.verdict, 'broken');
    assert.equal(report.quorum.size, size.length > 0 ? 3 : null);
    assert.deepEqual(report.member, { name: 'captured', addresses: ['10.96.7.7'] });
    assert.deepEqual(report.mesh, { kind: 'none', inbound: 'none' });
    const noQuorum = report.findings.find(({ code: one }) => one === 'no-quorum');
    assert.ok(noQuorum);
    assert.ok(noQuorum.evidence.some((line) => /LISTEN.*10\.96\.7\.7:3888/.test(line)));
    assert.match(noQuorum.cause, /the pod has a mesh proxy that delivers .* to loopback/);
    assert.ok(!codes(report).includes('mesh-loopback-delivery'));
  });
}

test('the person says that the pod has a sidecar: delivery to loopback is suspected, with its remedies', async () => {
  const [report, code] = await reportOf(BEFORE, '--ensemble-size=3', '--mesh=istio-sidecar');
  assert.equal(code, 1);
  const [first] = report.findings;
  assert.equal(first?.code, 'mesh-loopback-delivery');
  assert.equal(first.certainty, 'suspected');
  assert.match(first.summary, /10\.96\.7\.7:3888/);
  for (const setting of [
    /Istio 1\.10 or later/,
    /quorumListenOnAllIPs=true/,
    /excludeInboundPorts/,
    /excludeOutboundPorts: "2888,3888"/,
  ]) {
    assert.match(first.remedy, setting);
  }
  for (const way of [/inboundTrafficPolicy/, /defaultEndpoint/, /PILOT_ENABLE_INBOUND_PASSTHROUGH/])
    assert.match(first.cause, way);
});

test('the pod that runs: it leads two learners behind a mesh proxy, and is ready', async () => {
  const [report, code] = await reportOf(AFTER, '--ensemble-size', '3');
  assert.equal(code, 0);
  assert.equal(report.role, 'leader');
  assert.equal(report.ready, true);
  assert.deepEqual(report.quorum, { size: 3, majority: 2, votes: 3, margin: 1 });
  assert.equal(report.mesh.inbound, 'passthrough');
  assert.deepEqual(
    report.links.map(({ role, direction, peer }) => `${role} ${direction} ${peer}`).sort(),
    [
      'election outbound 10.96.6.11',
      'election outbound 10.96.7.10',
      'quorum inbound null',
      'quorum inbound null',
    ],
  );
  assert.ok(report.findings.every(({ severity }) => severity === 'info'));
});

test('a leader of an ensemble of unknown size cannot be told to be in its quorum', async () => {
  const [report, code] = await reportOf(AFTER);
  assert.equal(code, 2);
  assert.equal(report.role, 'leader');
  assert.equal(report.inQuorum, null);
  assert.equal(report.verdict, 'unknown');
});

test('a person reads the same in a table', async () => {
  const { code, out } = await scan('--input', BEFORE, '--ensemble-size=3');
  assert.equal(code, 1);
  assert.match(out, /NOT READY/);
  assert.match(out, /no-quorum/);
});

test('a listing comes through standard input', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'src/main.ts', 'scan', '--json', '--input', '-', '--ensemble-size=3'],
    { input: readFileSync(AFTER), encoding: 'utf8', env: {} },
  );
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const report: Report = JSON.parse(stdout);
  assert.equal(report.role, 'leader');
});

/** The scanner counts a TIME_WAIT row that the kernel prints twice; a listing keeps it once. */
const portsOf = ({ ports }: Report): unknown => ports.map(({ states: _, ...port }) => port);

test('the tables of a pod through a pipe are judged as its folder is', async (t) => {
  const moments = fileURLToPath(new URL('../fixtures/zookeeper/', import.meta.url));
  const pods = readdirSync(moments, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/net/tcp6'))
    .map((path) => join(moments, path, '../..'));
  assert.ok(pods.length > 100, `${pods.length} pods`);
  for (const pod of pods) {
    const tables = ['tcp', 'tcp6'].map((name) => readFileSync(join(pod, 'net', name), 'latin1'));
    const path = fileOf(t, tables.join(''));
    const ofPipe = await scan('--json', '--input', path, '--ensemble-size=3');
    if (!tables.some((table) => table.includes('\n   0: '))) {
      assert.equal(ofPipe.code, 2, 'headers alone say nothing');
      continue;
    }
    const ofFolder = await scan('--json', '--proc', pod, '--ensemble-size=3');
    const [one, other]: [Report, Report] = [JSON.parse(ofPipe.out), JSON.parse(ofFolder.out)];
    assert.deepEqual(
      [ofPipe.code, one.role, one.inQuorum, one.ready, one.links, portsOf(one), one.mesh],
      [
        ofFolder.code,
        other.role,
        other.inQuorum,
        other.ready,
        other.links,
        portsOf(other),
        other.mesh,
      ],
      pod,
    );
    assert.equal(one.scan.listing?.run, null, pod);
    assert.deepEqual(
      [one.scan.listing?.listeners, one.scan.listing?.unread],
      ['every-port', 0],
      pod,
    );
  }
});

test('text without a socket row is refused in one line', async (t) => {
  for (const text of ['', '\n\n', 'command not found: netstat\n']) {
    const path = fileOf(t, text);
    const { code, out, error } = await scan('--input', path);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.equal(
      error,
      `quorum-probe: ${path} holds no TCP socket; paste the output of netstat -na, ss -tan or cat /proc/net/tcp\n`,
    );
  }
});

test('a file that cannot be read is refused in one line', async (t) => {
  for (const path of [join(fileOf(t, ''), 'below'), tmpdir()]) {
    const { code, out, error } = await scan('--input', path);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(error, /^quorum-probe: [^\n]+\n$/);
  }
});

test('a listing whose addresses netstat may have cut short says so', async (t) => {
  const cut = fileOf(
    t,
    [
      'tcp6       0      0 :::2181                 :::*                    LISTEN',
      'tcp6       0      0 fd00:10:244:1::7:3888   :::*                    LISTEN',
      'tcp6       0      0 fd00:10:244::1:7:3888   fd00:10:244::2:ab:41000 ESTABLISHED',
      '',
    ].join('\n'),
  );
  const [report] = await reportOf(cut, '--ensemble-size=3');
  assert.equal(report.scan.truncated, true);
  const check = report.checks.find(({ name }) => name === 'scan');
  assert.equal(check?.status, 'warn');
  assert.match(check.reason, /netstat .*-W/);
  const [whole] = await reportOf(AFTER, '--ensemble-size=3');
  assert.equal(whole.scan.truncated, false);
});

test('the members are not asked for a capture', async () => {
  for (const source of [['--input', BEFORE], ['--proc=/nowhere']]) {
    const { code, out, error } = await scan('--ensemble', ...source);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(error, /^quorum-probe: --ensemble asks the members' probes[^\n]+\n$/);
  }
});

test('a person reads right below the verdict what was listed, what was not read, and what to run', async (t) => {
  const path = fileOf(
    t,
    [
      "$ netstat -natp | egrep '(3888|2888)'",
      'tcp6       0      0 10.0.0.1:3888           :::*                    LISTEN      7/java',
      'tcp6       0      0 10.0.0.1:40000          10.0.0.3:2888           ESTABLISHED 7/java',
      'tcp6       0      0 10.0.0.1:40001          10.0.0.3:2888           DAZED       7/java',
    ].join('\n'),
  );
  const { code, out } = await scan('--input', path, '--ensemble-size=3');
  assert.equal(code, 2);
  const [, listing = '', ...below] = out.split('\n');
  assert.equal(listing, 'listing  2 rows read, 1 not read: netstat');
  const notes = below.slice(0, below.indexOf('')).join(' ').replace(/\s+/g, ' ');
  assert.match(
    notes,
    /filtered by `netstat -natp \| egrep '\(3888\|2888\)'`: rows of the client port/,
  );
  assert.match(notes, /1 of 3 rows could not be read, the first: tcp6 .*DAZED/);
  assert.match(notes, /run `netstat -tan` there .* `kubectl exec POD -- cat \/proc\/net\/tcp/);
});

test('a person reads the hosts of one paste one after the other', async (t) => {
  const rows = (own: string): string[] => [
    'tcp6 0 0 :::2181 :::* LISTEN',
    `tcp6 0 0 ${own}:3888 :::* LISTEN`,
    `tcp6 0 0 ${own}:40000 10.0.0.9:2888 ESTABLISHED`,
  ];
  const text = ['zk-0$ netstat -an', ...rows('10.0.0.1'), 'zk-1$ netstat -an', ...rows('10.0.0.2')];
  const { code, out } = await scan('--input', fileOf(t, text.join('\n')), '--ensemble-size=3');
  assert.equal(code, 0);
  assert.match(
    out,
    /^The listing has rows of 2 hosts; each is judged separately\.\n\n=== zk-0 ===\nREADY/,
  );
  assert.match(out, /\n=== zk-1 ===\nREADY {2}captured 10\.0\.0\.2: learner/);
});
