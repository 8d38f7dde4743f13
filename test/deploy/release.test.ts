import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import test from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { injected } from '../inject/fixtures.ts';
import { deployFolder } from './render.ts';
import { linksOf } from './runbook.ts';
import { run } from './tools.ts';

const repository = join(deployFolder, '..');
const workflowsFolder = join(repository, '.github/workflows');

const permissions = z.record(z.string(), z.enum(['read', 'write']));
const steps = z.array(
  z.looseObject({
    uses: z.string().optional(),
    run: z.string().optional(),
    with: z.record(z.string(), z.unknown()).optional(),
  }),
);
/** A job runs steps, or a workflow of this repository. */
const job = z.union([
  z.looseObject({
    'timeout-minutes': z.int(),
    steps,
    permissions: permissions.optional(),
    needs: z.union([z.string(), z.array(z.string())]).optional(),
  }),
  z
    .strictObject({ needs: z.string(), uses: z.string().startsWith('./.github/workflows/') })
    .transform((called) => ({ ...called, steps: [], permissions: undefined })),
]);
const workflow = z.looseObject({ permissions, jobs: z.record(z.string(), job) });

const workflows = readdirSync(workflowsFolder).map((name) => {
  const text = readFileSync(join(workflowsFolder, name), 'utf8');
  return { name, text, content: workflow.parse(parse(text)) };
});

for (const { name, text, content } of workflows) {
  test(`the workflow ${name} writes nothing unless a job of it says so, and keeps no token in the checkout`, () => {
    assert.deepEqual(content.permissions, { contents: 'read' });
    for (const step of Object.values(content.jobs).flatMap((one) => one.steps)) {
      if (step.uses?.startsWith('actions/checkout@') !== true) continue;
      assert.equal(step.with?.['persist-credentials'], false);
    }
  });

  test(`the workflow ${name} names each action by its commit, with the version beside it`, () => {
    const used = [...text.matchAll(/^.*\buses: (?!\.\/)(.*)$/gm)].map(([, what = '']) => what);
    for (const what of used) {
      assert.match(what, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });
}

test('one action is of one commit in all workflows', () => {
  const pins = new Map<string, Set<string>>();
  for (const { text } of workflows) {
    for (const [, name = '', pin = ''] of text.matchAll(/uses: ([\w/-]+)@(.*)$/gm)) {
      pins.set(name, (pins.get(name) ?? new Set()).add(pin));
    }
  }
  assert.ok(pins.size > 5);
  for (const [name, known] of pins) assert.equal(known.size, 1, name);
});

test('a release publishes only what has passed the tests, and only its jobs that publish may write', () => {
  const jobs = workflows.find(({ name }) => name === 'release.yml')?.content.jobs ?? {};
  const needsOf = (name: string): string[] => {
    const one = jobs[name];
    const needs = one?.needs === undefined ? [] : [one.needs].flat();
    return [...needs, ...needs.flatMap(needsOf)];
  };
  const writing = Object.entries(jobs).filter(([, one]) =>
    Object.values(one.permissions ?? {}).includes('write'),
  );
  assert.deepEqual(
    writing.map(([name]) => name),
    ['image', 'chart', 'npm'],
  );
  for (const [name] of writing) assert.ok(needsOf(name).includes('test'), name);
});

test('the kind workflow has manifests that inject knows', () => {
  const all = workflows.flatMap(({ content }) =>
    Object.values(content.jobs).flatMap((one) => one.steps),
  );
  const script = all.find((step) => step.run?.includes('set.yaml'))?.run ?? '';
  const manifests = /<<'YAML'\n(.*?)\nYAML\n/s.exec(script)?.[1] ?? '';
  const { report } = injected(
    manifests,
    '--gate',
    '--image=registry.example.com/quorum-probe:test',
  );
  assert.equal(report.length, 1, report.join('\n'));
  assert.match(report.join('\n'), /added the probe beside zookeeper with profile zookeeper/);
});

test('the package, the chart and the plugin are of one version', () => {
  const versioned = z.looseObject({ version: z.string(), appVersion: z.string().optional() });
  const versionOf = (file: string) =>
    versioned.parse(parse(readFileSync(join(repository, file), 'utf8')));
  const { version } = versionOf('package.json');
  const chart = versionOf('deploy/chart/Chart.yaml');
  assert.deepEqual([chart.version, chart.appVersion], [version, version]);
  assert.equal(versionOf('deploy/helm/post-renderer/plugin.yaml').version, version);
});

test('the npm package holds every file that its pages link to', () => {
  const printed = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: repository,
  });
  const [packed] = z
    .array(z.looseObject({ files: z.array(z.looseObject({ path: z.string() })) }))
    .parse(JSON.parse(printed));
  const files = new Set(packed?.files.map(({ path }) => path));
  const holds = (path: string) =>
    files.has(path) || [...files].some((file) => file.startsWith(`${path}/`));
  for (const page of ['README.md', 'SECURITY.md', 'deploy/README.md', 'deploy/RUNBOOK.md']) {
    const below = page.startsWith('deploy/') ? page.slice('deploy/'.length) : `../${page}`;
    for (const { path } of linksOf(below)) {
      const target = normalize(join(page, '..', path === below ? '.' : path));
      const linked = path === below ? page : target;
      assert.ok(holds(linked), `${page} links to ${linked}`);
    }
  }
  assert.ok(!files.has('deploy/generate-sidecars.ts'));
});
