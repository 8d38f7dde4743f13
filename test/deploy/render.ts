import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { toolPath } from '../tools.ts';
import { asManifests, type Manifest } from './manifest.ts';
import { run } from './tools.ts';

const repository = join(import.meta.dirname, '../..');
export const deployFolder = join(repository, 'deploy');
const fixtures = join(repository, 'test/fixtures');

/** The objects in a YAML text; throws on the first syntax error. */
export function manifestsIn(text: string): Manifest[] {
  const documents = [parseAllDocuments(text)].flat();
  for (const { errors } of documents) if (errors[0]) throw errors[0];
  return asManifests(
    documents.map((document) => document.toJS()).filter((value) => value !== null),
  );
}

const rendered = new Map<string, string>();

/** Rendering costs a second a time; the files stay the same while the tests run. */
function once(key: string, render: () => string): Manifest[] {
  const text = rendered.get(key) ?? render();
  rendered.set(key, text);
  return manifestsIn(text);
}

/** What `kubectl kustomize` makes of a folder under `deploy/`. */
export function renderFolder(folder: string): Manifest[] {
  return once(folder, () => run(toolPath('kubectl'), ['kustomize', join(deployFolder, folder)]));
}

/** An overlay as a user writes it: a StatefulSet of the fixtures with components of `deploy/`. */
export function renderComponents(
  statefulSet: 'plain' | 'full',
  components: readonly string[],
): Manifest[] {
  return once([statefulSet, ...components].join(' '), () => kustomize(statefulSet, components));
}

function kustomize(statefulSet: string, components: readonly string[]): string {
  const overlay = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-overlay-')));
  try {
    cpSync(join(fixtures, 'statefulset', `${statefulSet}.yaml`), join(overlay, 'statefulset.yaml'));
    const kustomization = {
      resources: ['statefulset.yaml'],
      components: components.map((component) => relative(overlay, join(deployFolder, component))),
    };
    writeFileSync(join(overlay, 'kustomization.yaml'), stringify(kustomization));
    return run(toolPath('kubectl'), ['kustomize', overlay]);
  } finally {
    rmSync(overlay, { recursive: true });
  }
}

/** What helm makes of the fixtures' chart with a values file of `deploy/helm`. */
export function renderChart(values: string): Manifest[] {
  const chart = join(fixtures, 'chart');
  const args = ['template', 'zookeeper', chart, '--values', join(deployFolder, 'helm', values)];
  return once(values, () => run(toolPath('helm'), args));
}
