import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import { OVERLAYS } from '../deploy/overlays.ts';
import { deployFolder, manifestsIn } from '../deploy/render.ts';
import { run } from '../deploy/tools.ts';
import { toolPath } from '../tools.ts';
import { clusterCase } from './case.ts';
import { makeNamespace } from './namespace.ts';
import { dryRun, makeDefinitions } from './strict.ts';

/** Files of objects that the operators of Prometheus and Istio know, and that need no rendering. */
const CUSTOM = [
  'prometheus/podmonitor.yaml',
  'prometheus/prometheusrule.yaml',
  'istio/podmonitor.yaml',
];

let namespace = '';

before(async () => {
  namespace = await makeNamespace('dry-run');
  await makeDefinitions();
});

clusterCase(
  'whole',
  'the API server takes every overlay and example, strictly and without a warning',
  async () => {
    const overlays = OVERLAYS.map(({ title, render }) => ({ title, manifests: render() }));
    const files = CUSTOM.map((file) => ({
      title: file,
      manifests: manifestsIn(readFileSync(join(deployFolder, file), 'utf8')),
    }));
    const complaints: string[] = [];
    for (const { title, manifests } of [...overlays, ...files]) {
      const said = await dryRun(namespace, manifests);
      if (said !== '') complaints.push(`${title}: ${said}`);
    }
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return `${overlays.length + files.length} sets of objects: no refusal, no warning`;
  },
);

/** The chart's values that decide what it holds. */
const CHARTED: readonly (readonly string[])[] = [
  [],
  ['scrape.keepList=true', 'networkPolicy.enabled=true', 'rules.labels.release=prometheus'],
  ['scrape.kind=ConfigMap', 'rules.kind=ConfigMap'],
];

clusterCase('whole', 'the API server takes what the chart brings, as strictly', async () => {
  const chart = join(deployFolder, 'chart');
  for (const settings of CHARTED) {
    const set = settings.flatMap((setting) => ['--set', setting]);
    const text = run(toolPath('helm'), ['template', 'quorum-probe', chart, ...set]);
    assert.equal(await dryRun(namespace, manifestsIn(text)), '', settings.join(' '));
  }
  return `${CHARTED.length} sets of values: no refusal, no warning`;
});
