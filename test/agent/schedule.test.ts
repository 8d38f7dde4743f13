import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dueScan,
  leastIntervalMs,
  mostIntervalMs,
  type ScheduleState,
  stallingMs,
  stillCounting,
  typicalCostMs,
  withCost,
} from '../../src/agent/schedule.ts';
import { SCAN } from './watching.ts';

const STATE: ScheduleState = {
  nowMs: 100_000,
  lastScanMs: 99_500,
  costMs: 0,
  spentMs: 1_000,
  changed: false,
  confirmAtMs: null,
  settlesAtMs: null,
};

const due = (changes: Partial<ScheduleState>) => dueScan({ ...STATE, ...changes }, SCAN);

test('the first scan is due at once', () => {
  assert.equal(due({ lastScanMs: null }), 'start');
});

test('a change is looked at after the least interval, and silence after the most', () => {
  assert.equal(due({ changed: true }), null);
  assert.equal(due({ changed: true, lastScanMs: 99_000 }), 'change');
  assert.equal(due({ lastScanMs: 95_001 }), null);
  assert.equal(due({ lastScanMs: 95_000 }), 'max-age');
});

test('a confirming scan stands outside the least interval', () => {
  assert.equal(due({ confirmAtMs: 100_001 }), null);
  assert.equal(due({ confirmAtMs: 100_000 }), 'confirm');
});

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

test("a confirming scan's cost is added to the scan it confirms, the first look's is forgotten", () => {
  assert.deepEqual(withCost([1], 'start', 500), []);
  assert.deepEqual(withCost([1, 2, 3], 'change', 4), [2, 3, 4]);
  assert.deepEqual(withCost([1, 2, 3], 'confirm', 4), [1, 2, 7]);
  assert.deepEqual(withCost([], 'confirm', 4), [4]);
});

test('looking on at a stall costs at most a tenth of a core', () => {
  assert.equal(stallingMs([]), 200);
  assert.equal(stallingMs([1, 20]), 200);
  assert.equal(stallingMs([1, 40]), 400);
  assert.equal(stallingMs([1, 100]), 1_000);
});

test('the moment of settling is looked at once, whatever scans cost', () => {
  const settled = { settlesAtMs: 99_500, lastScanMs: 99_000, costMs: 80 };
  assert.equal(due(settled), 'change');
  assert.equal(due({ ...settled, lastScanMs: 99_600 }), null);
  assert.equal(due({ ...settled, settlesAtMs: 100_001 }), null);
});

test('what a quiet time saved pays for scans in a row, and no more than the share over ten seconds', () => {
  const costly = { changed: true, costMs: 60, lastScanMs: 98_900 };
  assert.equal(due({ ...costly, spentMs: 0 }), 'change');
  assert.equal(due({ ...costly, spentMs: 140 }), 'change');
  assert.equal(due({ ...costly, spentMs: 141 }), null);
  assert.equal(due({ ...costly, spentMs: 0, lastScanMs: 99_100 }), null);
  const spent = [
    { atMs: 89_000, cpuMs: 60 },
    { atMs: 95_000, cpuMs: 60 },
  ];
  assert.deepEqual(stillCounting(spent, 100_000), [{ atMs: 95_000, cpuMs: 60 }]);
});
