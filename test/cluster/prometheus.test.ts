import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { parse } from 'yaml';
import { deployFolder } from '../deploy/render.ts';
import { type Breaker, startBreaker } from './breaker.ts';
import { clusterCase, seconds } from './case.ts';
import { type Ensemble, healthy } from './ensemble.ts';
import { startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { scrapeConfigsOf } from './pod-monitor.ts';
import { type Prometheus, type Series, startPrometheus } from './prometheus.ts';
import { eventually } from './retry.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 120_000;
/** The job of the shipped scrape configuration, beside which the PodMonitor's own has another name. */
const SHIPPED = 'shipped-scrape-config';

let ensemble: Ensemble;
let breaker: Breaker;
let prometheus: Prometheus;

before(async () => {
  const api = await startApi();
  const namespace = await makeNamespace('scraped');
  ensemble = { namespace, api, pods: PODS };
  breaker = await startBreaker();
  await apply(namespace, await renderExample());
  prometheus = await startPrometheus({
    api,
    namespace: await makeNamespace('prometheus'),
    rules: read('prometheus/rules.yaml'),
    scrapeConfigs: [
      ...scrapeConfigsOf(parse(read('prometheus/podmonitor.yaml'))),
      ...parse(read('prometheus/scrape-config.yaml')).scrape_configs.map((config: object) => ({
        ...config,
        job_name: SHIPPED,
      })),
    ],
  });
  await healthy(ensemble, PATIENCE_MS);
});

clusterCase(
  'whole',
  'Prometheus finds the pods, by the PodMonitor and by the scrape configuration',
  async () => {
    const from = performance.now();
    const ofNamespace = `namespace="${ensemble.namespace}"`;
    const ready = (job: string) => `quorum_probe_ready{job="${job}",${ofNamespace}} == 1`;
    const jobs = ['quorum-probe', SHIPPED];
    const [operator = [], shipped = []] = await Promise.all(
      jobs.map((job) => series(`all probes of ${job}`, ready(job), (found) => found.length === 3)),
    );
    const took = (performance.now() - from) / 1000;
    const named = (found: readonly Series[]) =>
      found
        .map(({ namespace, ensemble: name, pod }) => ({ namespace, ensemble: name, pod }))
        .sort(byPod);
    const expected = PODS.map((pod) => ({
      namespace: ensemble.namespace,
      ensemble: 'zookeeper',
      pod,
    }));
    assert.deepEqual(named(operator), expected);
    assert.deepEqual(named(shipped), expected);
    const { groups } = await prometheus.rules();
    const rules = groups.flatMap((group) => group.rules);
    assert.deepEqual(
      rules.filter(({ health }) => health === 'err'),
      [],
    );
    return `three members of one ensemble after ${seconds(took)}, ${rules.length} rules evaluated`;
  },
);

clusterCase('whole', 'the shipped rules notice a member that is cut off', async () => {
  await healthy(ensemble, PATIENCE_MS);
  const victim = 'zookeeper-0';
  const heal = await breaker.cut(ensemble.namespace, victim);
  const from = performance.now();
  // The others say so: the probe that is cut off cannot be scraped either.
  const alert = `ALERTS{alertname="QuorumMembersMissing",namespace="${ensemble.namespace}"}`;
  const found = await series('the alert is pending', alert, (alerts) => alerts.length > 0);
  const took = (performance.now() - from) / 1000;
  await heal();
  assert.deepEqual(
    found.map((one) => one['ensemble']),
    ['zookeeper'],
  );
  return `QuorumMembersMissing is pending ${seconds(took)} after ${victim} was cut off`;
});

function series(
  what: string,
  expression: string,
  wanted: (found: readonly Series[]) => boolean,
): Promise<readonly Series[]> {
  return eventually({
    what,
    withinMs: PATIENCE_MS,
    ask: async () => {
      const found = await prometheus.query(expression);
      return wanted(found) ? found : null;
    },
  });
}

function byPod(a: { pod: string | undefined }, b: { pod: string | undefined }): number {
  return (a.pod ?? '').localeCompare(b.pod ?? '');
}

function read(path: string): string {
  return readFileSync(join(deployFolder, path), 'utf8');
}
