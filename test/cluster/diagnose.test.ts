import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before } from 'node:test';
import { runWith } from '../commands/diagnose/recorded.ts';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase } from './case.ts';
import {
  diagnose,
  diagnosis,
  EXEC,
  folder,
  HEALTHY,
  PODS,
  START_MS,
  STATEFUL_SETS,
  shows,
  userWith,
  ZOOKEEPER,
} from './diagnosing.ts';
import { containersOf, podOf } from './ensemble.ts';
import { IMAGES } from './images.ts';
import { kubectlIn } from './kubernetes.ts';
import { dropNamespace, makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { installPlugin, runPlugin } from './plugin.ts';
import { eventually } from './retry.ts';

const NOTHING_INSTALLED = { components: [] };
/** The kubelet waits for 10 s, then 20 s, 40 s, … before it starts a container again. */
const KILLED_MS = 420_000;
const MEMBERS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];

let namespace: string;
let breaker: Breaker;

before(async () => {
  namespace = await makeNamespace('diagnose');
  breaker = await startBreaker();
  await apply(namespace, await renderExample(NOTHING_INSTALLED));
});

const healthy = () => shows(namespace, { line: HEALTHY, code: 0, withinMs: START_MS });

clusterCase('whole', 'diagnose says that an ensemble without a probe is healthy', healthy);

clusterCase('whole', 'a saved folder gives the same diagnosis without the cluster', async () => {
  const saved = join(folder, 'saved');
  const live = await diagnose(namespace, ['--save', saved]);
  const again = await runWith(['--from', saved]);
  assert.equal(again.out, live.out);
  assert.equal(again.code, live.code);
  return `exit code ${again.code}`;
});

clusterCase('whole', 'kubectl quorum is diagnose, once and until it is stopped', async () => {
  const env = installPlugin(folder);
  const words = [ZOOKEEPER, '-n', namespace];
  const once = await runPlugin(env, words);
  assert.equal(once.code, 0, once.lines.join('\n'));
  assert.match(once.lines[0] ?? '', HEALTHY);
  const watched = await runPlugin(env, [...words, '--watch', '-o', 'short'], 2);
  assert.equal(watched.code, 0);
  assert.equal(watched.lines.length, 2);
  for (const line of watched.lines) assert.match(line, HEALTHY);
  return `${once.lines.length} lines; watched twice`;
});

clusterCase('whole', 'diagnose without the right to exec cannot tell', async () => {
  const config = await userWith(namespace, 'reader', [PODS]);
  const words = ['--kubeconfig', config];
  const line = /^UNKNOWN .*kubectl exec is forbidden/;
  const shown = await shows(namespace, { line, code: 2, words });
  const { out } = await diagnose(namespace, words);
  assert.match(out, /pods\/exec/);
  assert.match(out, /- the StatefulSet cannot be read/);
  return shown;
});

clusterCase('whole', 'pods and exec are the rights that diagnose needs', async () => {
  const config = await userWith(namespace, 'exec-only', [PODS, EXEC]);
  const words = ['--kubeconfig', config];
  const unsized = /^UNKNOWN .*the number of members is unknown/;
  const alone = await shows(namespace, { line: unsized, code: 2, words });
  const sized = [...words, '--ensemble-size=3'];
  const told = await shows(namespace, { line: HEALTHY, code: 0, words: sized });
  const { gaps } = await diagnosis(namespace, sized);
  for (const kind of ['services', 'endpointslices', 'poddisruptionbudgets', 'configmaps']) {
    assert.ok(
      gaps.some((gap) => gap.startsWith(`${kind} cannot be read: `)),
      gaps.join('\n'),
    );
  }
  const unasked = /^zookeeper-0: the server could not be asked: .*portforward/;
  assert.ok(
    gaps.some((gap) => unasked.test(gap)),
    gaps.join('\n'),
  );
  return `${alone}; with --ensemble-size=3 ${told}`;
});

clusterCase('whole', 'an ephemeral container of the project is read where exec works', async () => {
  const words = ['--debug-image', IMAGES.probe];
  const config = await userWith(namespace, 'no-debug', [PODS, EXEC, STATEFUL_SETS]);
  const refused = await shows(namespace, {
    ...{ line: /^UNKNOWN .*pods\/ephemeralcontainers/, code: 2 },
    words: [...words, '--kubeconfig', config],
  });
  const added = await shows(namespace, { line: HEALTHY, code: 0, words });
  const read = async () =>
    (await diagnosis(namespace, words)).members.map(({ container }) => container ?? '');
  const containers = await read();
  for (const one of containers) assert.match(one, /^quorum-probe-reader-node-/);
  assert.deepEqual(await read(), containers);
  return `refused: ${refused}; else ${added}`;
});

clusterCase('whole', 'diagnose names a member that is cut off', async () => {
  const heal = await breaker.cut(namespace, 'zookeeper-2');
  const line = /2 of 3 voters .*zookeeper-2 is partitioned from both/;
  const shown = await shows(namespace, { line, code: 1 });
  await heal();
  await healthy();
  return shown;
});

clusterCase('whole', 'diagnose names the direction that loses packets', async () => {
  const { ensemble } = await diagnosis(namespace);
  const [leader = ''] = ensemble?.leaders ?? [];
  const follower = MEMBERS.find((pod) => pod !== leader) ?? '';
  const heal = await breaker.lose(namespace, leader, follower);
  const line = new RegExp(`what ${leader} sends does not reach ${follower}`);
  const shown = await shows(namespace, { line, code: 1 });
  await heal();
  await healthy();
  return shown;
});

clusterCase('whole', 'diagnose names a server that hangs', async () => {
  await breaker.signal(namespace, 'zookeeper-1', 'zookeeper', 'STOP');
  const shown = await shows(namespace, { line: /zookeeper-1 hangs/, code: 1 });
  await breaker.signal(namespace, 'zookeeper-1', 'zookeeper', 'CONT');
  await healthy();
  return shown;
});

clusterCase(
  'whole',
  'diagnose names two servers that are killed, while they are down',
  async () => {
    const victims = ['zookeeper-0', 'zookeeper-1'];
    const stateOf = async (pod: string) => {
      const [status] = containersOf(await podOf(namespace, pod));
      return status?.state;
    };
    // The kubelet starts them again at once, and each time later: soon both are down for as long as a diagnosis takes.
    const first = () =>
      eventually({
        what: 'both wait to be started again',
        withinMs: KILLED_MS,
        async ask() {
          const states = await Promise.all(victims.map(stateOf));
          for (const [at, state] of states.entries()) {
            const pod = victims[at] ?? '';
            // It may have ended by itself meanwhile.
            if (state?.running) await breaker.kill(namespace, pod, 'zookeeper').catch(() => {});
          }
          return states.every((state) => state?.waiting?.reason === 'CrashLoopBackOff') || null;
        },
      });
    const line = /No quorum: .*; zookeeper-0 and zookeeper-1 do not run/;
    const shown = await shows(namespace, { line, code: 1, withinMs: KILLED_MS, first });
    // New pods do not wait.
    await kubectlIn(namespace, ['delete', 'pod', ...victims]);
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
      lines.push(await shows(own, { line, code: 1, withinMs: START_MS }));
      await dropNamespace(own);
    }
    return lines.join('; ');
  },
);
