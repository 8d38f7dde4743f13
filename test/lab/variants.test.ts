import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchAgreement } from './agreement.ts';
import { FOLLOW_MS } from './core-scenarios.ts';
import { createEnsemble, type Ensemble, type EnsembleOptions, startTogether } from './ensemble.ts';
import { selectedReleases } from './releases.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { isServing } from './sample.ts';
import { settled } from './scenario.ts';

type Variant = Pick<EnsembleOptions, 'label' | 'size' | 'server'> & { readonly title: string };

const VARIANTS: readonly Variant[] = [
  { label: 'one', size: 1, title: 'one member' },
  { label: 'five', size: 5, title: 'five members' },
  { label: 'watch', size: 4, title: 'three voters, one observer', server: { observers: [3] } },
  {
    label: 'options',
    size: 3,
    title: 'quorumListenOnAllIPs, preferIPv4Stack, tcpKeepAlive',
    server: {
      configuration: ['quorumListenOnAllIPs=true'],
      jvm: ['-Djava.net.preferIPv4Stack=true', '-Dzookeeper.tcpKeepAlive=true'],
    },
  },
];

const skip = await missing(NEEDS.ensemble);
const releases = skip === false ? await selectedReleases() : [];

for (const release of releases) {
  describe(`other ensembles of ZooKeeper ${release.version}`, { skip }, () => {
    for (const { title, server, ...variant } of VARIANTS) {
      it(`agrees with every server of ${title}`, async () => {
        const ensemble = await createEnsemble({ ...variant, server: { ...server, release } });
        try {
          await startAndLoseLeader(ensemble, `${title}, ZooKeeper ${release.version}`);
        } finally {
          await ensemble.stop();
        }
      });
    }

    it('becomes ready in turn where members start in order', async () => {
      const ensemble = await createEnsemble({ label: 'order', size: 3, server: { release } });
      try {
        await startInOrder(ensemble);
      } finally {
        await ensemble.stop();
      }
    });
  });
}

async function startAndLoseLeader(ensemble: Ensemble, name: string): Promise<void> {
  const agreement = watchAgreement(ensemble);
  const { watch, members } = ensemble;
  const started = Date.now();
  const serving = watch.until('all serve', 60_000, (states) =>
    states.every(({ mode }) => mode !== null && isServing(mode)),
  );
  await startTogether(ensemble);
  await serving;
  const servingAgain = (Date.now() - started) / 1000;
  await settled(ensemble);
  const readyAgain = (Date.now() - started) / 1000;
  record({ ...nothingHappened('plain', `start: ${name}`), servingAgain, readyAgain });
  assert.deepEqual(await agreement.take(), []);

  const head = members.find(({ pod }) =>
    ['leader', 'standalone'].includes(watch.states[pod.index]?.mode ?? ''),
  );
  assert.ok(head !== undefined);
  agreement.disturbed();
  const lost = watch.when(head.pod.index, FOLLOW_MS, ({ readyz }) => readyz === 503);
  await head.server.stop('SIGKILL');
  assert.notEqual(await lost, null, 'the killed member is not ready in time');
  await head.server.start();
  await settled(ensemble);
  assert.deepEqual(await agreement.take(), []);
}

/** The first alone has no quorum; the second makes one; the third joins it. */
async function startInOrder(ensemble: Ensemble): Promise<void> {
  const agreement = watchAgreement(ensemble);
  const { watch, members } = ensemble;
  await Promise.all(members.map(({ agent }) => agent.start()));
  const [first, ...others] = members;
  assert.ok(first !== undefined);
  await first.server.start();
  await watch.until('the first looks for others', 30_000, (states) => {
    const state = states[first.pod.index];
    return state?.report?.role === 'looking' && state.mode === 'not-serving';
  });
  assert.equal(watch.states[first.pod.index]?.readyz, 503);
  for (const { server, pod } of others) {
    await server.start();
    await watch.until(`${pod.name} is ready`, 60_000, (states) =>
      states.slice(0, pod.index + 1).every(({ readyz }) => readyz === 200),
    );
  }
  assert.deepEqual(await agreement.take(), []);
}
