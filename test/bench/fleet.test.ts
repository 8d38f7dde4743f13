import assert from 'node:assert/strict';
import test from 'node:test';
import { skipWithout } from '../tools.ts';
import { measureFleet } from './fleet.ts';

const skip = skipWithout('prometheus');

test('a pretended fleet is scraped whole and by the keep-list, loses its quorums, and is gone then', {
  skip,
}, async () => {
  const plan = { pods: 31, intervalSeconds: 1, rounds: 4 };
  const whole = await measureFleet({ ...plan, isKeepList: false });
  const kept = await measureFleet({ ...plan, isKeepList: true });
  for (const each of [whole.healthy, whole.lost, kept.healthy, kept.lost]) {
    const shown = JSON.stringify(each);
    assert.ok(each.series > plan.pods * 100, shown);
    assert.ok(each.residentBytes > 1e7, shown);
    assert.ok(each.ruleSeconds > 0, shown);
    assert.ok(each.cpuSeconds > 0, shown);
  }
  assert.ok(kept.lost.series < whole.lost.series * 0.6);
});
