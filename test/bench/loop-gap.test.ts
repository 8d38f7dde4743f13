import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as pause } from 'node:timers/promises';
import { longestGapMs } from './loop-gap.ts';

function hold(forMs: number): void {
  const end = performance.now() + forMs;
  while (performance.now() < end);
}

test('the longest hold counts, not the sum of holds between pauses', async () => {
  const gapMs = await longestGapMs(async () => {
    for (const heldMs of [5, 60, 5]) {
      hold(heldMs);
      await pause();
    }
  });
  assert.ok(gapMs >= 60, `${gapMs}`);
});
