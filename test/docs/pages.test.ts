import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import { checkNames } from '../../src/assess/report/checks.ts';
import { DIAGNOSE_OPTIONS } from '../../src/config/diagnose-options.ts';
import { INJECT_OPTIONS } from '../../src/config/inject-options.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { SCAN_ERRORS } from '../../src/model/agent-view.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { invoke } from '../config/invocation.ts';
import { deployFolder } from '../deploy/render.ts';
import { linksOf, sectionsOf } from '../deploy/runbook.ts';
import { readPage } from './blocks.ts';

const ROOT = join(import.meta.dirname, '../..');
const readme = readPage('README.md');
const reference = readPage('deploy/REFERENCE.md');
const contributing = readPage('CONTRIBUTING.md');
const profilesPage = readPage('deploy/PROFILES.md');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'deploy/DIAGNOSE.md',
  'deploy/FIELDS.md',
  'deploy/MEASURED.md',
  'deploy/PROFILES.md',
  'deploy/REFERENCE.md',
  'deploy/README.md',
  'deploy/READINESS.md',
  'deploy/RUNBOOK.md',
  'test/cluster/README.md',
];

/** Shorter ones, such as `As for QuorumLost.`, may stand in several sections. */
const LEAST_REPEATED = 100;

const manifest = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readPage('package.json')));

/** The first cells of the tables in a section, without their backticks. */
function firstCells(page: string, heading: string): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

/** Every source of `src`, as one text. */
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
  .join('\n');

function allMatches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, found = '']) => found))];
}

test('the README begins with the two commands that set everything up', () => {
  const screen = readme.split('\n').slice(0, 15).join('\n');
  assert.match(screen, /^npm ci && npm run demo /m);
  assert.match(screen, /^npm ci && npm test /m);
});

test('the README has at most 900 words', () => {
  assert.ok(readme.split(/\s+/).length <= 900);
});

test('every npm command that the pages name exists', () => {
  for (const page of PAGES) {
    const named = allMatches(readPage(page), /\bnpm (?:run )?([a-z:]+)/g);
    for (const script of named) {
      assert.ok(script === 'ci' || script in manifest.scripts, `${page}: npm ${script}`);
    }
  }
});

test('every option that the pages name exists', () => {
  const names = [
    ...[...ALL_OPTIONS, ...DIAGNOSE_OPTIONS, ...INJECT_OPTIONS].map(({ name }) => name),
    'help',
    'version',
    'show',
  ];
  for (const page of [readme, reference, contributing]) {
    for (const name of allMatches(page, /`--([a-z-]+)/g)) assert.ok(names.includes(name), name);
  }
  const variables = allMatches(readme + reference, /\bQUORUM_PROBE_([A-Z_]+)/g);
  for (const variable of variables) {
    const name = variable.toLowerCase().replaceAll('_', '-');
    assert.ok(names.includes(name), variable);
  }
});

for (const page of PAGES) {
  test(`every link of ${page} within the repository leads somewhere`, () => {
    const below = page.startsWith('deploy/') ? page.slice('deploy/'.length) : `../${page}`;
    for (const { path, anchor } of linksOf(below)) {
      const target = path === below ? below : join(dirname(below), path);
      assert.ok(existsSync(join(deployFolder, target)), target);
      if (anchor === null) continue;
      const anchors = sectionsOf(target).map((section) => section.anchor);
      assert.ok(anchors.includes(anchor), `${target}#${anchor}`);
    }
  });
}

for (const page of PAGES) {
  test(`${page} says nothing twice: no heading, paragraph, list item or table row`, () => {
    const seen = new Map<string, string>();
    const twice = partsOf(readPage(page)).flatMap(({ text, section }) => {
      const before = seen.get(text);
      seen.set(text, section);
      return before === undefined ? [] : [`${text} (in ${before} and in ${section})`];
    });
    assert.deepEqual(twice, []);
  });
}

/** Headings within their section, and longer parts; without code, and without what `npm run docs` writes. */
function partsOf(page: string): readonly { readonly text: string; readonly section: string }[] {
  let section = '';
  return page
    .replace(/^ *```.*?^ *```/gms, '')
    .replace(/<!-- begin .*?<!-- end /gs, '')
    .split(/\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.) ?)/)
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .flatMap((text) => {
      if (text.startsWith('## ')) section = text;
      if (text.startsWith('#')) return [{ text: `${section}: ${text}`, section }];
      return text.length < LEAST_REPEATED ? [] : [{ text, section }];
    });
}

test('every endpoint that the sources serve is in the reference, and no other', () => {
  const served = allMatches(sources, /\brouter\.get\('([^']+)'/g);
  assert.ok(served.includes('/readyz/:check'));
  assert.deepEqual(new Set(firstCells(reference, 'Endpoints')), new Set(served));
});

test('every check of every profile is in the reference', () => {
  const documented = firstCells(reference, 'Checks');
  for (const profile of PROFILES.values()) {
    const roles = profile.ports.map(({ role }) => `${role}-port`);
    for (const name of checkNames(profile)) {
      assert.ok(documented.includes(roles.includes(name) ? 'ROLE-port' : name), name);
    }
  }
});

test('the table of systems says of each unproven profile that it is', () => {
  for (const { name, checkedAgainst } of PROFILES.values()) {
    const line = profilesPage.split('\n').find((one) => one.includes(`| \`${name}\` |`)) ?? '';
    assert.equal(line.includes('| unproven: '), checkedAgainst === null, name);
  }
});

test('every reason of a failed scan is in the reference', () => {
  const documented = firstCells(reference, 'Metrics');
  for (const reason of SCAN_ERRORS) assert.ok(documented.includes(reason), reason);
});

test('every line that is logged is in the reference', () => {
  const lines = allMatches(sources, /\blog\.\w+\(\{[^}]*\}, '([^']+)'\)/g);
  assert.ok(lines.includes('watching'));
  const documented = firstCells(reference, 'Log');
  for (const line of lines) assert.ok(documented.includes(line), line);
});

test("the reference's configuration file is taken as it stands", async () => {
  const file = /## Configuration file.*?```yaml\n(.*?)```/s.exec(reference)?.[1] ?? '';
  const taken = await invoke({ argv: ['--config=example.yaml'], file });
  assert.ok(taken.kind === 'serve', taken.kind === 'refused' ? taken.problem : taken.kind);
  assert.equal(taken.settings.judge.ensemble.kind, 'members');
  assert.deepEqual(taken.settings.ask, ['srvr', 'envoy']);
});

test('CONTRIBUTING.md gives a reason for each dependency, and for no other', () => {
  const reasons = firstCells(contributing, 'Dependencies');
  assert.deepEqual(
    new Set(reasons),
    new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })),
  );
});

test('the pages name nothing that their readers cannot see', () => {
  const hidden = /\bDESIGN\b|§|\/(?:work|root|tmp|home)\/|\bissue \d|\bTODO\b/;
  for (const page of PAGES) {
    const line = readPage(page)
      .split('\n')
      .find((candidate) => hidden.test(candidate));
    assert.equal(line, undefined, page);
  }
});
