import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { followUps } from '../../../src/http/connections/follow-ups.ts';

test('further requests are served in order, a few in each turn of the event loop', async () => {
  let now = 0;
  const later = followUps(() => now);
  const served: number[] = [];
  for (let index = 0; index < 600; index += 1) {
    later(() => {
      served.push(index);
      now += 0.2;
    });
  }
  await nextTurn();
  assert.deepEqual(served, [0, 1, 2]);
  while (served.length < 600) await nextTurn();
  assert.deepEqual(
    served,
    served.map((_, index) => index),
  );
});

test('what is asked for while others are served has its turn too', async () => {
  let now = 0;
  const later = followUps(() => now);
  let served = 0;
  const again = () => {
    served += 1;
    now += 2;
    if (served < 1_000) later(again);
  };
  later(again);
  while (served < 1_000) await nextTurn();
  assert.equal(served, 1_000);
});
