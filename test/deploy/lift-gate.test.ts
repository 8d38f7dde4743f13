import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { skipWithout, toolPath } from '../tools.ts';
import { containerNamed, statefulSetOf } from './manifest.ts';
import { deployFolder, manifestsIn, renderComponents } from './render.ts';
import { run } from './tools.ts';

const skip = skipWithout('kubectl');
const page = readFileSync(join(deployFolder, 'READINESS.md'), 'utf8');

function scratch(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-gate-')));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

for (const [components, list] of [
  [['components/observe', 'components/gate'], 'containers'],
  [['components/native-sidecar', 'components/native-sidecar-gate'], 'initContainers'],
] as const) {
  test(`the command of the page takes the probe out of ${list}, and nothing else`, {
    skip,
  }, (t) => {
    const [, command] = /^kubectl patch statefulset NAME -p '(.*)'$/m.exec(page) ?? [];
    const patch = command?.replace('"containers"', `"${list}"`);
    assert.ok(patch);
    const gated = renderComponents('full', components).filter(({ kind }) => kind === 'StatefulSet');
    const file = join(scratch(t), 'gated.yaml');
    writeFileSync(file, gated.map((each) => stringify(each)).join('---\n'));
    const patched = statefulSetOf(
      manifestsIn(
        run(toolPath('kubectl'), ['patch', '-f', file, '--local', '-o', 'yaml', '-p', patch]),
      ),
    );
    const names = (set: ReturnType<typeof statefulSetOf>) => {
      const { containers, initContainers = [] } = set.spec.template.spec;
      return [...containers, ...initContainers].map(({ name }) => name);
    };
    const before = names(statefulSetOf(gated));
    assert.ok(before.includes('quorum-probe'));
    assert.deepEqual(
      names(patched),
      before.filter((name) => name !== 'quorum-probe'),
    );
  });
}

test('where the server asks the probe too, the other command of the page takes that out as well', {
  skip,
}, (t) => {
  const commands = [...page.matchAll(/^kubectl patch statefulset NAME -p '(.*)'$/gm)];
  const patch = commands[1]?.[1]?.replace('SERVER', 'server') ?? '';
  const components = ['observe', 'gate-server', 'gate'].map((name) => `components/${name}`);
  const gated = renderComponents('full', components).filter(({ kind }) => kind === 'StatefulSet');
  const file = join(scratch(t), 'gated.yaml');
  writeFileSync(file, gated.map((each) => stringify(each)).join('---\n'));
  const local = ['patch', '-f', file, '--local', '-o', 'yaml', '-p', patch];
  const { containers } = statefulSetOf(manifestsIn(run(toolPath('kubectl'), local))).spec.template
    .spec;
  assert.ok(containerNamed(statefulSetOf(gated), 'server').readinessProbe);
  assert.deepEqual(
    containers.map(({ name, readinessProbe }) => [name, readinessProbe ?? null]),
    [
      ['server', null],
      ['exporter', null],
    ],
  );
});

test('the patch of the page takes srvr out of a gate for a system that does not answer it', {
  skip,
}, (t) => {
  const [, yaml] = /```yaml\n(patches:\n[\s\S]*?)```/.exec(page) ?? [];
  assert.ok(yaml);
  const overlay = scratch(t);
  const source = join(deployFolder, '../test/fixtures/statefulset/full.yaml');
  const manifests = manifestsIn(readFileSync(source, 'utf8'));
  const name = manifests.find(({ kind }) => kind === 'StatefulSet')?.metadata.name ?? '';
  cpSync(source, join(overlay, 'statefulset.yaml'));
  const kustomization = {
    resources: ['statefulset.yaml'],
    components: ['examples/etcd', 'components/gate'].map((each) =>
      relative(overlay, join(deployFolder, each)),
    ),
    ...parse(yaml.replaceAll('NAME', name)),
  };
  writeFileSync(join(overlay, 'kustomization.yaml'), stringify(kustomization));
  const set = statefulSetOf(manifestsIn(run(toolPath('kubectl'), ['kustomize', overlay])));
  const probe = set.spec.template.spec.containers.find((one) => one.name === 'quorum-probe');
  const environment = probe?.env?.map((variable) => variable.name) ?? [];
  assert.ok(environment.includes('QUORUM_PROBE_BOOTSTRAP'));
  assert.ok(!environment.includes('QUORUM_PROBE_ASK'));
});
