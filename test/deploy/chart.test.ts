import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { parse } from 'yaml';
import * as z from 'zod';
import { skipWithout, toolPath } from '../tools.ts';
import type { Manifest } from './manifest.ts';
import { deployFolder, manifestsIn } from './render.ts';
import { run } from './tools.ts';

const chart = join(deployFolder, 'chart');
const needsHelm = { skip: skipWithout('helm') };
const EVERYTHING = ['networkPolicy.enabled=true', 'networkPolicy.namespaces={a,b}'];
const WITHOUT_OPERATOR = ['scrape.kind=ConfigMap', 'rules.kind=ConfigMap'];

function rendered(...settings: string[]): Manifest[] {
  const set = settings.flatMap((setting) => ['--set', setting]);
  return manifestsIn(run(toolPath('helm'), ['template', 'probe', chart, ...set]));
}

function kindsOf(manifests: readonly Manifest[]): string[] {
  return manifests.map(({ kind }) => kind).sort();
}

function checkedIn(file: string): unknown {
  return parse(readFileSync(join(deployFolder, file), 'utf8'));
}

const specOf = z.looseObject({ spec: z.unknown() });
const dataOf = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
  data: z.record(z.string(), z.string()),
});

/** The text that a ConfigMap among these holds under a key. */
function held(manifests: readonly Manifest[], key: string): string {
  const text = manifests.map((one) => dataOf.safeParse(one).data?.data[key]).find(Boolean);
  assert.ok(text, key);
  return text;
}

test('the chart has nothing that helm lint complains of', needsHelm, () => {
  run(toolPath('helm'), ['lint', '--strict', chart]);
});

test(
  'the chart brings scraping, alerts and the dashboard, and no sidecar, gate or policy',
  needsHelm,
  () => {
    const manifests = rendered();
    assert.deepEqual(kindsOf(manifests), ['ConfigMap', 'PodMonitor', 'PrometheusRule']);
    assert.doesNotMatch(JSON.stringify(manifests), /readyz/);
  },
);

test('what the chart brings is what deploy/ has', needsHelm, () => {
  const manifests = rendered();
  const spec = (kind: string) => specOf.parse(manifests.find((one) => one.kind === kind)).spec;
  const monitor = specOf.parse(checkedIn('prometheus/podmonitor.yaml'));
  assert.deepEqual(spec('PodMonitor'), monitor.spec);
  assert.deepEqual(spec('PrometheusRule'), checkedIn('prometheus/rules.yaml'));
  for (const [key, file] of [
    ['quorum-probe.json', 'dashboard'],
    ['quorum-probe-fleet.json', 'fleet'],
  ] as const) {
    const dashboard: unknown = JSON.parse(held(manifests, key));
    assert.deepEqual(dashboard, checkedIn(`grafana/${file}.json`));
  }
  const map = dataOf.parse(manifests.find(({ kind }) => kind === 'ConfigMap'));
  assert.equal(map.metadata.labels['grafana_dashboard'], '1');
});

test('without the operator, scraping and rules are ConfigMaps', needsHelm, () => {
  const manifests = rendered(...WITHOUT_OPERATOR);
  assert.deepEqual(new Set(kindsOf(manifests)), new Set(['ConfigMap']));
  assert.deepEqual(
    parse(held(manifests, 'quorum-probe.rules.yaml')),
    checkedIn('prometheus/rules.yaml'),
  );
  assert.deepEqual(
    parse(held(manifests, 'quorum-probe.scrape.yaml')),
    checkedIn('prometheus/scrape-config.yaml'),
  );
});

test('with the keep-list, what scrapes the probes is what deploy/ has for it', needsHelm, () => {
  const keepList = 'scrape.keepList=true';
  const monitor = rendered(keepList).find(({ kind }) => kind === 'PodMonitor');
  assert.deepEqual(
    specOf.parse(monitor).spec,
    specOf.parse(checkedIn('prometheus/podmonitor-keep-list.yaml')).spec,
  );
  assert.deepEqual(
    parse(held(rendered(keepList, ...WITHOUT_OPERATOR), 'quorum-probe.scrape.yaml')),
    checkedIn('prometheus/scrape-config-keep-list.yaml'),
  );
});

test('the runbook and the interval are those of the values', needsHelm, () => {
  const url = 'https://wiki.example.org/quorum';
  const text = JSON.stringify(rendered(`rules.runbookUrl=${url}`, 'scrape.interval=30s'));
  assert.ok(text.includes(`${url}#quorumlost`));
  // The dashboards lead there too.
  assert.ok(text.includes(`${url}#\${__data.fields.Finding}`));
  assert.ok(!text.includes('quorum-probe.example.com'));
  assert.ok(text.includes('"interval":"30s"'));
  assert.ok(!text.includes('"interval":"15s"'));
});

test('a network policy stands in each namespace that is named', needsHelm, () => {
  const policies = rendered(...EVERYTHING).filter(({ kind }) => kind === 'NetworkPolicy');
  assert.deepEqual(
    policies.map(({ metadata }) => metadata['namespace']),
    ['a', 'b'],
  );
});

test('each part can be switched off', needsHelm, () => {
  const off = ['scrape', 'rules', 'dashboard'].map((part) => `${part}.enabled=false`);
  assert.deepEqual(rendered(...off), []);
});

for (const [setting, complaint] of [
  ['scrape.enable=true', /additional properties 'enable' not allowed/],
  ['scrape.kind=ServiceMonitor', /kind/],
  ['networkPolicy.namespaces=a', /namespaces/],
  ['gate.enabled=true', /additional properties 'gate' not allowed/],
] as const) {
  test(`the schema refuses ${setting}`, needsHelm, () => {
    const { status, stderr } = spawnSync(
      toolPath('helm'),
      ['template', 'probe', chart, '--set', setting],
      { encoding: 'utf8' },
    );
    assert.notEqual(status, 0);
    assert.match(stderr, complaint);
  });
}

const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ConfigMap,
  NetworkPolicy,
  PodMonitor,
  PrometheusRule,
};

test('what the chart brings fits the schemas', needsHelm, () => {
  for (const manifest of [...rendered(...EVERYTHING), ...rendered(...WITHOUT_OPERATOR)]) {
    const Model = MODELS[manifest.kind];
    assert.ok(Model, manifest.kind);
    Reflect.construct(Model, [manifest]).validate();
  }
});
