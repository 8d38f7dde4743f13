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

test('what stands within a string is no value, and an escaped quote ends none', () => {
  const limits = { maxValues: 3, maxEntries: 3 };
  const texts = [',,,,[[[[', '{"a":[1,2,3,4]}', '\\\\', '\\",[{,"\\'];
  for (const text of texts) {
    assert.equal(parseNarrowJson(JSON.stringify({ text }), limits).kind, 'json', text);
    const more = JSON.stringify([text, text, text, text]);
    assert.equal(parseNarrowJson(more, limits).kind, 'refused', text);
  }
});

test('a text of as many values as it holds is let through at that limit, and refused below', () => {
  const count = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, entry) => sum + count(entry), 1)
      : 1;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const maxValues = count(value);
      const limits = { maxValues, maxEntries: maxValues };
      const text = JSON.stringify(value);
      // An empty list or object counts one more than it holds.
      const empty = text.match(/\[\]|\{\}/g)?.length ?? 0;
      const kind = (most: number) => parseNarrowJson(text, { ...limits, maxValues: most }).kind;
      assert.equal(kind(maxValues + empty), 'json');
      if (empty === 0) assert.equal(kind(maxValues - 1), 'refused');
    }),
  );
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
