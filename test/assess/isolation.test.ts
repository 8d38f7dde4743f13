import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeReport } from '../../src/assess/ensemble/ensemble.ts';
import {
  judgeIsolation,
  NEW_PEER,
  type PeerHistory,
  rememberAnswer,
  rememberHeard,
} from '../../src/assess/quorum/isolation.ts';
import type { PeerMemory } from '../../src/model/asked.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import { leaderReport } from '../http/sample-report.ts';

const ANSWERED: PeerAnswer = { kind: 'answered', rttMs: 2, report: wholeReport(leaderReport()) };
const TIMEOUT: PeerAnswer = { kind: 'timeout', reason: 'no answer' };
const fault = (kind: 'refused' | 'reset' | 'http-error' | 'invalid' | 'not-asked'): PeerAnswer => ({
  kind,
  reason: kind,
});

/** A peer asked once a second from 0 s on. */
function peer(...answers: readonly PeerAnswer[]): PeerMemory {
  return answers.reduce(
    (memory, answer, second) => rememberAnswer(memory, answer, second * 1000),
    NEW_PEER,
  );
}

const peers = (...memories: readonly PeerMemory[]): PeerHistory =>
  new Map(memories.map((memory, index) => [`zk-${index}`, memory]));

const CUT = peer(ANSWERED, TIMEOUT, TIMEOUT);
const WELL = peer(ANSWERED, ANSWERED, ANSWERED);

test('both peers of three silent after they had answered: isolated since the first such question', () => {
  assert.deepEqual(judgeIsolation(peers(CUT, CUT), 3000, 'hub', null), {
    kind: 'isolated',
    silent: ['zk-0', 'zk-1'],
    sinceMs: 1000,
  });
});

test('one silent peer of two is no isolation: with the other there is a majority', () => {
  assert.equal(judgeIsolation(peers(CUT, WELL), 3000, 'hub', null).kind, 'connected');
});

test('of four peers three must be silent', () => {
  assert.equal(judgeIsolation(peers(CUT, CUT, WELL, WELL), 3000, 'hub', null).kind, 'connected');
  assert.equal(judgeIsolation(peers(CUT, CUT, CUT, WELL), 3000, 'hub', null).kind, 'isolated');
});

test('one time-out alone may be one lost packet', () => {
  const once = peer(ANSWERED, TIMEOUT);
  assert.equal(judgeIsolation(peers(once, once), 2000, 'hub', null).kind, 'connected');
});

for (const kind of ['refused', 'reset', 'http-error', 'invalid'] as const) {
  test(`${kind} comes from the other end and makes nobody isolated`, () => {
    const rolledOut = peer(ANSWERED, fault(kind), fault(kind), fault(kind));
    assert.equal(judgeIsolation(peers(rolledOut, rolledOut), 4000, 'hub', null).kind, 'connected');
    const between = peer(ANSWERED, TIMEOUT, fault(kind), TIMEOUT);
    assert.equal(judgeIsolation(peers(between, between), 4000, 'hub', null).kind, 'connected');
  });
}

test('a question that never left neither adds to the silence nor ends it', () => {
  const memory = peer(ANSWERED, TIMEOUT, fault('not-asked'), fault('not-asked'));
  assert.equal(judgeIsolation(peers(memory, memory), 4000, 'hub', null).kind, 'connected');
  const silent = rememberAnswer(memory, TIMEOUT, 4000);
  assert.equal(judgeIsolation(peers(silent, silent), 5000, 'hub', null).kind, 'isolated');
});

test('peers that never answered, as behind a network policy, tell nothing by their silence', () => {
  const never = peer(TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT);
  assert.equal(judgeIsolation(peers(never, never), 5000, 'hub', null).kind, 'connected');
});

test('what answered more than 30 s ago tells nothing by its silence', () => {
  assert.equal(judgeIsolation(peers(CUT, CUT), 30_002, 'hub', null).kind, 'isolated');
  assert.equal(judgeIsolation(peers(CUT, CUT), 30_003, 'hub', null).kind, 'connected');
});

test('packets that arrive some other way, as from a peer whose port alone is shut, end the silence', () => {
  const heard = rememberHeard(CUT);
  assert.equal(judgeIsolation(peers(heard, heard), 3000, 'hub', null).kind, 'connected');
});

test('an answer ends it at once', () => {
  const back = rememberAnswer(CUT, ANSWERED, 3000);
  assert.equal(judgeIsolation(peers(back, back), 3100, 'hub', null).kind, 'connected');
});

test('without peers there is nobody to be cut off from', () => {
  assert.equal(judgeIsolation(new Map(), 0, 'hub', null).kind, 'connected');
});

test('where no majority is needed, a member is cut off only when every peer is silent', () => {
  const silent: PeerMemory = { lastAnswerMs: 95_000, timeouts: 2, silentSinceMs: 98_000 };
  const talking: PeerMemory = { lastAnswerMs: 99_000, timeouts: 0, silentSinceMs: null };
  const divided = new Map([
    ['a', silent],
    ['b', silent],
    ['c', talking],
  ]);
  assert.equal(judgeIsolation(divided, 100_000, 'hub', null).kind, 'isolated');
  assert.equal(judgeIsolation(divided, 100_000, 'gossip', null).kind, 'connected');
  const alone = new Map([
    ['a', silent],
    ['b', silent],
  ]);
  assert.equal(judgeIsolation(alone, 100_000, 'gossip', null).kind, 'isolated');
});
