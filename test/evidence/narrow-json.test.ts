import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseNarrowJson } from '../../src/evidence/narrow-json.ts';

const WIDE = { maxValues: 100_000, maxEntries: 100_000 };

test('any JSON within the limits comes out as JSON.parse gives it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.deepEqual(parseNarrowJson(text, WIDE), { kind: 'json', value: JSON.parse(text) });
    }),
  );
});

test('a limit on all values refuses what holds more, however it is nested', () => {
  const limits = { maxValues: 4, maxEntries: 100 };
  assert.equal(parseNarrowJson('[1,2,3]', limits).kind, 'json');
  for (const text of ['[1,2,3,4]', '{"a":{"b":{"c":{"d":1}}}}', '[[[[[]]]]]']) {
    assert.equal(parseNarrowJson(text, limits).kind, 'refused', text);
  }
});

test('a limit on one list refuses a longer one at any depth', () => {
  const limits = { maxValues: 100, maxEntries: 3 };
  assert.equal(parseNarrowJson('[[1,2,3],[1,2,3]]', limits).kind, 'json');
  assert.equal(parseNarrowJson('{"a":[{"b":[1,2,3,4]}]}', limits).kind, 'refused');
  assert.equal(parseNarrowJson('{"a":1,"b":2,"c":3,"d":4}', limits).kind, 'refused');
});

test('text that is no JSON is refused, and deep nesting overflows nothing', () => {
  assert.equal(parseNarrowJson('<html>', WIDE).kind, 'refused');
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  assert.equal(parseNarrowJson(deep, WIDE).kind, 'json');
});
