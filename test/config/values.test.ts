import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../src/config/problem.ts';
import { count, duration, flag, list, share } from '../../src/config/values.ts';

const anyDuration = duration('0s', '60m');

test('durations are read in milliseconds, seconds and minutes', () => {
  assert.equal(anyDuration.parse('500ms'), 500);
  assert.equal(anyDuration.parse('5s'), 5000);
  assert.equal(anyDuration.parse('1m'), 60_000);
  assert.equal(anyDuration.parse('0.25s'), 250);
  assert.equal(anyDuration.parse(' 5s '), 5000);
});

test('every whole number of milliseconds is read as what it says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600_000 }), (ms) => {
      assert.equal(anyDuration.parse(`${ms}ms`), ms);
      assert.ok(Math.abs(anyDuration.parse(`${ms / 1000}s`) - ms) < 1e-6);
    }),
  );
});

test('text that is no duration gets a problem, never another error or a guess', () => {
  for (const text of [
    '',
    '5',
    '5 s',
    's',
    '-5s',
    '+5s',
    '5S',
    '1h',
    '1m30s',
    '5e3ms',
    '.5s',
    'NaNs',
  ]) {
    assert.throws(() => anyDuration.parse(text), Problem, text);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        assert.ok(Number.isFinite(anyDuration.parse(text)));
      } catch (error) {
        assert.ok(error instanceof Problem);
      }
    }),
  );
});

test('a duration out of bounds is told the bounds', () => {
  assert.throws(() => duration('10ms', '30s').parse('31s'), {
    message: '"31s" is out of range; write 10ms to 30s',
  });
  assert.equal(duration('10ms', '30s').parse('10ms'), 10);
  assert.equal(duration('10ms', '30s').parse('30s'), 30_000);
});

test('shares are percentages above 0 and up to 100', () => {
  assert.equal(share.parse('2%'), 0.02);
  assert.equal(share.parse('0.5%'), 0.005);
  assert.equal(share.parse('100%'), 1);
  for (const text of ['0%', '101%', '2', '0.02', '%', '-1%', '1e1%']) {
    assert.throws(() => share.parse(text), Problem, text);
  }
});

test('counts are whole numbers within their bounds', () => {
  assert.equal(count(1, 9).parse('1'), 1);
  assert.equal(count(1, 9).parse('9'), 9);
  for (const text of ['0', '10', '3.0', '-1', '+3', '0x3', '', '1e0', '9999999999999999999']) {
    assert.throws(() => count(1, 9).parse(text), Problem, text);
  }
});

test('flags are true or false and nothing that looks like them', () => {
  assert.equal(flag.parse('true'), true);
  assert.equal(flag.parse('false'), false);
  for (const text of ['yes', '1', 'TRUE', 'on', '']) {
    assert.throws(() => flag.parse(text), Problem, text);
  }
});

test('lists are trimmed and refuse empty and repeated entries', () => {
  const words = list(
    (text) => text,
    (word) => word.toLowerCase(),
  );
  assert.deepEqual(words.parse('a, b,c'), ['a', 'b', 'c']);
  assert.throws(() => words.parse('a,,b'), {
    message: 'has an empty entry; remove the extra comma',
  });
  assert.throws(() => words.parse('a,A'), { message: 'names "A" twice' });
});
