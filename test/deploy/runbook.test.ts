import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FINDING_CODES } from '../../src/model/findings.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { deployFolder } from './render.ts';
import { linksOf, sectionsOf } from './runbook.ts';

const sections = sectionsOf('RUNBOOK.md');

for (const { code } of FINDING_CODES) {
  test(`the runbook says what ${code} means, how sure it is and what to do`, () => {
    const section = sections.find(({ heading }) => heading === code);
    assert.ok(section, `RUNBOOK.md has no section "### ${code}"`);
    for (const part of ['Means', 'How sure', 'Look at']) {
      assert.ok(section.text.includes(`**${part}**`), part);
    }
    assert.match(section.text, /\*\*(Do|do)\*\*/);
  });
}

for (const name of PROFILES.keys()) {
  test(`the runbook says what no quorum means for ${name}, how to ask it and what to do`, () => {
    const section = sections.find(({ heading }) => heading === name);
    assert.ok(section, `RUNBOOK.md has no section "### ${name}"`);
    assert.match(section.text, /\*\*(Without a|Without peers|In quorum)/);
    for (const part of ['Its own word', 'Do'])
      assert.ok(section.text.includes(`**${part}**`), part);
  });
}

test('every section of the runbook is an alert, a system, a finding, or one of the three headings', () => {
  const known = new Set<string>([...PROFILES.keys(), ...FINDING_CODES.map(({ code }) => code)]);
  const others = sections.map(({ heading }) => heading).filter((heading) => !known.has(heading));
  const headings = others.filter((heading) => !/^Quorum[A-Z]\w+$/.test(heading));
  assert.deepEqual(headings, ['Alerts', 'Systems', 'Findings']);
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
