import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure, markdown, median } from './table.ts';

test('the median is the middle value, or the mean of the middle two, and leaves its input alone', () => {
  const values = [9, 1, 5];
  assert.equal(median(values), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
  assert.deepEqual(values, [9, 1, 5]);
});

test('figures keep the digits that say something', () => {
  assert.deepEqual([0.0519, 3.14, 41.7, 1250, Number.NaN].map(figure), [
    '0.05',
    '3.1',
    '42',
    '1250',
    '–',
  ]);
});

test('a table aligns its figures to the right', () => {
  assert.equal(markdown(['', 'ms'], [['cat', '6']]), '|  | ms |\n| --- | ---: |\n| cat | 6 |');
});
