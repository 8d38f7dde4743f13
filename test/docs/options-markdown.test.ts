import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { optionsMarkdown } from './options-markdown.ts';

test('the table of options has a row of five cells for each', () => {
  const [head, rule, ...rows] = optionsMarkdown().trimEnd().split('\n');
  assert.equal(head, '| Option | Default | Variable | Commands | Meaning |');
  assert.equal(rule, '| --- | --- | --- | --- | --- |');
  assert.equal(rows.length, ALL_OPTIONS.length);
  for (const row of rows) assert.equal(row.split(/(?<!\\)\|/).length, 7, row);
  assert.ok(
    rows.includes(
      '| `--bootstrap true\\|false` | `true` | `QUORUM_PROBE_BOOTSTRAP` | serve | Report ready without a quorum, before the first one and for at most ten minutes, while DNS does not publish unready pods and waiting for peers would be a deadlock. |',
    ),
  );
});
