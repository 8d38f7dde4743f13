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

const workflow = z.looseObject({
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  jobs: z.record(
    z.string(),
    z.looseObject({
      'timeout-minutes': z.int(),
      steps: z.array(z.looseObject({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});

const workflows = readdirSync(workflowsFolder).map((name) => ({
  name,
  content: workflow.parse(parse(readFileSync(join(workflowsFolder, name), 'utf8'))),
}));

for (const { name, content } of workflows) {
  test(`the workflow ${name} writes nothing unless a job of it says so, and names a version of each action`, () => {
    assert.deepEqual(content.permissions, { contents: 'read' });
    for (const { uses } of Object.values(content.jobs).flatMap(({ steps }) => steps)) {
      if (uses !== undefined) assert.match(uses, /@v\d/);
    }
  });
}

test('the kind workflow has manifests that inject knows', () => {
  const steps = workflows.flatMap(({ content }) =>
    Object.values(content.jobs).flatMap((job) => job.steps),
  );
  const script = steps.find((step) => step.run?.includes('set.yaml'))?.run ?? '';
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
