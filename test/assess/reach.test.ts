import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerMemory } from '../../src/model/asked.ts';
import type { PeerAnswer } from '../../src/model/evidence.ts';
import type { Socket } from '../../src/model/socket.ts';
import type { Reach } from '../../src/model/vocabulary.ts';
import { APP, member, PEERS, POD, row, tableOf, unanswered } from '../links/rows.ts';
import { withVitals } from '../links/vitals.ts';
import { peers, silent } from './asked-evidence.ts';
import { reportOf } from './judging.ts';
import type { Seen } from './observation.ts';

const [PEER] = PEERS;
const ALONE = member(POD, 'other');
const TIMEOUT: PeerAnswer = { kind: 'timeout', reason: 'no answer' };
const NO_REPORT: PeerAnswer = { kind: 'not-understood', rttMs: 1, reason: 'of another release' };

function reach(rows: readonly Socket[], seen: Seen = {}): Reach | undefined {
  const report = reportOf([...ALONE, ...rows], {}, seen);
  return report.peers.find(({ name }) => name === PEER)?.reach;
}

function asked(answer: PeerAnswer, memory: PeerMemory): Seen {
  return { asked: peers([memory], new Map([[PEER, answer]])) };
}

const attempt = (retransmits: number): Socket =>
  row(`${POD}:1`, `${PEER}:3888`, APP, { state: 'syn_sent', retransmits });
const link = row(`${POD}:2`, `${PEER}:3888`);

test('no link, an idle link, and an attempt that was just begun show nothing', () => {
  assert.equal(reach([]), 'unknown');
  assert.equal(reach([link]), 'unknown');
  assert.equal(reach([attempt(1)]), 'unknown');
});

test('an attempt that was sent three times, and data that was sent again and again, go unanswered', () => {
  assert.equal(reach([attempt(2)]), 'connection-unanswered');
  assert.equal(reach([unanswered(link, 3)]), 'data-unanswered');
  assert.equal(reach([unanswered(link, 2)]), 'unknown');
});

test('two questions to a probe that answered before go unanswered; one, or one that never did, show nothing', () => {
  assert.equal(reach([], asked(TIMEOUT, silent(0, 2))), 'probe-unanswered');
  assert.equal(reach([link], asked(TIMEOUT, silent(0, 2))), 'probe-unanswered');
  const still: PeerAnswer = { kind: 'not-asked', reason: 'this process stood still' };
  assert.equal(reach([], asked(still, silent(0, 2))), 'probe-unanswered');
  assert.equal(reach([], asked(TIMEOUT, silent(null, 9))), 'unknown');
});

test('one question without an answer leaves the last answer standing for three seconds', () => {
  const later = (atMs: number): Seen => {
    const { peers: known } = peers([silent(0, 1)], new Map([[PEER, TIMEOUT]]));
    return { asked: { peers: known === null ? null : { ...known, atMs } } };
  };
  assert.equal(reach([], later(2_000)), 'answered');
  assert.equal(reach([], later(4_000)), 'unknown');
});

test('a refusal, a reset or an error may come from elsewhere, and shows nothing', () => {
  for (const kind of ['refused', 'reset', 'http-error', 'invalid'] as const) {
    assert.equal(reach([], asked({ kind, reason: 'it was' }, silent(0, 0))), 'unknown', kind);
  }
});

test('a probe that answers, in whatever release, shows that the peer is reached', () => {
  assert.equal(reach([], asked(NO_REPORT, silent(0, 0))), 'answered');
  // A firewall has forgotten one connection: the network is there all the same.
  assert.equal(reach([unanswered(link, 5)], asked(NO_REPORT, silent(0, 0))), 'answered');
  // The ports between members are cut, and the port of the probes is not.
  assert.equal(reach([attempt(3)], asked(NO_REPORT, silent(0, 0))), 'connection-unanswered');
});

test('data heard within seconds on one link shows that the peer is reached, whatever another one says', () => {
  const rows = [...ALONE, unanswered(row(`${POD}:3`, `${PEER}:2888`), 5), link];
  const heard = (lastHeardMs: number): Seen => ({
    table: withVitals(tableOf(rows), () => ({ lastHeardMs })),
  });
  assert.equal(reach([], heard(500)), 'answered');
  assert.equal(reach([], heard(9_000)), 'data-unanswered');
});
