import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { diagnosisSchema } from '../../src/model/diagnosis-schema.ts';
import { runWith, withProgram } from '../commands/diagnose/recorded.ts';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase, seconds } from './case.ts';
import { containersOf, podOf } from './ensemble.ts';
import { kubectl, kubectlIn } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { eventually } from './retry.ts';

const TARGET = 'statefulset/zookeeper';
const START_MS = 120_000;
/** A silent peer is given up after the sync limit, and its name kept by the JVM for half a minute. */
const SHOWN_MS = 90_000;
const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const NOTHING_INSTALLED = { components: [] };

let namespace: string;
let breaker: Breaker;
const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-diagnose-'));
after(() => rmSync(folder, { recursive: true }));

before(async () => {
  namespace = await makeNamespace('diagnose');
  breaker = await startBreaker();
  await apply(namespace, await renderExample(NOTHING_INSTALLED));
});

async function diagnose(words: readonly string[] = [], of = namespace) {
  const startMs = performance.now();
  const ran = await runWith([TARGET, '-n', of, ...words], (flags) => ({
    ...withProgram('kubectl', flags),
    delay: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }));
  return { ...ran, ms: performance.now() - startMs };
}

/** Diagnoses until the first line is the expected one, and gives what the table is to show. */
async function shows(line: RegExp, code: number, withinMs = SHOWN_MS, of = namespace) {
  let last = '';
  const ran = await eventually({
    what: `the first line is ${line.source}`,
    withinMs,
    async ask() {
      const one = await diagnose([], of);
      if (one.first !== last) console.log(`  ${seconds(one.ms / 1_000)}: ${one.first}${one.error}`);
      last = one.first;
      return line.test(one.first) ? one : null;
    },
  });
  assert.equal(ran.code, code, ran.out);
  return `"${ran.first}" in ${seconds(ran.ms / 1_000)}`;
}

const HEALTHY = /^HEALTHY {2}3 of 3 voters in quorum/;
const healthy = (withinMs = START_MS) => shows(HEALTHY, 0, withinMs);

clusterCase('whole', 'diagnose says that an ensemble without a probe is healthy', () => healthy());

clusterCase('whole', 'a saved folder gives the same diagnosis without the cluster', async () => {
  const saved = join(folder, 'saved');
  const live = await diagnose(['--save', saved]);
  const again = await runWith(['--from', saved]);
  assert.equal(again.out, live.out);
  assert.equal(again.code, live.code);
  return `exit code ${again.code}`;
});

clusterCase('whole', 'diagnose without the right to exec cannot tell', async () => {
  const config = await limitedTo(['pods', 'services'], ['get', 'list']);
  const { code, first, out } = await diagnose(['--kubeconfig', config]);
  assert.equal(code, 2, out);
  assert.match(out, /pods\/exec/);
  assert.match(out, /- the StatefulSet cannot be read/);
  return first;
});

clusterCase('whole', 'diagnose names a member that is cut off', async () => {
  const heal = await breaker.cut(namespace, 'zookeeper-2');
  const shown = await shows(/2 of 3 voters .*zookeeper-2 is partitioned from both/, 1);
  await heal();
  await healthy();
  return shown;
});

clusterCase('whole', 'diagnose names the direction that loses packets', async () => {
  const { out } = await diagnose(['--json']);
  const { ensemble } = diagnosisSchema.parse(JSON.parse(out));
  const [leader = ''] = ensemble?.leaders ?? [];
  const follower = PODS.find((pod) => pod !== leader) ?? '';
  const heal = await breaker.lose(namespace, leader, follower);
  const shown = await shows(new RegExp(`what ${leader} sends does not reach ${follower}`), 1);
  await heal();
  await healthy();
  return shown;
});

clusterCase('whole', 'diagnose names a server that hangs', async () => {
  await breaker.signal(namespace, 'zookeeper-1', 'zookeeper', 'STOP');
  const shown = await shows(/zookeeper-1 hangs/, 1);
  await breaker.signal(namespace, 'zookeeper-1', 'zookeeper', 'CONT');
  await healthy();
  return shown;
});

clusterCase(
  'whole',
  'diagnose names two servers that are killed, while they are down',
  async () => {
    const victims = ['zookeeper-0', 'zookeeper-1'];
    const again = async () => {
      for (const pod of victims) {
        const [status] = containersOf(await podOf(namespace, pod));
        // It may have ended by itself meanwhile.
        if (status?.state.running !== undefined) {
          await breaker.kill(namespace, pod, 'zookeeper').catch(() => {});
        }
      }
    };
    // The kubelet starts them again, later each time.
    for (let round = 0; round < 3; round += 1) await again();
    const shown = await shows(/No quorum: .*; zookeeper-0 and zookeeper-1 do not run/, 1);
    await healthy();
    return shown;
  },
);

clusterCase(
  'whole',
  'diagnose names a listener on loopback and names that nobody has',
  async () => {
    const lines: string[] = [];
    const loopback = (text: string) => text.replace(/^(server\.1=)[^:]+/m, '$1127.0.0.1');
    const typo = (text: string) => text.replaceAll('zookeeper-headless', 'zk-typo');
    const faults: readonly (readonly [string, (text: string) => string, RegExp])[] = [
      ['loopback', loopback, /listens only on loopback on zookeeper-0/],
      ['names', typo, /the configuration names zookeeper-0\.zk-typo/],
    ];
    for (const [name, zooCfg, line] of faults) {
      const own = await makeNamespace(`diagnose-${name}`);
      await apply(own, await renderExample({ ...NOTHING_INSTALLED, zooCfg }));
      lines.push(await shows(line, 1, START_MS, own));
      await kubectl(['delete', 'namespace', own, '--wait=false']);
    }
    return lines.join('; ');
  },
);

/** The path of a kubeconfig that acts as a user with these rights alone. */
async function limitedTo(resources: readonly string[], verbs: readonly string[]): Promise<string> {
  const role = ['create', 'role', 'limited', `--resource=${resources}`, `--verb=${verbs}`];
  await kubectlIn(namespace, role);
  const binding = ['create', 'rolebinding', 'limited', '--role=limited', '--user=limited'];
  await kubectlIn(namespace, binding);
  const config = JSON.parse(
    await kubectl(['config', 'view', '--raw', '--flatten', '--output=json']),
  );
  for (const { user } of config.users) user.as = 'limited';
  const path = join(folder, 'limited.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
}
