import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { allQueries, keepList, scrapingFiles } from '../../deploy/generate-scraping.ts';
import { keepListFor } from '../../deploy/prometheus/keep-list.ts';
import { podExposition } from '../fleet/pods.ts';
import { parseExposition, seriesKey } from '../http/metrics/parse.ts';
import { isKept } from './relabelling.ts';
import { deployFolder } from './render.ts';

const growing = { nowSeconds: 1.7e9, cpuSeconds: 1, scans: 1, scanErrors: 0, logLinesDropped: 0 };
const ofThree = parseExposition(
  await podExposition()({ member: 'zk-0', role: 'leader', inQuorum: true }, growing),
);
const ofFive = parseExposition(
  readFileSync(join(import.meta.dirname, '../fixtures/http/metrics.txt'), 'utf8')
    // The golden scrape has no values of the process.
    .replace(/^(process|nodejs)_\w+$/gm, '$& 0'),
);

/** Whether a series is what a selector of a query finds. */
function isFound(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return [...selector.matchAll(/(\w+)(=~|!~|!=|=)\\?"([^"\\]*)/g)].every(
    ([, label = '', operator, value = '']) => {
      if (!(label in labels)) return true;
      const isMatch = new RegExp(`^(?:${value})$`).test(labels[label] ?? '');
      return operator?.startsWith('!') ? !isMatch : isMatch;
    },
  );
}

for (const [size, series] of [
  ['three', ofThree],
  ['five', ofFive],
] as const) {
  test(`the keep-list at least halves the series of a member of ${size}`, () => {
    const kept = series.filter(({ name, labels }) => isKept(keepList(), name, labels));
    assert.ok(kept.length * 2 <= series.length, `${kept.length} of ${series.length}`);
  });
}

test('each query finds all the series with the keep-list that it finds without it', () => {
  let found = 0;
  const lost: string[] = [];
  for (const query of allQueries()) {
    for (const { name, labels } of [...ofThree, ...ofFive]) {
      const uses = query.matchAll(
        new RegExp(`(?<![\\w:])${name}(?![\\w:])(?:\\{([^}]*)\\})?`, 'g'),
      );
      for (const [, selector = ''] of uses) {
        if (!isFound(labels, selector)) continue;
        found += 1;
        if (!isKept(keepList(), name, labels))
          lost.push(`${seriesKey({ name, labels })}: ${query}`);
      }
    }
  }
  assert.ok(found > 500);
  assert.deepEqual(lost, []);
});

test('a metric that no query uses is dropped, and label values that every use refuses', () => {
  const list = keepListFor([
    'sum(quorum_probe_check{status!="pass"}) + sum(quorum_probe_check{status="fail",pod="a"})',
    '{{ range printf "quorum_probe_finding{severity=\\"critical\\",pod=%q} == 1" $labels.pod | query }}',
    'quorum_probe_member_role{role=~"leader|$role"}',
  ]);
  const kept = (name: string, labels: Record<string, string>): boolean =>
    isKept(list, `quorum_probe_${name}`, labels);
  assert.ok(!kept('ready', {}));
  assert.ok(!kept('check', { check: 'peers', status: 'pass' }));
  assert.ok(kept('check', { check: 'peers', status: 'warn' }));
  assert.ok(kept('finding', { code: 'no-quorum', severity: 'critical' }));
  assert.ok(!kept('finding', { code: 'stalled-link', severity: 'warning' }));
  // What a variable of a dashboard stands for is not known.
  assert.ok(kept('member_role', { role: 'absent' }));
});

test('the files with the keep-list are in step with the queries and with the files without it', () => {
  for (const [path, text] of scrapingFiles()) {
    const stored = readFileSync(join(deployFolder, path), 'utf8');
    assert.equal(stored, text, `run \`npm run scraping\` for ${path}`);
  }
});
