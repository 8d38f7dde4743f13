import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from '../../src/http/turns.ts';
import { until } from './serving.ts';

test('work is done one after the other, in order, and none is lost by a fault of another', async () => {
  const turns = createTurns();
  const done: number[] = [];
  let underWay = 0;
  turns(() => {
    throw new Error('a fault');
  });
  for (let index = 0; index < 20; index += 1) {
    turns(async () => {
      underWay += 1;
      assert.equal(underWay, 1);
      await nextTurn();
      underWay -= 1;
      done.push(index);
    });
  }
  await until(() => done.length === 20);
  assert.deepEqual(
    done,
    done.map((_, index) => index),
  );
});

test('after work there is a rest as long as it took, in which others have the event loop', async () => {
  let now = 0;
  const turns = createTurns(() => now);
  const begunAtMs: number[] = [];
  const work = () => {
    begunAtMs.push(performance.now());
    now += 40;
  };
  turns(work);
  turns(work);
  await until(() => begunAtMs.length === 2);
  const [first = 0, second = 0] = begunAtMs;
  // A timer may be early by its resolution.
  assert.ok(second - first >= 39, `${second - first} ms`);
});
