import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { test } from 'node:test';
import { buildProgram } from '../built-program.ts';
import { containerNamed, environmentOf, statefulSetOf } from '../deploy/manifest.ts';
import { deployFolder, manifestsIn, renderComponents } from '../deploy/render.ts';
import { run } from '../deploy/tools.ts';
import { skipWithout, toolPath } from '../tools.ts';
import { fixture } from './fixtures.ts';

const program = resolve(buildProgram().path);

/** What `inject` prints for a text on its standard input. */
function inject(input: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'inject', ...words], {
    input,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** A folder of its own for a test, and afterwards gone. */
function inFolder(use: (folder: string) => void): void {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-inject-')));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function kustomized(folder: string, statefulSet: string, more: string): string {
  writeFileSync(join(folder, 'set.yaml'), statefulSet);
  writeFileSync(join(folder, 'kustomization.yaml'), `resources: [set.yaml]\n${more}`);
  return run(toolPath('kubectl'), ['kustomize', folder]);
}

test('a bad manifest leaves standard output empty, with exit code 2', () => {
  const { status, stdout, stderr } = buildProgram().runs(['inject', '/dev/null', '--gated']);
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /did you mean --gate/);
});

test('a file is read and printed with the probe', () => {
  const file = join(deployFolder, 'examples/zookeeper/statefulset.yaml');
  const { status, stdout, stderr } = buildProgram().runs(['inject', file]);
  assert.equal(status, 0);
  assert.match(stderr, /StatefulSet zookeeper: added the probe beside zookeeper/);
  assert.ok(containerNamed(statefulSetOf(manifestsIn(stdout)), 'quorum-probe'));
});

test('Helm runs it as a post-renderer', { skip: skipWithout('helm') }, () => {
  inFolder((folder) => {
    cpSync(join(deployFolder, 'helm/post-renderer'), join(folder, 'plugins/quorum-probe'), {
      recursive: true,
    });
    mkdirSync(join(folder, 'bin'));
    const command = join(folder, 'bin/quorum-probe');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(command, 0o755);
    const chart = join(import.meta.dirname, '../fixtures/chart');
    const words = ['--gate', '--image=registry.example.com/quorum-probe:1'];
    const { status, stdout, stderr } = spawnSync(
      toolPath('helm'),
      [
        ...['template', 'zk', chart, '--post-renderer', 'quorum-probe'],
        ...words.flatMap((word) => ['--post-renderer-args', word]),
      ],
      {
        encoding: 'utf8',
        env: {
          HOME: folder,
          PATH: [join(folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
          HELM_PLUGINS: join(folder, 'plugins'),
        },
      },
    );
    assert.equal(status, 0, stderr);
    const set = statefulSetOf(manifestsIn(stdout));
    const probe = containerNamed(set, 'quorum-probe');
    assert.equal(probe.image, 'registry.example.com/quorum-probe:1');
    assert.equal(environmentOf(probe)['QUORUM_PROBE_SERVICE'], 'zk-headless.$(POD_NAMESPACE)');
    assert.equal(set.spec.podManagementPolicy, 'Parallel');
  });
});

test('behind kustomize the names that it made are in the environment', {
  skip: skipWithout('kubectl'),
}, () => {
  inFolder((folder) => {
    const rendered = kustomized(folder, fixture('zookeeper-chart.yaml'), 'namePrefix: blue-\n');
    assert.match(
      inject(rendered),
      /QUORUM_PROBE_SERVICE\n +value: blue-release-zookeeper-headless\.\$\(POD_NAMESPACE\)\n/,
    );
  });
});

for (const way of [[], ['--gate'], ['--native-sidecar', '--gate']]) {
  test(`what kustomize wrote anew is taken out again, after inject ${way.join(' ')}`, {
    skip: skipWithout('kubectl'),
  }, () => {
    inFolder((folder) => {
      const text = fixture('zookeeper-chart.yaml');
      const before = manifestsIn(kustomized(folder, text, 'labels: [{pairs: {a: b}}]\n'));
      const after = kustomized(folder, inject(text, ...way), 'labels: [{pairs: {a: b}}]\n');
      assert.deepEqual(withoutNulls(manifestsIn(inject(after, '--remove'))), withoutNulls(before));
    });
  });
}

/** kustomize leaves out keys without a value. */
function withoutNulls(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inner: unknown) => (inner === null ? undefined : inner));
  return JSON.parse(text);
}

test('the probe that inject adds is the one that the component adds', {
  skip: skipWithout('kubectl'),
}, () => {
  const full = statefulSetOf(renderComponents('full', ['components/observe', 'components/gate']));
  inFolder((folder) => {
    cpSync(
      join(import.meta.dirname, '../fixtures/statefulset/full.yaml'),
      join(folder, 'full.yaml'),
    );
    const file = join(folder, 'full.yaml');
    const { stdout } = buildProgram().runs(['inject', file, '--gate', '--profile=zookeeper']);
    const injected = statefulSetOf(manifestsIn(stdout));
    const sorted = (set: typeof full) => {
      const { env, ...rest } = containerNamed(set, 'quorum-probe');
      return { ...rest, env: [...env].sort((a, b) => a.name.localeCompare(b.name)) };
    };
    assert.deepEqual(sorted(injected), sorted(full));
    assert.equal(injected.spec.podManagementPolicy, full.spec.podManagementPolicy);
    assert.equal(injected.spec.minReadySeconds, full.spec.minReadySeconds);
    const volumes = (set: typeof full) =>
      [...set.spec.template.spec.volumes].sort((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual(volumes(injected), volumes(full));
    assert.deepEqual(injected.spec.template.metadata.labels, full.spec.template.metadata.labels);
  });
});
