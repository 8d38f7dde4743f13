import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { generatedFiles } from '../../deploy/prometheus/generate.ts';
import { commandOf } from '../../deploy/prometheus/settings.ts';
import { skipWithout, toolPath } from '../tools.ts';
import { deployFolder } from './render.ts';
import { run } from './tools.ts';

const skip = skipWithout('promtool');

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-settings-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('rules over other labels pass the same unit tests over those labels', { skip }, () => {
  const { settings } = commandOf(['--by=namespace,statefulset', '--cluster-label=k8s']);
  const unitTests = readFileSync(join(deployFolder, 'prometheus/rules.test.yaml'), 'utf8')
    .replaceAll('ensemble="', 'statefulset="')
    .replace(/^( +)ensemble: /gm, '$1statefulset: ')
    .replaceAll('label \\"ensemble\\"', 'label \\"statefulset\\"')
    .replaceAll('cluster="', 'k8s="')
    .replace(/^( +)cluster: /gm, '$1k8s: ');
  assert.match(unitTests, /k8s="a",namespace="data",statefulset="zk"/);
  inFolder((folder) => {
    writeFileSync(join(folder, 'rules.yaml'), generatedFiles(settings).get('rules.yaml') ?? '');
    writeFileSync(join(folder, 'rules.test.yaml'), unitTests);
    const printed = run(toolPath('promtool'), ['test', 'rules', join(folder, 'rules.test.yaml')]);
    assert.match(printed, /SUCCESS/);
  });
});

const relabelled = z.array(z.looseObject({ labels: z.record(z.string(), z.string()).nullish() }));

/** The label `ensemble` that the scrape configuration gives a pod with these labels of the discovery. */
function ensembleOf(meta: Readonly<Record<string, string>>): string | undefined {
  const { scrape_configs } = z
    .strictObject({ scrape_configs: z.tuple([z.looseObject({ relabel_configs: z.unknown() })]) })
    .parse(parse(readFileSync(join(deployFolder, 'prometheus/scrape-config.yaml'), 'utf8')));
  const labels = {
    __meta_kubernetes_pod_container_port_name: 'quorum-probe',
    __meta_kubernetes_namespace: 'data',
    __meta_kubernetes_pod_name: 'p-0',
    ...meta,
  };
  const job = {
    job_name: 'quorum-probe',
    static_configs: [{ targets: ['127.0.0.1:4888'], labels }],
    relabel_configs: scrape_configs[0].relabel_configs,
  };
  let found: string | undefined;
  inFolder((folder) => {
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, stringify({ scrape_configs: [job] }));
    const printed = run(toolPath('promtool'), [
      // It waits to the end for more than the targets that are written there.
      ...['check', 'service-discovery', '--timeout=3s'],
      ...[file, 'quorum-probe'],
    ]);
    const [target] = relabelled.parse(JSON.parse(printed));
    found = target?.labels?.['ensemble'];
  });
  return found;
}

const controller = (kind: string, name: string): Record<string, string> => ({
  __meta_kubernetes_pod_controller_kind: kind,
  __meta_kubernetes_pod_controller_name: name,
});
const named = { __meta_kubernetes_pod_label_quorum_probe_ensemble: 'ring' };
const second = { __meta_kubernetes_pod_container_name: 'quorum-probe-zookeeper' };

for (const [what, meta, ensemble] of [
  ['the pods of a StatefulSet are one ensemble', controller('StatefulSet', 'zk'), 'zk'],
  [
    'so are those of an operator’s set',
    controller('StrimziPodSet', 'a-controllers'),
    'a-controllers',
  ],
  ['a pod’s own label goes first', { ...controller('StatefulSet', 'rack-1'), ...named }, 'ring'],
  ['a pod that nothing owns can be labelled too', named, 'ring'],
  ['a ReplicaSet is no ensemble', controller('ReplicaSet', 'web-5d4f'), undefined],
  ['the node of a static pod is no ensemble', controller('Node', 'node-1'), undefined],
  [
    'a second probe in the pod watches another ensemble',
    { ...controller('StatefulSet', 'nifi'), ...second },
    'nifi/zookeeper',
  ],
] as const) {
  test(`by the scrape configuration ${what}`, { skip }, () => {
    assert.equal(ensembleOf(meta), ensemble);
  });
}
