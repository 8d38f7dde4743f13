import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { skipWithout, toolPath } from '../tools.ts';
import { containerNamed, statefulSetOf } from './manifest.ts';
import { deployFolder, manifestsIn } from './render.ts';
import { run } from './tools.ts';

const readme = readFileSync(join(deployFolder, 'README.md'), 'utf8');
const kustomizations = [...readme.matchAll(/```yaml\n# (kustomization\.yaml[^\n]*)\n(.*?)```/gs)];

test('the README shows a component and an example in use', () => {
  assert.equal(kustomizations.length, 2);
});

for (const [, title, kustomization = ''] of kustomizations) {
  test(`the README's ${title} adds the probe with your image`, {
    skip: skipWithout('kubectl'),
  }, () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-readme-')));
    try {
      for (const part of ['components', 'examples']) {
        cpSync(join(deployFolder, part), join(folder, 'quorum-probe/deploy', part), {
          recursive: true,
        });
      }
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
}

test("from a StatefulSet of one's own to the page it takes four commands at most", () => {
  const front = readFileSync(join(deployFolder, '../README.md'), 'utf8');
  const section = front.split('\n## Install\n')[1] ?? '';
  const commands = /```sh\n(.*?)\n```/s.exec(section)?.[1]?.split('\n') ?? [];
  assert.ok(commands.length > 0 && commands.length <= 4, String(commands.length));
  assert.ok(commands.every((command) => !/&&|;/.test(command)));
  assert.match(commands.join('\n'), / inject .*kubectl apply.*\n.*port-forward/);
});
