import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingAgainMs } from '../../src/agent/schedule.ts';
import {
  carryQueues,
  isUndrained,
  queueDoubt,
  type UndrainedQueues,
} from '../../src/assess/quorum/undrained.ts';
import { randomNumbers } from '../random.ts';

const PERSIST_MS = 10_000;
const NAME = 'unread one link';

/** Readings of one queue: its level at each moment; none where it is empty. */
function follow(readings: readonly (readonly [atMs: number, level: number])[]): UndrainedQueues {
  let queues: UndrainedQueues = new Map();
  for (const [atMs, level] of readings) {
    queues = carryQueues(
      queues,
      level > 0 ? new Map([[NAME, level]]) : new Map(),
      atMs,
      PERSIST_MS,
    );
  }
  return queues;
}
const stands = (queues: UndrainedQueues): boolean => isUndrained(queues, NAME, PERSIST_MS);
const each = (stepMs: number, untilMs: number, level: (at: number) => number) =>
  Array.from(
    { length: Math.floor(untilMs / stepMs) + 1 },
    (_, at) => [at * stepMs, level(at)] as const,
  );

test('bytes at two scans that are 10 s apart say nothing of the time between', () => {
  assert.equal(
    stands(
      follow([
        [0, 100],
        [10_000, 100],
      ]),
    ),
    false,
  );
  assert.equal(
    stands(
      follow([
        [0, 100],
        [5_000, 100],
        [10_000, 200],
        [15_000, 200],
      ]),
    ),
    false,
  );
});

test('a queue that never falls in many readings stands after the time that one may last', () => {
  assert.equal(stands(follow(each(1_000, 9_000, () => 57))), false);
  assert.equal(stands(follow(each(1_000, 10_000, () => 57))), true);
  assert.equal(stands(follow(each(200, 10_000, (at) => at + 1))), true);
  assert.equal(stands(follow(each(200, 9_800, (at) => at + 1))), false);
});

test('one fall among the readings begins the queue anew', () => {
  assert.equal(stands(follow(each(1_000, 12_000, (at) => (at === 5 ? 1 : 57)))), false);
  assert.equal(stands(follow(each(1_000, 12_000, (at) => (at === 5 ? 0 : 57)))), false);
  assert.equal(stands(follow(each(1_000, 16_000, (at) => (at === 5 ? 1 : 57)))), true);
});

test('a queue that is known to stand needs no further readings in between, until it falls', () => {
  const hung = each(1_000, 10_000, () => 57);
  assert.equal(stands(follow([...hung, [25_000, 57]])), true);
  assert.equal(stands(follow([...hung, [25_000, 57], [40_000, 56]])), false);
});

test('one look believes what it sees', () => {
  const queues = carryQueues(new Map(), new Map([[NAME, 1]]), 0, 0);
  assert.equal(isUndrained(queues, NAME, 0), true);
  assert.equal(queueDoubt(queues, 0), 'none');
});

test('more readings are wanted of a queue until it fell or is known to stand', () => {
  assert.equal(queueDoubt(follow([]), PERSIST_MS), 'none');
  assert.equal(queueDoubt(follow([[0, 57]]), PERSIST_MS), 'new');
  assert.equal(
    queueDoubt(
      follow([
        [0, 57],
        [200, 57],
      ]),
      PERSIST_MS,
    ),
    'standing',
  );
  assert.equal(
    queueDoubt(
      follow([
        [0, 57],
        [200, 56],
      ]),
      PERSIST_MS,
    ),
    'new',
  );
  assert.equal(queueDoubt(follow(each(1_000, 10_000, () => 57)), PERSIST_MS), 'none');
});

test('a busy link with unread bytes at most scans is not taken for a hang in a week', () => {
  const WEEK_MS = 7 * 86_400_000;
  for (const scanMs of [5_000, 15_000]) {
    for (const share of [0.1, 0.3, 0.5, 0.8]) {
      for (const costMs of [1, 100]) {
        const random = randomNumbers(scanMs * share + costMs);
        let queues: UndrainedQueues = new Map();
        let hangs = 0;
        const read = (atMs: number): void => {
          const level = random() < share ? 1 + Math.floor(random() * 65_536) : 0;
          queues = carryQueues(
            queues,
            level > 0 ? new Map([[NAME, level]]) : new Map(),
            atMs,
            PERSIST_MS,
          );
          if (stands(queues)) hangs += 1;
        };
        for (let atMs = 0; atMs < WEEK_MS; atMs += scanMs) {
          read(atMs);
          let again = queueDoubt(queues, PERSIST_MS) !== 'none';
          for (let nowMs = atMs; again && nowMs < atMs + scanMs; ) {
            nowMs += readingAgainMs([costMs]);
            read(nowMs);
            again = queueDoubt(queues, PERSIST_MS) === 'standing';
          }
        }
        assert.equal(hangs, 0, `scan each ${scanMs} ms, unread at ${share} of the readings`);
      }
    }
  }
});
