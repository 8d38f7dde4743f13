import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS, metricsMarkdown } from '../../../src/http/metrics/table.ts';
import { HEAP_LIMIT_MIB } from '../../image-flags.ts';
import { fakeView } from '../sample-report.ts';
import { serve } from '../serving.ts';
import { parseExposition } from './parse.ts';

test('the table documents exactly what is served: names, types, help and labels', async (t) => {
  const { get } = await serve(t, fakeView());
  const { body } = await get('/metrics');
  const heads = METRICS.map(
    ({ name, type, help }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}`,
  );
  assert.deepEqual(body.match(/^# HELP .*\n# TYPE .*$/gm), heads);
  const labels = new Map(METRICS.map((metric) => [metric.name, new Set(metric.labels)]));
  for (const series of parseExposition(body)) {
    assert.deepEqual(new Set(Object.keys(series.labels)), labels.get(series.name), series.name);
  }
});

test('the documentation has a row for each metric', () => {
  const rows = metricsMarkdown().trimEnd().split('\n').slice(2);
  assert.equal(rows.length, METRICS.length);
  assert.equal(
    rows.find((row) => row.includes('quorum_probe_finding')),
    '| `quorum_probe_finding` | gauge | `code`, `severity` | Whether a finding of this code holds now; /api/v1/report has its evidence and remedy. |',
  );
});

test('every help text is one sentence that fits a line of a listing', () => {
  for (const { name, help } of METRICS) {
    assert.match(help, /^[A-Z][^\n|]{10,110}\.$|^[A-Z][^\n|]{10,110}; always 1\.$/, name);
  }
});

test("the heap's limit is documented as the image's flags set it", () => {
  const heap = METRICS.find(({ name }) => name === 'nodejs_heap_size_used_bytes');
  assert.match(heap?.help ?? '', new RegExp(`limit it to ${HEAP_LIMIT_MIB} MiB`));
});
