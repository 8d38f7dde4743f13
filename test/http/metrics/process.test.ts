import assert from 'node:assert/strict';
import test from 'node:test';
import { keptLag } from '../../../src/http/metrics/process.ts';

test('two scrapers see the same greatest lag, which is gone two minutes later', () => {
  let now = 0;
  let lag = 0;
  const read = keptLag(
    {
      maxSeconds: () => lag,
      reset: () => {
        lag = 0;
      },
    },
    () => now,
  );
  lag = 0.5;
  assert.equal(read(), 0.5);
  assert.equal(read(), 0.5, 'the second scraper');
  now = 60_000;
  assert.equal(read(), 0.5);
  assert.equal(read(), 0.5, 'after the record was begun anew');
  now = 120_000;
  assert.equal(read(), 0.5);
  assert.equal(read(), 0);
});
