import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { skipWithout, toolPath } from '../tools.ts';
import { containerNamed, statefulSetOf } from './manifest.ts';
import { deployFolder, manifestsIn } from './render.ts';
import { run } from './tools.ts';

test("the README's kustomization adds the probe with your image", {
  skip: skipWithout('kubectl'),
}, () => {
  const readme = readFileSync(join(deployFolder, 'README.md'), 'utf8');
  const kustomization = /```yaml\n# kustomization\.yaml[^\n]*\n(.*?)```/s.exec(readme)?.[1];
  assert.ok(kustomization);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-readme-')));
  try {
    cpSync(join(deployFolder, 'components'), join(folder, 'quorum-probe/deploy/components'), {
      recursive: true,
    });
    const statefulSet = join(import.meta.dirname, '../fixtures/statefulset/plain.yaml');
    cpSync(statefulSet, join(folder, 'statefulset.yaml'));
    writeFileSync(join(folder, 'kustomization.yaml'), kustomization);
    const rendered = run(toolPath('kubectl'), ['kustomize', folder]);
    const probe = containerNamed(statefulSetOf(manifestsIn(rendered)), 'quorum-probe');
    assert.equal(probe.image, 'registry.example.com/quorum-probe:0.1.0');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("from a StatefulSet of one's own to the page it takes four commands at most", () => {
  const readme = readFileSync(join(deployFolder, '../README.md'), 'utf8');
  const section = readme.split('\n## On Kubernetes\n')[1] ?? '';
  const commands = /```sh\n(.*?)\n```/s.exec(section)?.[1]?.split('\n') ?? [];
  assert.ok(commands.length > 0 && commands.length <= 4, String(commands.length));
  assert.ok(commands.every((command) => !/&&|;/.test(command)));
  assert.match(commands.join('\n'), / inject .*kubectl apply.*\n.*port-forward/);
});
