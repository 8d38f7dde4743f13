import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderUpdate } from '../../../src/http/page/render.ts';
import type { PageState } from '../../../src/http/page/state.ts';
import type { Report } from '../../../src/model/report.ts';
import { check, NOW_MS, pageState, STATES } from './states.ts';

function of(state: Report['readiness']['state'], more: Partial<Report> = {}): PageState {
  const since = new Date(NOW_MS - 252_000).toISOString();
  const readiness = { state, by: null, since, until: null, reason: 'some reason' };
  return pageState({ ready: state === 'ready', readiness, ...more });
}

const verdictOf = (state: PageState): string => renderUpdate(state).sections['verdict'] ?? '';

test('a healthy member that is not ready yet is neither green nor red', () => {
  for (const state of ['settling', 'awaiting-server'] as const) {
    const html = verdictOf(of(state)).split('</p>\n<div')[1] ?? '';
    assert.match(html, /class="verdict settling"/);
    assert.doesNotMatch(html, /\b(?:healthy|broken|yes|no)"/, 'no other colour');
    assert.match(renderUpdate(of(state)).title, /^◔ settling · /);
    assert.match(renderUpdate(of(state)).sections['picture'] ?? '', /class="member settling"/);
  }
});

test('each state of readiness has words of its own', () => {
  const words = (['ready', 'settling', 'awaiting-server', 'unknown', 'out'] as const).map(
    (state) => />([^<]*)<\/strong><\/p>/.exec(verdictOf(of(state)))?.[1],
  );
  assert.deepEqual(words, [
    'ready',
    'settling',
    'waiting for the server',
    'readiness unknown',
    'not ready',
  ]);
});

test('the headline says since when it holds: by the last change, or by readiness', () => {
  const since = (state: PageState) =>
    /<small>(.*?)<\/small>/.exec(verdictOf(state))?.[1]?.replace(/<[^>]*>/g, '');
  assert.equal(since(of('ready')), 'for 4 min 12 s');
  assert.equal(since(STATES.looking), 'for 1 min 12 s');
  assert.equal(since(STATES.leader), undefined, 'it has only begun');
});

test('a check that does not apply says so, and is no success', () => {
  const html =
    renderUpdate(
      pageState({ checks: [check('peers', 'pass', 'not applicable: no link is required')] }),
    ).sections['checks'] ?? '';
  assert.match(
    html,
    /<strong>peers<\/strong> <span class="status">not applicable<\/span><br>no link is required/,
  );
  assert.doesNotMatch(html, /class="pass"|>pass</);
});
