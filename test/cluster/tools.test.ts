import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { before } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { clusterCase } from './case.ts';
import { type Ensemble, healthy } from './ensemble.ts';
import { IMAGES } from './images.ts';
import { kubectlIn, startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';
import { eventually } from './retry.ts';

let ensemble: Ensemble;
const POD = 'zookeeper-0';

before(async () => {
  const api = await startApi();
  const namespace = await makeNamespace('tools');
  ensemble = { namespace, api, pods: ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'] };
  await apply(namespace, await renderExample());
  await healthy(ensemble, 120_000);
});

clusterCase('whole', 'kubectl exec scans in the container, which has no shell', async () => {
  const scan = ['/nodejs/bin/node', '/app/dist/main.js', 'scan', '--json'];
  const exec = ['exec', POD, '--container=quorum-probe', '--', ...scan];
  const report: Report = JSON.parse(await kubectlIn(ensemble.namespace, exec));
  assert.equal(report.verdict, 'healthy');
  return `${report.role}, ${report.verdict}`;
});

clusterCase('whole', 'the page is read through kubectl port-forward', async () => {
  const forward = ['port-forward', `pod/${POD}`, ':4888'];
  const child = spawn('kubectl', ['--namespace', ensemble.namespace, ...forward], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    const port = /127\.0\.0\.1:(\d+)/.exec(String(line))?.[1];
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(answer.status, 200);
    const page = await answer.text();
    assert.match(page, /zookeeper-0/);
    return `${page.length} characters`;
  } finally {
    child.kill();
  }
});

clusterCase(
  'whole',
  'the image as an ephemeral container scans the pod that it is added to',
  async () => {
    const { namespace } = ensemble;
    const container = ['--container=look', '--profile=restricted', `--image=${IMAGES.probe}`];
    const scan = ['scan', '--json', '--ensemble-size=3'];
    await kubectlIn(namespace, ['debug', POD, ...container, '--arguments-only', '--', ...scan]);
    const report = await eventually({
      what: 'the ephemeral container has printed its report',
      withinMs: 30_000,
      ask: async (): Promise<Report> =>
        JSON.parse(await kubectlIn(namespace, ['logs', POD, '--container=look'])),
    });
    assert.equal(report.inQuorum, true);
    return `${report.role}, ${report.verdict}`;
  },
);
