import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HISTORY_MS, remember, sampleOf } from '../../../src/http/page/history.ts';
import type { HistorySample } from '../../../src/http/page/state.ts';
import { NOW_MS, STATES } from './states.ts';

const sample = (atMs: number, linksUp = 3, ready = true): HistorySample => ({
  atMs,
  ready,
  linksUp,
});

function all(samples: readonly HistorySample[]): readonly HistorySample[] {
  return samples.reduce<readonly HistorySample[]>(remember, []);
}

test('only links that carry data count', () => {
  assert.deepEqual(sampleOf(STATES.stalled.report), { atMs: NOW_MS, ready: true, linksUp: 2 });
});

test('a change is kept at once and a repetition every five seconds', () => {
  const kept = all([sample(0), sample(1000), sample(2000, 2), sample(3000, 2), sample(7000, 2)]);
  assert.deepEqual(kept, [sample(0), sample(2000, 2), sample(7000, 2)]);
});

test('the sample that says how the chart begins is kept', () => {
  const kept = all([sample(0), sample(10_000, 2), sample(HISTORY_MS + 20_000, 1)]);
  assert.deepEqual(kept, [sample(10_000, 2), sample(HISTORY_MS + 20_000, 1)]);
});

test('however wild the changes, the history is bounded and in order', () => {
  const gaps = fc.array(fc.nat({ max: 2_000 }), { minLength: 1, maxLength: 2_000 });
  fc.assert(
    fc.property(gaps, (steps) => {
      let atMs = 0;
      const kept = all(
        steps.map((step, i) => {
          atMs += step;
          return sample(atMs, i % 2);
        }),
      );
      assert.ok(kept.length <= 600);
      assert.ok(kept.every((one, i) => i === 0 || one.atMs >= (kept[i - 1]?.atMs ?? 0)));
      assert.ok(kept.slice(1).every((one) => one.atMs >= atMs - HISTORY_MS));
    }),
    { numRuns: 20 },
  );
});
