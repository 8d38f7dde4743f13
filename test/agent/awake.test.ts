import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Awake, awakeAt, awakeFrom } from '../../src/agent/awake.ts';

function after(...ticksMs: readonly number[]): Awake {
  return ticksMs.reduce(awakeAt, awakeFrom(1_000));
}

test('ticks that follow each other leave the agent awake since its start', () => {
  assert.equal(after(1_250, 1_500, 2_900).sinceMs, 1_000);
});

test('after a break of more than 1.5 s the time begins anew', () => {
  assert.equal(after(1_250, 2_751).sinceMs, 2_751);
  assert.equal(after(1_250, 60_000, 60_250).sinceMs, 60_000);
});
