import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEnsemble, type Ensemble } from './ensemble.ts';
import { missing, NEEDS } from './requirements.ts';
import { nameOf, type Resolver, startResolver } from './resolver.ts';
import { nothingHappened, record } from './results.ts';
import { settled } from './scenario.ts';
import { deleteAll, type Policy, rollOut } from './stateful-set.ts';

/** Two members may each wait the 30 s after which an unpublished name counts as a deadlock. */
const PATIENCE_MS = 120_000;
const FINDING = 'bootstrap-unpublished';
/** Longer than the 30 s after which an unpublished name would count as a deadlock. */
const STRICT_MS = 40_000;

const skip = await missing(NEEDS.names);

describe('three members that find each other by names', { skip, concurrency: true }, () => {
  it('stays strict where pods are published before they are ready', async () => {
    await withNames('published', async (ensemble, resolver) => {
      const policy = { management: 'Parallel', publishNotReadyAddresses: true } as const;
      for (const what of ['first start', 'full restart']) {
        const bootstrapped = collectBootstraps(ensemble);
        await measured(`${what}, names published always`, ensemble, resolver, policy);
        assert.deepEqual(bootstrapped(), [], 'readiness must be strict');
        await deleteAll(ensemble, resolver);
      }
    });
  });

  it('stays strict under OrderedReady too, so that the second pod is never made', async () => {
    await withNames('ordered', async (ensemble, resolver) => {
      const policy = { management: 'OrderedReady', publishNotReadyAddresses: true } as const;
      const bootstrapped = collectBootstraps(ensemble);
      await assert.rejects(
        rollOut(ensemble, resolver, policy, STRICT_MS),
        /not rolled out .*: zk-0 ready false$/,
      );
      assert.deepEqual(bootstrapped(), [], 'readiness must be strict');
      assert.equal(ensemble.watch.states[0]?.report?.role, 'looking');
      record(nothingHappened('plain, by names', 'names published always, OrderedReady: waits'));
    });
  });

  it('does not deadlock under OrderedReady where only ready pods are published', async () => {
    await withNames('unpublished', async (ensemble, resolver) => {
      const policy = { management: 'OrderedReady', publishNotReadyAddresses: false } as const;
      for (const what of ['first start', 'full restart']) {
        const bootstrapped = collectBootstraps(ensemble);
        await measured(
          `${what}, only ready pods published, OrderedReady`,
          ensemble,
          resolver,
          policy,
        );
        const names = bootstrapped();
        assert.ok(names.includes('zk-0'), 'the first pod must be let through');
        assert.ok(!names.some((name) => name.includes('without')), names.join());
        await deleteAll(ensemble, resolver);
      }
    });
  });
});

async function withNames(
  label: string,
  act: (ensemble: Ensemble, resolver: Resolver) => Promise<void>,
): Promise<void> {
  let resolver: Resolver | undefined;
  const ensemble = await createEnsemble({
    label,
    size: 3,
    server: { nameOf },
    agentArguments: (pod, fabric) => [
      ...['--members', fabric.pods.map(nameOf).join(',')],
      ...['--pod-name', pod.name, '--pod-ip', pod.address],
    ],
    prepare: async (fabric) => {
      resolver = await startResolver(fabric);
    },
  });
  try {
    assert.ok(resolver !== undefined);
    await act(ensemble, resolver);
  } finally {
    await ensemble.stop();
  }
}

async function measured(
  scenario: string,
  ensemble: Ensemble,
  resolver: Resolver,
  policy: Policy,
): Promise<void> {
  const started = Date.now();
  await rollOut(ensemble, resolver, policy, PATIENCE_MS);
  await settled(ensemble);
  const readyAgain = (Date.now() - started) / 1000;
  record({ ...nothingHappened('plain, by names', scenario), readyAgain });
}

/** Gathers the members that were ready only by the bootstrap rule, with the finding that says so. */
function collectBootstraps({ watch, members }: Ensemble): () => string[] {
  const names = new Set<string>();
  const unsubscribe = watch.subscribe((sample) => {
    if (sample.kind !== 'report' || !sample.report.bootstrap) return;
    const named = sample.report.findings.some(({ code }) => code === FINDING);
    names.add(`${members[sample.pod]?.pod.name}${named ? '' : ` without ${FINDING}`}`);
  });
  return () => {
    unsubscribe();
    return [...names];
  };
}
