import assert from 'node:assert/strict';
import { before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterCase, seconds } from './case.ts';
import { containersOf, type Ensemble, healthy, isReady, podOf } from './ensemble.ts';
import { kubectl, kubectlIn, startApi } from './kubernetes.ts';
import { makeNamespace, OURS } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { eventually } from './retry.ts';
import { mostOutAtOnce, startTimeline, type Timeline } from './timeline.ts';
import { startWriter } from './writer.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 120_000;

let ensemble: Ensemble;
let timeline: Timeline;

before(async () => {
  const api = await startApi();
  const namespace = await makeNamespace('operations');
  ensemble = { namespace, api, pods: PODS };
  timeline = startTimeline(ensemble);
  // A label of its own, so that a drain evicts no other pod of the cluster.
  const label = { op: 'add', path: `/spec/template/metadata/labels/${OURS}`, value: namespace };
  await apply(namespace, await renderExample({ statefulSet: [label] }));
  await healthy(ensemble, PATIENCE_MS);
});

clusterCase('whole', 'a rolling restart under a writing client goes one by one', async () => {
  const { namespace } = ensemble;
  await healthy(ensemble, PATIENCE_MS);
  const stopWriter = await startWriter(namespace);
  const from = timeline.now();
  await kubectlIn(namespace, ['rollout', 'restart', 'statefulset/zookeeper']);
  await kubectlIn(namespace, ['rollout', 'status', 'statefulset/zookeeper', '--timeout=300s']);
  const took = timeline.now() - from;
  const { writes, longestGapMs } = await stopWriter();
  assert.equal(mostOutAtOnce(timeline, from, PODS, 'server'), 1, 'servers that were away at once');
  const unready = mostOutAtOnce(timeline, from, PODS, 'endpoints');
  assert.ok(longestGapMs < 15_000, `no write for ${longestGapMs} ms`);
  return `${seconds(took)}, ${writes} writes, longest gap ${seconds(longestGapMs / 1000)}; at most ${unready} out of the client service at once`;
});

clusterCase(
  'whole',
  'a drain of two followers evicts one, and the budget holds the other',
  async () => {
    const { namespace } = ensemble;
    // Without the leader: while the others elect they are unready, and the example's budget lets unready pods go.
    const { followers } = await healthy(ensemble, PATIENCE_MS);
    const node = (await podOf(namespace, 'zookeeper-0')).spec.nodeName ?? '';
    const from = timeline.now();
    const named = `statefulset.kubernetes.io/pod-name in (${followers.join(',')})`;
    const selector = `--pod-selector=${OURS}=${namespace},${named}`;
    const drain = ['drain', node, selector, '--delete-emptydir-data'];
    try {
      // Where there is one node, the evicted pod has nowhere to go, and the drain cannot end.
      await kubectl([...drain, '--timeout=15s']).catch(() => '');
    } finally {
      await kubectl(['uncordon', node]);
    }
    await healthy(ensemble, PATIENCE_MS);
    assert.equal(mostOutAtOnce(timeline, from, PODS, 'server'), 1);
    return `one member at a time; all healthy again ${seconds(timeline.now() - from)} after the drain began`;
  },
);

clusterCase(
  'whole',
  'pods added beyond a static member list are not ready, and the members stay',
  async () => {
    const { namespace } = ensemble;
    await healthy(ensemble, PATIENCE_MS);
    const from = timeline.now();
    await kubectlIn(namespace, ['scale', 'statefulset/zookeeper', '--replicas=5']);
    const refusal = await eventually({
      what: 'the probe of zookeeper-3 refuses its configuration, which names three members',
      withinMs: PATIENCE_MS,
      ask: async () => {
        const statuses = containersOf(await podOf(namespace, 'zookeeper-3'));
        const probe = statuses.find(({ name }) => name === 'quorum-probe');
        if (probe?.lastState?.terminated?.exitCode !== 2) return null;
        return await kubectlIn(namespace, [
          'logs',
          'zookeeper-3',
          '--container=quorum-probe',
          '--previous',
        ]);
      },
    });
    assert.match(refusal, /"zookeeper-3" is not among zookeeper-0 to zookeeper-2/);
    // Long enough for a readiness that is wrong to be given.
    await sleep(10_000);
    for (const pod of ['zookeeper-3', 'zookeeper-4']) {
      assert.ok(!isReady(await podOf(namespace, pod)), pod);
    }
    await healthy(ensemble, PATIENCE_MS);
    await kubectlIn(namespace, ['scale', 'statefulset/zookeeper', '--replicas=3']);
    await eventually({
      what: 'the added pods are gone',
      withinMs: PATIENCE_MS,
      ask: async () =>
        (await kubectlIn(namespace, ['get', 'pods', '--output=name'])).includes('zookeeper-3')
          ? null
          : true,
    });
    assert.equal(mostOutAtOnce(timeline, from, PODS, 'endpoints'), 0);
    return 'the probe of each added pod ends with 2 and says why; the three stay ready';
  },
);
