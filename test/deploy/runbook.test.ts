import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { FINDING_CODES } from '../../src/model/findings.ts';
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

test('every section of the runbook is an alert, a finding, or one of the two headings', () => {
  const codes = new Set<string>(FINDING_CODES.map(({ code }) => code));
  const others = sections.map(({ heading }) => heading).filter((heading) => !codes.has(heading));
  const headings = others.filter((heading) => !/^Quorum[A-Z]\w+$/.test(heading));
  assert.deepEqual(headings, ['Alerts', 'Findings']);
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
