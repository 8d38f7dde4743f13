import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderUpdate } from '../../../src/http/page/render.ts';
import type { Transition } from '../../../src/model/transition.ts';
import { NOW, pageState } from './states.ts';

/** The lines of a part, as they are read. */
function textOf(transitions: readonly Transition[]): string {
  const html = renderUpdate(pageState({}, { transitions })).sections['transitions'] ?? '';
  const lines = html.replace(/<br>/g, ' | ').replace(/(?=<li)|<\/h2>/g, ' ');
  return lines
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const change = (more: Partial<Transition>): Transition => ({
  ...{ at: NOW, kind: 'finding', from: 'none', to: 'no-quorum', lastedMs: null, detail: '' },
  ...more,
});

test('a finding is found with what it says, and is resolved with how long it lasted', () => {
  const found = change({ detail: 'This member is looking for a leader.' });
  const ended = change({ from: 'no-quorum', to: 'none', lastedMs: 19_000 });
  assert.equal(
    textOf([found, ended]),
    'What changed 03:14:15 UTC no-quorum resolved after 19 s 03:14:15 UTC no-quorum found | This member is looking for a leader.',
  );
});

test('another value says what it was before, and for how long', () => {
  const role = change({ kind: 'role', from: 'looking', to: 'learner', lastedMs: 39_800 });
  assert.equal(textOf([role]), 'What changed 03:14:15 UTC role looking →to learner after 39 s');
});

test('where nothing changed there is no card', () => {
  assert.equal(renderUpdate(pageState({})).sections['transitions'], '');
});

test('the time of an event is a link to its moment, and each moment is there once', () => {
  const both = [change({}), change({ kind: 'role', from: 'learner', to: 'looking' })];
  const html = renderUpdate(pageState({}, { transitions: both })).sections['transitions'] ?? '';
  assert.equal(html.split(`id="at=${NOW}"`).length, 2);
  assert.equal(html.split(`href="#at=${NOW}"`).length, 3);
});
