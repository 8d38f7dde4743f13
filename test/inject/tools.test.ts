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
import { Lexer } from 'yaml';
import { limitsOf } from '../../src/commands/inject/limits.ts';
import { buildProgram } from '../built-program.ts';
import { containerNamed, environmentOf, statefulSetOf } from '../deploy/manifest.ts';
import { deployFolder, manifestsIn, renderComponents } from '../deploy/render.ts';
import { run } from '../deploy/tools.ts';
import { HEAP_LIMIT_MIB, IMAGE_FLAGS } from '../image-flags.ts';
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

/** `inject` with the heap that the image gives it. */
function inImage(input: string, ...words: string[]) {
  return spawnSync(process.execPath, [...IMAGE_FLAGS, program, 'inject', ...words], {
    input,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
}

test("a megabyte of manifests fits into the image's heap", () => {
  const set = fixture('zookeeper-chart.yaml').replace(/^---\n/, '');
  const others = `${set.slice(0, set.indexOf('---'))}---\n`;
  const blob = `kind: ConfigMap\ndata:\n  a: |\n${'    a line of a dashboard\n'.repeat(40_000)}---\n`;
  for (const padding of [others.repeat(Math.ceil(1e6 / others.length)), blob]) {
    const { status, stdout, stderr } = inImage(padding + set, '--gate', '--hold');
    assert.equal(status, 0, stderr);
    assert.ok(stdout.startsWith(padding));
    assert.match(stderr, /added the probe beside zookeeper/);
  }
});

test('one document that is near to what is refused fits too; a larger one is refused', () => {
  const sets = manifestsIn(fixture('zookeeper-chart.yaml'));
  const other = {
    kind: 'ConfigMap',
    data: Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz1234'].map((key) => [key, key])),
  };
  const listOf = (length: number) =>
    JSON.stringify(
      { kind: 'List', items: [...sets, ...Array.from({ length }, () => other)] },
      null,
      2,
    );
  const tokens = (text: string) => [...new Lexer().lex(text)].length;
  const { tokens: most } = limitsOf(HEAP_LIMIT_MIB * 1024 * 1024);
  const each = tokens(listOf(2)) - tokens(listOf(1));
  const text = listOf(Math.floor((0.97 * most - tokens(listOf(0))) / each));
  const once = inImage(text, '--gate', '--hold');
  assert.equal(once.status, 0, once.stderr);
  const back = inImage(once.stdout, '--remove');
  assert.equal(back.status, 0, back.stderr);
  assert.equal(back.stdout, text);
  const refused = inImage(listOf(2 * Math.floor(most / each)));
  assert.deepEqual([refused.status, refused.stdout], [2, '']);
  assert.match(refused.stderr, /the document at line 1 has more than \d+ tokens/);
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

test('what inject adds is what the components add', {
  skip: skipWithout('kubectl'),
}, () => {
  const full = statefulSetOf(
    renderComponents('full', ['components/observe', 'components/gate-server', 'components/gate']),
  );
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
    const server = (set: typeof full) => containerNamed(set, 'server').readinessProbe;
    assert.ok(server(full));
    assert.deepEqual(server(injected), server(full));
    assert.equal(injected.spec.podManagementPolicy, full.spec.podManagementPolicy);
    assert.equal(injected.spec.minReadySeconds, full.spec.minReadySeconds);
    const volumes = (set: typeof full) =>
      [...set.spec.template.spec.volumes].sort((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual(volumes(injected), volumes(full));
    assert.deepEqual(injected.spec.template.metadata.labels, full.spec.template.metadata.labels);
  });
});
