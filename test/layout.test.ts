import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textWidth, wrap } from '../src/layout.ts';

test('text is laid out for the terminal between 50 and 100 columns, and for 100 where there is none', () => {
  assert.equal(textWidth(undefined, undefined), 100);
  assert.equal(textWidth(undefined, 72), 72);
  assert.equal(textWidth(undefined, 20), 50);
  assert.equal(textWidth(undefined, 250), 100);
});

test('COLUMNS outranks the terminal where it is a number', () => {
  assert.equal(textWidth('64', 80), 64);
  for (const wrong of ['', '0', '-5', 'wide', '6e1']) assert.equal(textWidth(wrong, 80), 80);
});

test('lines are broken between words, and a longer word has a line of its own', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrap('a incomprehensible b', 5), ['a', 'incomprehensible', 'b']);
});
