import assert from 'node:assert/strict';
import { before } from 'node:test';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase, seconds } from './case.ts';
import { containersOf, type Ensemble, healthy, podOf, reportOf } from './ensemble.ts';
import { kubectlIn, startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { startTimeline, type Timeline } from './timeline.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 120_000;
const SHOWN_MS = 30_000;

let ensemble: Ensemble;
let breaker: Breaker;
let timeline: Timeline;

before(async () => {
  const api = await startApi();
  ensemble = { namespace: await makeNamespace('zookeeper'), api, pods: PODS };
  breaker = await startBreaker();
  timeline = startTimeline(ensemble);
});

clusterCase(
  'quick',
  'the example, gated, becomes healthy where Pod Security is restricted',
  async () => {
    const from = timeline.now();
    await apply(ensemble.namespace, await renderExample());
    const { leader } = await healthy(ensemble, PATIENCE_MS);
    assert.equal((await reportOf(ensemble, leader)).quorum.votes, 3);
    const ready = await Promise.all(
      PODS.map((pod) => timeline.when(from, pod, 'endpoints', true, SHOWN_MS)),
    );
    return `three members in the client service after ${seconds(Math.max(...ready))}`;
  },
);

clusterCase(
  'quick',
  'a leader whose server is killed leaves the client service until it serves again',
  async () => {
    const { leader } = await healthy(ensemble, PATIENCE_MS);
    const from = timeline.now();
    await breaker.kill(ensemble.namespace, leader, 'zookeeper');
    await timeline.when(from, leader, 'endpoints', false, SHOWN_MS);
    await healthy(ensemble, PATIENCE_MS);
    return steps(from, leader);
  },
);

clusterCase('quick', 'a follower that is cut off leaves the client service', async () => {
  const { followers } = await healthy(ensemble, PATIENCE_MS);
  return await cutOff(followers[0] ?? '');
});

clusterCase('whole', 'a leader that is cut off leaves the client service', async () => {
  const { leader } = await healthy(ensemble, PATIENCE_MS);
  return await cutOff(leader);
});

clusterCase(
  'whole',
  'a probe that is killed takes its pod out until it runs again, and nothing else',
  async () => {
    const { followers } = await healthy(ensemble, PATIENCE_MS);
    const victim = followers[0] ?? '';
    const restarts = () => restartsOf(victim, 'zookeeper');
    const earlier = await restarts();
    const from = timeline.now();
    await breaker.kill(ensemble.namespace, victim, 'quorum-probe');
    await timeline.when(from, victim, 'endpoints', false, SHOWN_MS);
    await timeline.when(from, victim, 'endpoints', true, SHOWN_MS);
    await healthy(ensemble, PATIENCE_MS);
    assert.equal(await restarts(), earlier, 'the server was not restarted');
    return steps(from, victim);
  },
);

clusterCase('whole', 'a member whose pod is deleted is back in the quorum', async () => {
  const { followers } = await healthy(ensemble, PATIENCE_MS);
  const victim = followers[0] ?? '';
  const { metadata } = await podOf(ensemble.namespace, victim);
  const from = timeline.now();
  await kubectlIn(ensemble.namespace, ['delete', 'pod', victim]);
  await healthy(ensemble, PATIENCE_MS);
  assert.notEqual((await podOf(ensemble.namespace, victim)).metadata.uid, metadata.uid);
  return steps(from, victim);
});

async function cutOff(victim: string): Promise<string> {
  const heal = await breaker.cut(ensemble.namespace, victim);
  const from = timeline.now();
  const until = (witness: 'probe' | 'kubelet' | 'endpoints') =>
    timeline.when(from, victim, witness, false, SHOWN_MS);
  const [probe, kubelet, endpoints] = await Promise.all([
    until('probe'),
    until('kubelet'),
    until('endpoints'),
  ]);
  await heal();
  const healed = timeline.now();
  await healthy(ensemble, PATIENCE_MS);
  const back = await timeline.when(healed, victim, 'endpoints', true, SHOWN_MS);
  return `unready by the probe after ${seconds(probe)}, by the kubelet ${seconds(kubelet)}, out of the client service ${seconds(endpoints)}; back ${seconds(back)} after the repair`;
}

async function restartsOf(pod: string, container: string): Promise<number | undefined> {
  const statuses = containersOf(await podOf(ensemble.namespace, pod));
  return statuses.find(({ name }) => name === container)?.restartCount;
}

function steps(from: number, pod: string): string {
  const changes = timeline.since(from, pod, 'endpoints');
  return changes
    .map(({ after, ready }) => `${ready ? 'in' : 'out'} after ${seconds(after)}`)
    .join(', ');
}
