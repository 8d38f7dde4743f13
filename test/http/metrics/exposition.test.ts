import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricDefinition, MetricSource } from '../../../src/http/metrics/definition.ts';
import { exposition } from '../../../src/http/metrics/exposition.ts';
import type { Report } from '../../../src/model/report.ts';
import { BUILD, leaderReport, TOTALS, WATCHED } from '../sample-report.ts';
import { parseExposition } from './parse.ts';

function source(report: Report): MetricSource {
  return {
    report,
    ready: report.ready,
    totals: TOTALS,
    watched: WATCHED,
    build: BUILD,
    logLinesDropped: 0,
    process: {
      cpuSeconds: 1,
      residentBytes: 2,
      heapUsedBytes: 3,
      startedAtSeconds: 4,
      eventLoopLagSeconds: 0,
    },
  };
}

function definition(
  type: MetricDefinition['type'],
  samples: MetricDefinition['samples'],
): MetricDefinition {
  return {
    name: `shown${type === 'counter' ? '_total' : ''}`,
    type,
    labels: ['of'],
    help: 'Shown.',
    samples,
  };
}

test('scrapes that overlap see each their own moment', async () => {
  const rows = definition('gauge', ({ report }) => [
    { labels: { of: 'a' }, value: report.scan.rows },
    { labels: { of: report.role }, value: report.scan.rows },
  ]);
  const { render } = exposition([rows], assert.fail);
  const scan = leaderReport().scan;
  const [first, second] = await Promise.all([
    render(source(leaderReport({ scan: { ...scan, rows: 1 } }))),
    render(source(leaderReport({ scan: { ...scan, rows: 2 }, role: 'looking' }))),
  ]);
  const head = '# HELP shown Shown.\n# TYPE shown gauge\n';
  assert.equal(first, `${head}shown{of="a"} 1\nshown{of="leader"} 1\n`);
  assert.equal(second, `${head}shown{of="a"} 2\nshown{of="looking"} 2\n`);
});

test('a gauge that fails after a good scrape turns NaN and comes back', async () => {
  let failures = 0;
  const flaky = definition('gauge', ({ report }) => {
    if (report.role === 'unknown') {
      throw new Error('lost');
    }
    return [{ labels: { of: 'a' }, value: 7 }];
  });
  const { render } = exposition([flaky], () => {
    failures += 1;
  });
  const shown = async (report: Report) => (await render(source(report))).split('\n')[2];
  assert.equal(await shown(leaderReport()), 'shown{of="a"} 7');
  assert.equal(await shown(leaderReport({ role: 'unknown' })), 'shown{of="a"} NaN');
  assert.equal(failures, 1);
  assert.equal(await shown(leaderReport()), 'shown{of="a"} 7');
});

test('a counter follows its source, a fall included, and keeps what cannot be read', async () => {
  const values = new Map<string, number | null>([
    ['a', 5],
    ['b', null],
  ]);
  const counted = definition('counter', () =>
    [...values].map(([of, value]) => ({ labels: { of }, value })),
  );
  const { render } = exposition([counted], assert.fail);
  const shown = async () => (await render(source(leaderReport()))).trimEnd().split('\n').slice(2);
  assert.deepEqual(await shown(), ['shown_total{of="a"} 5', 'shown_total{of="b"} NaN']);
  values.set('a', null);
  values.set('b', 3);
  assert.deepEqual(await shown(), ['shown_total{of="a"} 5', 'shown_total{of="b"} 3']);
  values.set('a', 2);
  assert.deepEqual(await shown(), ['shown_total{of="a"} 2', 'shown_total{of="b"} 3']);
});

test('any text as a label comes back whole and alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (of) => {
      const named = definition('gauge', () => [{ labels: { of }, value: 1 }]);
      const text = await exposition([named], assert.fail).render(source(leaderReport()));
      assert.deepEqual(parseExposition(text), [{ name: 'shown', labels: { of }, value: '1' }]);
    }),
  );
});

test('a series of scrapes shows each what a first scrape would have shown', async () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom(0, 1, 2.5, Number.NaN, null);
  const samples = fc.array(fc.tuple(label, value), { maxLength: 3 }).map((pairs) =>
    // prom-client takes one value for each label.
    [...new Map(pairs)].map(([of, value]) => ({ labels: { of }, value })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(samples, { minLength: 1, maxLength: 8 }), async (scrapes) => {
      let next: (typeof scrapes)[number] = [];
      const shown = definition('gauge', () => next);
      const { render } = exposition([shown], assert.fail);
      for (const scrape of scrapes) {
        next = scrape;
        const first = await exposition([shown], assert.fail).render(source(leaderReport()));
        assert.equal(await render(source(leaderReport())), first);
      }
    }),
  );
});
