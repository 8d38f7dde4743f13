import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
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
  ['cassandra', /(?:^UN .*\n){3}/m],
]);

const COUNTED = { size: 3, majority: 2, votes: 3, margin: 1 };
/** What is told of systems without a majority. */
const UNCOUNTED = { size: 3, majority: null, votes: null, margin: null };

for (const system of readdirSync(FIXTURES)) {
  for (const [pod, address] of MEMBERS.entries()) {
    const folder = join(FIXTURES, system, 'healthy', String(pod));
    test(`${system}, pod ${pod}: ready, as the server itself says`, async () => {
      const says = readFileSync(join(folder, 'says'), 'utf8');
      assert.match(says, WHOLE.get(system) ?? /^$/);
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

async function scan(profile: string, folder: string, address: string) {
  const output: string[] = [];
  const args = ['--profile', profile, '--proc', folder, '--pod-ip', address];
  const code = await run(
    ['scan', '--json', ...args, '--members', MEMBERS.join(',')],
    {},
    {
      hostname: 'pod',
      readText: () => Promise.reject(new Error('no file is named')),
      out: (text) => output.push(text),
      error: (text) => output.push(text),
      colour: false,
    },
  );
  return { code, report: JSON.parse(output.join('')) };
}
