import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readProperties } from '../../src/config/properties.ts';

/** As `java.util.Properties` of Java 17 reads them. */
const CASES: readonly (readonly [text: string, settings: Record<string, string>])[] = [
  ['a=b', { a: 'b' }],
  ['a:b', { a: 'b' }],
  ['a b=c', { a: 'b=c' }],
  ['a = : b', { a: ': b' }],
  ['a', { a: '' }],
  [' \t\fa\t=\tb', { a: 'b' }],
  ['#a=b\n!c=d\n\n  # e=f', {}],
  ['a=b\\\n   c', { a: 'bc' }],
  ['a=b\\\r\n#c', { a: 'b#c' }],
  ['\\\n#a=b\nc=d', { c: 'd' }],
  ['\\\n\na=b', { a: 'b' }],
  ['a=b\\\\\nc=d', { a: 'b\\\\', c: 'd' }],
  ['a=b\rc=d', { a: 'b', c: 'd' }],
  ['a=b\\', { a: 'b' }],
];

for (const [text, settings] of CASES) {
  test(`${JSON.stringify(text)} is read as Java reads it`, () => {
    const read = readProperties(text).map(({ key, value }) => [key, value]);
    assert.deepEqual(Object.fromEntries(read), settings);
  });
}

test('a setting has the number of its first line', () => {
  const lines = readProperties('\n# c\na=1\\\n2\r\nb=3').map(({ key, line }) => [key, line]);
  assert.deepEqual(lines, [
    ['a', 3],
    ['b', 5],
  ]);
});

test('no text makes the reader throw, and keys hold neither blanks nor separators', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '=', ':', ' ', '\\', '\n', '#', '.') }),
      (text) => {
        for (const { key } of readProperties(text)) assert.doesNotMatch(key, /[=:\s]/);
      },
    ),
  );
});
