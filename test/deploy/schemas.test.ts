import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { PeerAuthentication } from '@kubernetes-models/istio/security.istio.io/v1beta1/PeerAuthentication';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { skipWithout } from '../tools.ts';
import type { Manifest } from './manifest.ts';
import { OVERLAYS } from './overlays.ts';
import { deployFolder, manifestsIn } from './render.ts';
import { run } from './tools.ts';

interface Model {
  /** The published type's module and name, for unknown fields, which the validators let through. */
  readonly module: string;
  readonly validate: (manifest: Manifest) => void;
}

function model(module: string, Class: new (data: never) => { validate(): void }): Model {
  return {
    module,
    validate: (manifest) => Reflect.construct(Class, [manifest]).validate(),
  };
}

const operator = '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
const MODELS: Readonly<Record<string, Model>> = {
  StatefulSet: model('kubernetes-models/apps/v1/StatefulSet', StatefulSet),
  Service: model('kubernetes-models/v1/Service', Service),
  ConfigMap: model('kubernetes-models/v1/ConfigMap', ConfigMap),
  PodDisruptionBudget: model(
    'kubernetes-models/policy/v1/PodDisruptionBudget',
    PodDisruptionBudget,
  ),
  NetworkPolicy: model('kubernetes-models/networking.k8s.io/v1/NetworkPolicy', NetworkPolicy),
  PeerAuthentication: model(
    '@kubernetes-models/istio/security.istio.io/v1beta1/PeerAuthentication',
    PeerAuthentication,
  ),
  PodMonitor: model(`${operator}/PodMonitor`, PodMonitor),
  PrometheusRule: model(`${operator}/PrometheusRule`, PrometheusRule),
};

function modelOf({ kind }: Manifest): Model {
  const found = MODELS[kind];
  if (!found) throw new Error(`no schema for ${kind}`);
  return found;
}

function validate(manifests: readonly Manifest[]): void {
  for (const manifest of manifests) modelOf(manifest).validate(manifest);
}

/** Manifests that need no rendering. */
function checkedIn(): Manifest[] {
  const files = [
    'prometheus/podmonitor.yaml',
    'prometheus/podmonitor-keep-list.yaml',
    'prometheus/prometheusrule.yaml',
    'istio/podmonitor.yaml',
  ];
  return files.flatMap((file) => manifestsIn(readFileSync(join(deployFolder, file), 'utf8')));
}

for (const { title, tool, render } of OVERLAYS) {
  test(`${title} fits the Kubernetes schemas`, { skip: skipWithout(tool) }, () => {
    validate(render());
  });
}

test('the PodMonitors and the PrometheusRule fit their schemas', () => {
  validate(checkedIn());
});

test('the schemas refuse a field of the wrong type', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
  assert.throws(() => validate([{ ...service, spec: { publishNotReadyAddresses: 'true' } }]));
});

/** What the type checker says of each manifest as a literal of its published type. */
function unknownFields(manifests: readonly Manifest[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-types-'));
  const modules = join(deployFolder, '../node_modules');
  try {
    symlinkSync(modules, join(folder, 'node_modules'));
    const imports = Object.entries(MODELS).map(
      ([kind, { module }]) => `import type { I${kind} } from '${module}';`,
    );
    const literals = manifests.map(
      (manifest, index) =>
        `export const m${index}: I${manifest.kind} = ${JSON.stringify(manifest)};`,
    );
    writeFileSync(join(folder, 'manifests.ts'), [...imports, ...literals].join('\n'));
    const options = { strict: true, noEmit: true, skipLibCheck: true, types: [] };
    const compilerOptions = { ...options, module: 'NodeNext', moduleResolution: 'NodeNext' };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    run(join(modules, '.bin/tsc'), ['-p', folder]);
    return '';
  } catch (error) {
    return String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('no manifest has a field that its schema does not know', {
  skip: skipWithout('kubectl') || skipWithout('helm'),
}, () => {
  const manifests = [...OVERLAYS.flatMap(({ render }) => render()), ...checkedIn()];
  assert.equal(unknownFields(manifests), '');
});

test('a misspelt field is found', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
  const found = unknownFields([{ ...service, spec: { publishNotReadyAddress: true } }]);
  assert.match(found, /publishNotReadyAddress/);
});
