import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepNewest } from '../../src/http/keep-newest.ts';

test('a value is made once for each new key, and only the newest is kept', () => {
  const made: (object | null)[] = [];
  const kept = keepNewest((key: object | null) => {
    made.push(key);
    return { key };
  });
  const [first, second] = [{}, {}];
  assert.equal(kept(first), kept(first));
  assert.equal(kept(null).key, null);
  assert.equal(kept(null), kept(null));
  assert.equal(kept(second).key, second);
  assert.equal(kept(first).key, first);
  assert.deepEqual(made, [first, null, second, first]);
});
