import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before } from 'node:test';
import { runWith } from '../commands/diagnose/recorded.ts';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase } from './case.ts';
import { FAULTS, healthy } from './diagnosed-faults.ts';
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
import { IMAGES } from './images.ts';
import { dropNamespace, makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { installPlugin, type PluginRun, runPlugin } from './plugin.ts';
import { eventually } from './retry.ts';

const NOTHING_INSTALLED = { components: [] };

let namespace: string;
let breaker: Breaker;

before(async () => {
  namespace = await makeNamespace('diagnose');
  breaker = await startBreaker();
  await apply(namespace, await renderExample(NOTHING_INSTALLED));
});

clusterCase('whole', 'diagnose says that an ensemble without a probe is healthy', () =>
  healthy({ namespace, breaker }),
);

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
  // A busy machine may keep a table from being read in time.
  const isHealthy = ({ code, lines }: PluginRun): boolean =>
    code === 0 && HEALTHY.test(lines[0] ?? '');
  const untilHealthy = (more: readonly string[], mostLines?: number) =>
    eventually({
      what: `kubectl quorum ${more.join(' ')} is healthy`,
      withinMs: START_MS,
      async ask() {
        const ran = await runPlugin(env, [...words, ...more], mostLines);
        return isHealthy(ran) ? ran : null;
      },
    });
  const once = await untilHealthy([]);
  const watched = await untilHealthy(['--watch', '-o', 'short'], 2);
  assert.equal(watched.lines.length, 2);
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

for (const [title, play] of FAULTS) {
  clusterCase('whole', `diagnose names ${title}`, () => play({ namespace, breaker }));
}

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
