import assert from 'node:assert/strict';
import { before } from 'node:test';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase, seconds } from './case.ts';
import { type Ensemble, healthy, podOf, reportOf } from './ensemble.ts';
import { kubectlIn, startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { eventually } from './retry.ts';
import { startTimeline, type Timeline } from './timeline.ts';
import { startWriter } from './writer.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 150_000;
const SHOWN_MS = 30_000;
/** An election, and what a client needs to find the new leader. */
const ELECTION_MS = 15_000;
/** Well below the minute for which a hook waits. */
const AT_ONCE_S = 30;

let ensemble: Ensemble;
let breaker: Breaker;
let timeline: Timeline;

before(async () => {
  const api = await startApi();
  ensemble = { namespace: await makeNamespace('hold'), api, pods: PODS };
  breaker = await startBreaker();
  timeline = startTimeline(ensemble);
  const native = ['native-sidecar', 'native-sidecar-gate', 'hold'];
  const components = native.map((name) => `components/${name}`);
  await apply(ensemble.namespace, await renderExample({ components }));
  await healthy(ensemble, PATIENCE_MS);
});

clusterCase(
  'quick',
  'a roll-out while a member is cut off waits for it, and the quorum stays',
  async () => {
    const { namespace } = ensemble;
    await healthy(ensemble, PATIENCE_MS);
    const stopWriter = await startWriter(namespace);
    const heal = await breaker.cut(namespace, 'zookeeper-0');
    const cut = timeline.now();
    await timeline.when(cut, 'zookeeper-0', 'kubelet', false, SHOWN_MS);
    const { uid } = (await podOf(namespace, 'zookeeper-2')).metadata;
    await kubectlIn(namespace, ['rollout', 'restart', 'statefulset/zookeeper']);
    const rolled = timeline.now();
    await eventually({
      what: 'zookeeper-2 is held: its pod is deleted, and its probe says that it is asked to stop',
      withinMs: SHOWN_MS,
      ask: async () => ((await reportOf(ensemble, 'zookeeper-2')).stopping === null ? null : true),
    });
    const held = await podOf(namespace, 'zookeeper-2');
    assert.equal(held.metadata.uid, uid);
    assert.notEqual(held.metadata.deletionTimestamp, undefined);
    assert.equal((await reportOf(ensemble, 'zookeeper-2')).inQuorum, true);
    await heal();
    const gone = await eventually({
      what: 'zookeeper-2 has gone, now that zookeeper-0 is back',
      withinMs: PATIENCE_MS,
      ask: async () =>
        (await podOf(namespace, 'zookeeper-2')).metadata.uid === uid ? null : timeline.now(),
    });
    await kubectlIn(namespace, ['rollout', 'status', 'statefulset/zookeeper', '--timeout=300s']);
    await healthy(ensemble, PATIENCE_MS);
    const { longestGapMs } = await stopWriter();
    assert.ok(longestGapMs < ELECTION_MS, `no write for ${longestGapMs} ms`);
    return `zookeeper-2 was held for ${seconds(gone - rolled)}; longest gap of a writing client ${seconds(longestGapMs / 1000)}`;
  },
);

clusterCase(
  'whole',
  'of two members that are deleted at once, one waits for the other',
  async () => {
    const { namespace } = ensemble;
    await healthy(ensemble, PATIENCE_MS);
    const stopWriter = await startWriter(namespace);
    const from = timeline.now();
    await kubectlIn(namespace, ['delete', 'pod', 'zookeeper-1', 'zookeeper-2']);
    const took = timeline.now() - from;
    await healthy(ensemble, PATIENCE_MS);
    const { longestGapMs } = await stopWriter();
    assert.ok(longestGapMs < ELECTION_MS, `no write for ${longestGapMs} ms`);
    return `both were gone after ${seconds(took)}; longest gap ${seconds(longestGapMs / 1000)}`;
  },
);

clusterCase('whole', 'an eviction of one of three healthy members is not held', async () => {
  const { namespace, api } = ensemble;
  const { followers } = await healthy(ensemble, PATIENCE_MS);
  const victim = followers[0] ?? '';
  const { uid } = (await podOf(namespace, victim)).metadata;
  const from = timeline.now();
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: victim } };
  const path = `/api/v1/namespaces/${namespace}/pods/${victim}/eviction`;
  assert.equal((await api.post(path, eviction)).status, 201);
  const took = await eventually({
    what: `${victim} has gone`,
    withinMs: PATIENCE_MS,
    ask: async () =>
      (await podOf(namespace, victim)).metadata.uid === uid ? null : timeline.now() - from,
  });
  assert.ok(took < AT_ONCE_S, `held for ${took} s`);
  return `gone after ${seconds(took)}`;
});

clusterCase('whole', 'where all members are to go, nobody is held', async () => {
  const { namespace } = ensemble;
  await healthy(ensemble, PATIENCE_MS);
  const from = timeline.now();
  await kubectlIn(namespace, ['scale', 'statefulset/zookeeper', '--replicas=0']);
  await eventually({
    what: 'no pod is left',
    withinMs: PATIENCE_MS,
    ask: async () =>
      (await kubectlIn(namespace, ['get', 'pods', '--output=name'])).includes('zookeeper')
        ? null
        : true,
  });
  const took = timeline.now() - from;
  assert.ok(took < AT_ONCE_S, `held for ${took} s`);
  return `all gone after ${seconds(took)}`;
});
