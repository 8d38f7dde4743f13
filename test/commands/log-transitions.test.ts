import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logTransitions } from '../../src/commands/log-transitions.ts';
import type { Transition } from '../../src/model/transition.ts';
import { handTime } from '../agent/hand-driven.ts';
import { leaderReport } from '../http/sample-report.ts';

/** What is logged of transitions that a test makes. */
function logging() {
  const time = handTime();
  const lines: string[] = [];
  let tell: (transition: Transition) => void = () => {};
  const line =
    (level: string) =>
    (fields: unknown, text?: string): void => {
      assert.ok(typeof fields === 'object');
      lines.push(`${level} ${text}`);
    };
  logTransitions(
    {
      onTransition(listener) {
        tell = listener;
        return () => {};
      },
    },
    () => leaderReport(),
    { info: line('info'), warn: line('warn') },
    time,
  );
  return {
    lines,
    time,
    changes(kind: Transition['kind'], from: string, to: string): void {
      tell({ at: '2026-01-01T00:00:00.000Z', kind, from, to, lastedMs: 250, detail: '' });
    },
  };
}

test('each change is one line, and a worse one a warning', () => {
  const { lines, changes } = logging();
  changes('ready', 'ready', 'not-ready');
  changes('ready', 'not-ready', 'ready');
  changes('finding', 'none', 'stalled-link');
  assert.deepEqual(lines, [
    'warn ready: ready to not-ready',
    'info ready: not-ready to ready',
    'warn finding: none to stalled-link',
  ]);
});

test('a finding that a neighbour lets come and go all the time has ten lines a minute, and one that says the rest', async () => {
  const { lines, changes, time } = logging();
  for (let change = 0; change < 240; change += 1) {
    const comes = change % 2 === 0;
    changes('finding', comes ? 'none' : 'mixed-owners', comes ? 'mixed-owners' : 'none');
    await time.pass(250);
  }
  await time.pass(60_000);
  assert.equal(lines.length, 11);
  assert.equal(
    lines.at(-1),
    'warn finding mixed-owners: changed 230 more times within a minute, most recently to none',
  );
});

test('what flickers silences nothing else, and is heard again in the next minute', async () => {
  const { lines, changes, time } = logging();
  for (let change = 0; change < 30; change += 1) changes('finding', 'none', 'mixed-owners');
  changes('finding', 'none', 'stalled-link');
  changes('ready', 'ready', 'not-ready');
  assert.deepEqual(lines.slice(10), [
    'warn finding: none to stalled-link',
    'warn ready: ready to not-ready',
  ]);
  await time.pass(60_000);
  const before = lines.length;
  changes('finding', 'none', 'mixed-owners');
  assert.deepEqual(lines.slice(before), ['warn finding: none to mixed-owners']);
});

test('ten changes in a minute are all said, and nothing is added', async () => {
  const { lines, changes, time } = logging();
  for (let change = 0; change < 10; change += 1) changes('role', 'leader', 'learner');
  await time.pass(120_000);
  assert.equal(lines.length, 10);
});
