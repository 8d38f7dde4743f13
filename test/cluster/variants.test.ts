import { before } from 'node:test';
import { clusterCase, seconds } from './case.ts';
import { healthy } from './ensemble.ts';
import { type Api, kubectlIn, startApi } from './kubernetes.ts';
import { dropNamespace, makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 120_000;
/** Shorter than the grace period after which the kubelet would kill: the probe ends when it is asked to. */
const GONE_WITHIN_S = 20;

const NATIVE = 'components/native-sidecar';
const VARIANTS = [
  { name: 'observe', components: ['components/observe'] },
  { name: 'native', components: [NATIVE] },
  { name: 'native-gate', components: [NATIVE, 'components/native-sidecar-gate'] },
] as const;

let api: Api;

before(async () => {
  api = await startApi();
});

for (const { name, components } of VARIANTS) {
  clusterCase('whole', `the example with ${components.join(' and ')} becomes healthy`, async () => {
    const namespace = await makeNamespace(name);
    const from = performance.now();
    await apply(namespace, await renderExample({ components }));
    await healthy({ namespace, api, pods: PODS }, PATIENCE_MS);
    const tookMs = performance.now() - from;
    const deleted = performance.now();
    await kubectlIn(namespace, ['delete', 'pod', 'zookeeper-2', '--timeout=60s']);
    const gone = (performance.now() - deleted) / 1000;
    await dropNamespace(namespace);
    if (gone > GONE_WITHIN_S) throw new Error(`the pod took ${gone} s to end`);
    return `healthy after ${seconds(tookMs / 1000)}, a deleted pod is gone after ${seconds(gone)}`;
  });
}
