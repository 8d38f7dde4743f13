import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { deployFolder } from '../deploy/render.ts';
import { exitOf } from '../lab/run-command.ts';
import { afterwards } from './afterwards.ts';
import { clusterCase, seconds } from './case.ts';
import { type Ensemble, isReady, podOf } from './ensemble.ts';
import { IMAGES } from './images.ts';
import { type Api, kubectlIn, startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { eventually } from './retry.ts';
import { openShell, type Shell } from './shell.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const PATIENCE_MS = 240_000;

let api: Api;
let ensemble: Ensemble;
let monitoring: string;
let prometheus: Prometheus;
let shell: Shell;

/** The commands of the page, of which a test may need no more than four. */
function commandsOfThePage(): readonly string[] {
  const page = readFileSync(join(deployFolder, 'README.md'), 'utf8');
  const [, section = ''] = page.split('## From a StatefulSet to an alert\n');
  const block = /```sh\n(.*?)```/s.exec(section)?.[1] ?? '';
  return block.split('\n').filter((line) => line !== '');
}

/** A command of the page for this cluster: its image and namespaces, no operator, and a free port. */
function here(command: string): string {
  return command
    .replaceAll(/registry\.example\.com\/quorum-probe:[\d.]+/g, IMAGES.probe)
    .replace(
      '--namespace monitoring',
      `--namespace ${monitoring} --set scrape.kind=ConfigMap,rules.kind=ConfigMap`,
    )
    .replace(/^kubectl proxy\b/, 'exec kubectl proxy --port=0');
}

before(async () => {
  api = await startApi();
  ensemble = { namespace: await makeNamespace('own'), api, pods: PODS };
  monitoring = await makeNamespace('monitoring');
  shell = await openShell(ensemble.namespace);
  // A StatefulSet of one's own, without a probe, and a Prometheus that loads what its ConfigMaps will hold.
  const own = await renderExample({ components: [] });
  assert.doesNotMatch(own, /name: quorum-probe/);
  await apply(ensemble.namespace, own);
  writeFileSync(join(shell.folder, 'statefulset.yaml'), own);
  symlinkSync(deployFolder, join(shell.folder, 'deploy'));
  prometheus = await startPrometheus({
    ...{ api, namespace: monitoring, rules: 'groups: []', scrapeConfigs: [] },
    later: ['quorum-probe-scrape', 'quorum-probe-rules'],
  });
  await eventually({
    what: 'all pods are ready without a probe',
    withinMs: PATIENCE_MS,
    ask: async () => {
      const pods = await Promise.all(PODS.map((pod) => podOf(ensemble.namespace, pod)));
      return pods.every(isReady) ? true : null;
    },
  });
});

clusterCase(
  'whole',
  "from a StatefulSet of one's own to the page and a firing alert: four commands",
  async () => {
    const commands = commandsOfThePage();
    const [inject = '', chart = '', proxy = '', fault = ''] = commands;
    assert.equal(commands.length, 4);
    const started = performance.now();
    const after = () => (performance.now() - started) / 1000;
    await shellRuns(inject);
    const injected = after();
    await shellRuns(chart);
    const charted = after();
    const address = await proxied(proxy);
    const path = `/api/v1/namespaces/${ensemble.namespace}/pods/zookeeper-0:4888/proxy/`;
    const page = await eventually({
      what: 'the page of zookeeper-0 shows the ensemble',
      withinMs: PATIENCE_MS,
      ask: async () => {
        const answer = await fetch(`${address}${path}`, { signal: AbortSignal.timeout(5000) });
        const text = await answer.text();
        return answer.status === 200 && /3 of 3 voters in quorum/.test(text) ? text : null;
      },
    });
    const shown = after();
    assert.match(page, /zookeeper-0/);
    const targets = await eventually({
      what: 'Prometheus scrapes three ready members',
      withinMs: PATIENCE_MS,
      ask: async () => {
        const found = await prometheus.query(
          `quorum_probe_in_quorum{namespace="${ensemble.namespace}"} == 1`,
        );
        return found.length === 3 ? found : null;
      },
    });
    const scraped = after();
    assert.deepEqual(new Set(targets.map((one) => one['ensemble'])), new Set(['zookeeper']));
    await shellRuns(fault);
    const broken = after();
    const alert = `ALERTS{alertname="QuorumLost",alertstate="firing",namespace="${ensemble.namespace}"}`;
    const [firing] = await eventually({
      what: 'QuorumLost fires',
      withinMs: PATIENCE_MS,
      ask: async () => {
        const found = await prometheus.query(alert);
        return found.length > 0 ? found : null;
      },
    });
    const fired = after();
    assert.equal(firing?.['ensemble'], 'zookeeper');
    return [
      `injected and applied after ${seconds(injected)}`,
      `the chart installed after ${seconds(charted)}`,
      `the page of a healthy ensemble after ${seconds(shown)}, all pods replaced`,
      `scraped after ${seconds(scraped)}`,
      `QuorumLost fires ${seconds(fired - broken)} after two of three were taken away, ${seconds(fired)} in all`,
    ].join('; ');
  },
);

async function shellRuns(line: string): Promise<void> {
  const [program, args, options] = shell.command(here(line));
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
  assert.equal(await exitOf(child), 0, line);
}

/** Starts `kubectl proxy` and gives its address. */
async function proxied(line: string): Promise<string> {
  const [program, args, options] = shell.command(here(line));
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  afterwards(() => child.kill());
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return await eventually({
    what: `${line} serves`,
    withinMs: 30_000,
    ask: () => {
      const address = /127\.0\.0\.1:\d+/.exec(said)?.[0];
      return address === undefined ? null : `http://${address}`;
    },
  });
}

clusterCase('whole', 'the lost members come back and the alert ends', async () => {
  const { namespace } = ensemble;
  const alert = `ALERTS{alertname="QuorumLost",namespace="${namespace}"}`;
  assert.ok((await prometheus.query(alert)).length > 0, 'it fires, from the case before');
  const from = performance.now();
  await kubectlIn(namespace, ['scale', 'statefulset/zookeeper', '--replicas=3']);
  await eventually({
    what: 'QuorumLost no longer fires',
    withinMs: PATIENCE_MS,
    ask: async () => ((await prometheus.query(alert)).length === 0 ? true : null),
  });
  return `resolved ${seconds((performance.now() - from) / 1000)} after the repair`;
});
