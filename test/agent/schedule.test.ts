import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  leastIntervalMs,
  mostIntervalMs,
  stallingMs,
  stillCounting,
  typicalCostMs,
  withCost,
} from '../../src/agent/schedule.ts';
import { SCAN } from './watching.ts';

test('scans cost at most 2 % of a core while things change, 0.5 % while nothing does', () => {
  assert.equal(leastIntervalMs(20, SCAN), 1_000);
  assert.equal(leastIntervalMs(40, SCAN), 2_000);
  assert.equal(mostIntervalMs(25, SCAN), 5_000);
  assert.equal(mostIntervalMs(50, SCAN), 10_000);
});

test('no cost stretches an interval beyond the cap', () => {
  assert.equal(leastIntervalMs(10_000, SCAN), 15_000);
  assert.equal(mostIntervalMs(10_000, SCAN), 15_000);
});

test('the typical cost is the middle of the last three', () => {
  assert.equal(typicalCostMs([]), 0);
  assert.equal(typicalCostMs([7]), 7);
  assert.equal(typicalCostMs([900, 7]), 7);
  assert.equal(typicalCostMs([7, 900, 8]), 8);
  assert.equal(typicalCostMs([900, 7, 901]), 900);
});

test("a confirming scan's cost is added to the scan it confirms, the first scan's is forgotten", () => {
  assert.deepEqual(withCost([1], 'start', 500), []);
  assert.deepEqual(withCost([1, 2, 3], 'change', 4), [2, 3, 4]);
  assert.deepEqual(withCost([1, 2, 3], 'confirm', 4), [1, 2, 7]);
  assert.deepEqual(withCost([], 'confirm', 4), [4]);
});

test('scanning during a stall costs at most a tenth of a core', () => {
  assert.equal(stallingMs([]), 200);
  assert.equal(stallingMs([1, 20]), 200);
  assert.equal(stallingMs([1, 40]), 400);
  assert.equal(stallingMs([1, 100]), 1_000);
});

test('a scan counts for ten seconds against what may be saved up', () => {
  const spent = [
    { atMs: 89_000, cpuMs: 60 },
    { atMs: 95_000, cpuMs: 60 },
  ];
  assert.deepEqual(stillCounting(spent, 100_000), [{ atMs: 95_000, cpuMs: 60 }]);
});
