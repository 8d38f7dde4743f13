import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/run.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/others', import.meta.url));
const MEMBERS = ['10.96.8.10', '10.96.6.11', '10.96.7.10'];

/** The sentence by which a server of the system calls its own quorum whole. */
const WHOLE = new Map([
  ['redis-cluster', /^cluster_state:ok$/m],
  ['redis-sentinel', /^OK 3 usable Sentinels\. Quorum and failover authorization can be reached$/m],
  ['etcd', / is healthy: successfully committed proposal: /],
  ['elasticsearch', /^\d+ \S+ +lab +green +3 +3 /m],
  ['cassandra', /(?:^UN .*\n){3}/m],
]);

const COUNTED = { size: 3, majority: 2, votes: 3, margin: 1 };
/** What is told of systems without a majority. */
const UNCOUNTED = { size: 3, majority: null, votes: null, margin: null };

for (const [system, whole] of WHOLE) {
  for (const [pod, address] of MEMBERS.entries()) {
    const folder = join(FIXTURES, system, 'healthy', String(pod));
    test(`${system}, pod ${pod}: ready, as the server itself says`, async () => {
      const says = readFileSync(join(folder, 'says'), 'utf8');
      assert.match(says, whole);
      const { code, report } = await scan(system, folder, address);
      assert.equal(code, 0);
      assert.equal(report.ready, true);
      assert.equal(report.verdict, 'healthy');
      assert.equal(report.role, 'member');
      assert.deepEqual(report.quorum, system === 'cassandra' ? UNCOUNTED : COUNTED);
      assert.deepEqual(report.findings, []);
      assert.ok(report.peers.every(({ status }: { status: string }) => status === 'linked'));
    });
  }
}

const expectations = readFileSync(join(FIXTURES, 'expect.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

for (const line of expectations) {
  const [system = '', scenario = '', moment = '', pod = '', role = '', ready = '', ...rest] =
    line.split('\t');
  const [finding = '', word = ''] = rest;
  const folder = join(FIXTURES, system, scenario, moment, pod);
  test(`${system}, ${scenario} for ${moment}, pod ${pod}: ${role}, ready ${ready}, ${finding}`, async () => {
    assert.match(readFileSync(join(folder, 'says'), 'utf8'), new RegExp(word, 'm'));
    // By its own address, by none, and where the number of members is all that is known.
    const known = ['--members', MEMBERS.join(',')];
    for (const args of [
      [...known, '--pod-ip', MEMBERS[Number(pod)] ?? ''],
      known,
      ['--ensemble-size', String(MEMBERS.length)],
    ]) {
      const { code, report } = await look(system, folder, args);
      assert.equal(report.role, role);
      assert.equal(String(report.ready), ready);
      assert.equal(code, report.ready ? 0 : 1);
      const loud = report.findings
        .filter(({ severity }: { severity: string }) => severity !== 'info')
        .map((one: { code: string }) => one.code);
      const wanted = finding.split('|');
      assert.ok(
        finding === '-' ? loud.length === 0 : wanted.some((each) => loud.includes(each)),
        `${args.join(' ')}: ${loud}`,
      );
      assert.equal(
        report.verdict,
        report.ready ? (loud.length ? 'degraded' : 'healthy') : 'broken',
      );
    }
  });
}

test('the captured moments tell of each fault', () => {
  const scenarios = new Set(expectations.map((line) => line.split('\t')[1]));
  assert.deepEqual([...scenarios].sort(), ['cut', 'hung', 'killed', 'two-killed']);
});

function scan(profile: string, folder: string, address: string) {
  return look(profile, folder, ['--pod-ip', address, '--members', MEMBERS.join(',')]);
}

async function look(profile: string, folder: string, args: readonly string[]) {
  const output: string[] = [];
  const code = await run(
    ['scan', '--json', '--profile', profile, '--proc', folder, ...args],
    {},
    {
      hostname: 'pod',
      hostsFile: () => null,
      readText: () => Promise.reject(new Error('no file is named')),
      stopSignal: () => new Promise(() => {}),
      out: (text) => output.push(text),
      error: (text) => output.push(text),
      colour: false,
    },
  );
  return { code, report: JSON.parse(output.join('')) };
}
