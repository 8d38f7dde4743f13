import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before } from 'node:test';
import type { Manifest } from '../deploy/manifest.ts';
import { OVERLAYS } from '../deploy/overlays.ts';
import { deployFolder, manifestsIn } from '../deploy/render.ts';
import { exitOf } from '../lab/run-command.ts';
import { afterwards } from './afterwards.ts';
import { clusterCase } from './case.ts';
import { kubectl } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';

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
      const said = await dryRun(manifests);
      if (said !== '') complaints.push(`${title}: ${said}`);
    }
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return `${overlays.length + files.length} sets of objects: no refusal, no warning`;
  },
);

/** What the API server has to say about objects that it would not keep: refusals and warnings. */
async function dryRun(manifests: readonly Manifest[]): Promise<string> {
  const apply = ['apply', '--dry-run=server', '--validate=strict', '--filename=-'];
  const child = spawn('kubectl', ['--namespace', namespace, ...apply], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // A rendered object may name the namespace that it is for, which does not exist here.
  const here = manifests.map((one) => ({ ...one, metadata: { ...one.metadata, namespace } }));
  child.stdin.end(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: here }));
  const code = await exitOf(child);
  return code === 0 ? said : `exit ${code}: ${said}`;
}

/** The custom resources of the two operators, unless the cluster has them, and until the end. */
async function makeDefinitions(): Promise<void> {
  const folder = process.env['QUORUM_CLUSTER_CRDS'];
  if (folder === undefined)
    throw new Error('QUORUM_CLUSTER_CRDS must name the folder of the definitions');
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const names = ['--output=name', '--ignore-not-found', `--filename=${path}`];
    const existing = await kubectl(['get', ...names]).catch(() => '');
    if (existing !== '') continue;
    await kubectl(['create', `--filename=${path}`]);
    afterwards(() => kubectl(['delete', '--wait=false', `--filename=${path}`]));
    await kubectl(['wait', '--for=condition=Established', '--timeout=60s', `--filename=${path}`]);
  }
}
