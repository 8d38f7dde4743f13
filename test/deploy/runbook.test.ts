import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FINDING_CODES } from '../../src/model/findings.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { deployFolder } from './render.ts';
import { linksOf, type Section, sectionsOf } from './runbook.ts';

const page = readFileSync(join(deployFolder, 'RUNBOOK.md'), 'utf8');
const sections = sectionsOf('RUNBOOK.md');

const FIELDS = ['Means', 'How sure', 'Look at', 'Do', 'Verify'];

/** The names of a section's fields; each begins a line of its own, as an item of a list. */
function fieldsOf({ text }: Section): string[] {
  return [...text.matchAll(/^- \*\*([^*]+):\*\* \S/gm)].map(([, name = '']) => name);
}

function sectionOf(name: string): Section {
  const section = sections.find(({ heading }) => heading === name);
  assert.ok(section, `RUNBOOK.md has no section "### ${name}"`);
  return section;
}

const alerts = sections.filter(({ heading }) => /^Quorum[A-Z]\w+$/.test(heading));

for (const name of [...FINDING_CODES.map(({ code }) => code), ...alerts.map((a) => a.heading)]) {
  test(`the runbook says what ${name} means, how sure it is and what to do, a field a line`, () => {
    const fields = fieldsOf(sectionOf(name));
    assert.deepEqual(fields, FIELDS.slice(0, fields.length), '- **Means:** …, and so on');
    assert.ok(fields.length >= 4);
  });
}

for (const name of PROFILES.keys()) {
  test(`the runbook says what no quorum means for ${name}, how to ask it and what to do`, () => {
    const [first = '', ...rest] = fieldsOf(sectionOf(name));
    assert.match(first, /^(Without a quorum|Without peers|In quorum means)$/);
    assert.deepEqual(rest, ['Ask the server', 'Do']);
  });
}

const commands = [...page.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, text = '']) => text);

test('every command of the runbook can be pasted once the variables at the top are set', () => {
  assert.ok(commands.length > 50);
  const [head = '', ...steps] = commands;
  const set = new Set([...head.matchAll(/^([A-Z]+)=/gm)].map(([, name = '']) => name));
  const known = [...head.matchAll(/^([a-z]+)\(\)/gm)].map(([, name = '']) => name);
  assert.deepEqual(known, ['kube', 'server', 'probe']);
  for (const step of steps) {
    for (const line of step.trimEnd().split('\n')) {
      assert.match(line.trim(), /^(kube|server|probe|kubectl|istioctl) \S/);
      for (const [, name = ''] of line.matchAll(/\$([A-Z]+)/g)) assert.ok(set.has(name), line);
    }
  }
  execFileSync('bash', ['-n'], { input: commands.join('\n') });
});

test("every patch of the runbook's commands is JSON", () => {
  const patches = commands.flatMap((text) => [...text.matchAll(/ -p '(.*?)'/g)]);
  assert.ok(patches.length > 3);
  for (const [, patch = ''] of patches) JSON.parse(patch);
});

test('every section of the runbook is an alert, a system, a finding, or one of the four headings', () => {
  const known = new Set<string>([...PROFILES.keys(), ...FINDING_CODES.map(({ code }) => code)]);
  const others = sections.map(({ heading }) => heading).filter((heading) => !known.has(heading));
  const headings = others.filter((heading) => !/^Quorum[A-Z]\w+$/.test(heading));
  assert.deepEqual(headings, ['Start here', 'Alerts', 'Systems', 'Findings']);
});

for (const page of ['RUNBOOK.md', 'READINESS.md', 'README.md']) {
  test(`every link of ${page} within deploy/ leads somewhere`, () => {
    const links = linksOf(page);
    assert.ok(links.length > 0);
    for (const { path, anchor } of links) {
      assert.ok(existsSync(join(deployFolder, path)), path);
      if (anchor === null) continue;
      const anchors = sectionsOf(path).map((section) => section.anchor);
      assert.ok(anchors.includes(anchor), `${path}#${anchor}`);
    }
  });
}
