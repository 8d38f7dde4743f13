import assert from 'node:assert/strict';
import { before } from 'node:test';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase, seconds } from './case.ts';
import { type Ensemble, isReady, podOf, reportOf } from './ensemble.ts';
import { IMAGES } from './images.ts';
import { type Api, kubectlIn, startApi } from './kubernetes.ts';
import { dropNamespace, makeNamespace } from './namespace.ts';
import { apply, renderComponent } from './overlay.ts';
import { eventually } from './retry.ts';
import { etcd, redisCluster, type System } from './systems.ts';

const PATIENCE_MS = 120_000;

let api: Api;
let breaker: Breaker;

before(async () => {
  api = await startApi();
  breaker = await startBreaker();
});

clusterCase('whole', 'the etcd example on a StatefulSet of etcd', () => play(etcd(IMAGES.etcd)));
clusterCase('whole', 'the Redis Cluster example on a StatefulSet of Redis', () =>
  play(redisCluster(IMAGES.redis)),
);

/** Starts a system with its example; all is well; a member is cut off, which its probe says; all is well again. */
async function play(system: System): Promise<string> {
  const { name, component, objects, form } = system;
  const namespace = await makeNamespace(name);
  const pods = [0, 1, 2].map((ordinal) => `${name}-${ordinal}`);
  const ensemble: Ensemble = { namespace, api, pods };
  const from = performance.now();
  const service = JSON.stringify(objects.service);
  await kubectlIn(namespace, ['apply', '--filename=-'], service);
  await apply(namespace, await renderComponent(objects.statefulSet, component));
  await allAre(ensemble, 'ready', isRunning);
  await form?.(namespace, pods);
  const verdictIs = async (pod: string, wanted: boolean) =>
    ((await reportOf(ensemble, pod)).verdict === 'healthy') === wanted;
  await allAre(ensemble, 'healthy', (pod) => verdictIs(pod, true));
  const started = (performance.now() - from) / 1000;

  const [victim = ''] = pods;
  const cut = performance.now();
  const heal = await breaker.cut(namespace, victim);
  const report = await eventually({
    what: `${victim} is out of its quorum`,
    withinMs: PATIENCE_MS,
    ask: async () => {
      const answer = await reportOf(ensemble, victim);
      return answer.inQuorum === false ? answer : null;
    },
  });
  const noticed = (performance.now() - cut) / 1000;
  await heal();
  await allAre(ensemble, 'healthy again', (pod) => verdictIs(pod, true));
  await dropNamespace(namespace);
  assert.equal(report.verdict, 'broken');
  const codes = report.findings.map(({ code }) => code).join(', ');
  return `healthy after ${seconds(started)}; a member that is cut off is out after ${seconds(noticed)}: ${codes}`;

  async function isRunning(pod: string): Promise<boolean> {
    return isReady(await podOf(namespace, pod));
  }
}

async function allAre(
  { namespace, pods }: Ensemble,
  what: string,
  test: (pod: string) => Promise<boolean>,
): Promise<void> {
  await eventually({
    what: `all pods of ${namespace} are ${what}`,
    withinMs: PATIENCE_MS,
    ask: async () => {
      const all = await Promise.all(pods.map(test));
      return all.every((one) => one) ? true : null;
    },
  });
}
