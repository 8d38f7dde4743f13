import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NameAnswer } from '../../src/model/names.ts';
import type { Ensemble, JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { member, PEERS, POD, row, unanswered } from '../links/rows.ts';
import { at, codes, finding, named, type Run, run } from './judging.ts';
import { published, type Seen, unpublished } from './observation.ts';

const [PEER, OTHER] = PEERS;
const ALONE = member(POD, 'other');
const LEARNER = [...ALONE, row(`${POD}:40000`, `${PEER}:2888`)];
const LEADER = [
  ...member(POD, 'leader'),
  row(`${POD}:2888`, `${PEER}:1`),
  row(`${POD}:2888`, `${OTHER}:2`),
];

/** Looks each second from `fromMs` to `toMs`, both included; the last report. */
function each(
  zk: Run,
  fromMs: number,
  toMs: number,
  rows: readonly Socket[],
  seen?: Seen,
): boolean {
  let ready = false;
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1_000) ready = zk.look(nowMs, rows, seen).ready;
  return ready;
}

test('readiness comes when the quorum has held for the settling time', () => {
  const zk = run();
  zk.look(0, LEARNER);
  // Membership begins with the second look, the first that believes the link.
  assert.equal(each(zk, 1_000, 5_000, LEARNER), false);
  assert.equal(zk.look(6_000, LEARNER).ready, true);
});

test('readiness is lost at once, and begins anew', () => {
  const zk = run();
  assert.equal(each(zk, 0, 10_000, LEADER), true);
  const cut = LEADER.map((one) => (one.remote.port > 0 ? unanswered(one, 3) : one));
  assert.equal(zk.look(10_500, cut).ready, false);
  assert.equal(zk.look(11_000, LEADER).inQuorum, true);
  assert.equal(each(zk, 12_000, 15_000, LEADER), false);
  assert.equal(zk.look(16_000, LEADER).ready, true);
});

test('another link to another leader begins anew', () => {
  const zk = run();
  assert.equal(each(zk, 0, 10_000, LEARNER), true);
  const moved = [...ALONE, row(`${POD}:40001`, `${OTHER}:2888`)];
  zk.look(11_000, moved);
  assert.equal(zk.look(12_000, moved).inQuorum, true);
  assert.equal(each(zk, 13_000, 16_000, moved), false);
  assert.equal(zk.look(17_000, moved).ready, true);
});

test('a leader that loses one of two learners stays ready', () => {
  const zk = run();
  assert.equal(each(zk, 0, 10_000, LEADER), true);
  assert.equal(zk.look(11_000, LEADER.slice(0, -1)).ready, true);
});

const SERVING: Seen['asked'] = {
  srvr: {
    atMs: 2_000,
    answer: {
      kind: 'serving',
      mode: 'follower',
      version: '3.9.3',
      zxid: '0x1',
      outstanding: 0,
      connections: 1,
      nodeCount: 5,
      latencyMs: { min: 0, avg: 0, max: 0 },
      received: 1,
      sent: 1,
    },
  },
  envoy: null,
  peers: null,
};

test("the server's own word makes ready at once, and keeps it when it is not heard again", () => {
  const zk = run();
  zk.look(0, LEARNER);
  zk.look(1_000, LEARNER);
  assert.equal(zk.look(2_000, LEARNER, { asked: SERVING }).ready, true);
  assert.equal(zk.look(3_000, LEARNER).ready, true);
});

test("the server's word from before the member joined says nothing", () => {
  const zk = run();
  zk.look(2_500, LEARNER, { asked: SERVING });
  assert.equal(zk.look(3_500, LEARNER, { asked: SERVING }).ready, false);
});

const NAMES = named('zk-0', 'zk-1', 'zk-2');

function self(answer: NameAnswer): Seen {
  return { names: new Map([['zk-0', answer]]) };
}

function bootstrapping(changes: Partial<JudgeSettings> = {}): Run {
  return run({ ensemble: NAMES, podName: 'zk-0', bootstrap: true, ...changes });
}

test('a member whose name stays unpublished for 30 s is called ready, for its peers to find it', () => {
  const zk = bootstrapping();
  const early = zk.look(29_999, ALONE, self(unpublished(29_000, 0)));
  assert.deepEqual([early.ready, early.bootstrap, early.verdict], [false, false, 'broken']);
  assert.equal(finding(early, 'bootstrap-unpublished').certainty, 'suspected');
  const late = zk.look(30_000, ALONE, self(unpublished(29_000, 0)));
  assert.deepEqual([late.ready, late.bootstrap, late.verdict], [true, true, 'degraded']);
  const said = finding(late, 'bootstrap-unpublished');
  assert.equal(said.certainty, 'confirmed');
  assert.match(said.summary, /zk-0/);
  assert.match(said.remedy, /publishNotReadyAddresses: true/);
});

const STRICT: readonly (readonly [why: string, Partial<JudgeSettings>, readonly Socket[], Seen])[] =
  [
    ['it is switched off', { bootstrap: false }, ALONE, self(unpublished(60_000, 0))],
    ['the name is published', {}, ALONE, self(published(60_000, POD))],
    [
      'the lookup failed for another reason',
      {},
      ALONE,
      self({ kind: 'failed', addresses: [], atMs: 60_000, reason: 'EAI_AGAIN' }),
    ],
    ['nothing was looked up yet', {}, ALONE, {}],
    [
      "only another member's name is unpublished",
      {},
      ALONE,
      { names: new Map([['zk-1', unpublished(60_000, 0)]]) },
    ],
    ['the client port is closed', {}, ALONE.slice(1), self(unpublished(60_000, 0))],
    ['the election port is closed', {}, ALONE.slice(0, 1), self(unpublished(60_000, 0))],
    [
      'members are given by number',
      { ensemble: { kind: 'size', voters: 3, observers: 0 } },
      ALONE,
      self(unpublished(60_000, 0)),
    ],
  ];

for (const [why, changes, rows, seen] of STRICT) {
  test(`no bootstrap where ${why}`, () => {
    const report = bootstrapping(changes).look(60_000, rows, seen);
    assert.deepEqual([report.ready, report.bootstrap], [false, false]);
  });
}

test('bootstrap ends for good when a quorum is seen, without a gap in readiness', () => {
  const zk = bootstrapping();
  assert.equal(zk.look(60_000, ALONE, self(unpublished(59_000, 0))).bootstrap, true);
  for (let nowMs = 61_000; nowMs < 67_000; nowMs += 1_000) {
    const { ready, bootstrap } = zk.look(nowMs, LEARNER, self(published(nowMs, POD)));
    assert.deepEqual([ready, bootstrap], [true, true]);
  }
  const joined = zk.look(67_000, LEARNER, self(published(66_500, POD)));
  assert.deepEqual([joined.inQuorum, joined.bootstrap, joined.ready], [true, false, true]);
  const lost = zk.look(200_000, ALONE, self(unpublished(199_000, 0)));
  assert.deepEqual([lost.ready, lost.bootstrap], [false, false]);
  assert.ok(codes(lost).includes('bootstrap-unpublished'));
});

/** Three members whose file says that their leader takes no clients. */
function muteLeader(): Ensemble {
  const ensemble = at(POD, ...PEERS);
  return ensemble.kind === 'members' ? { ...ensemble, leaderServes: false } : ensemble;
}

for (const [how, changes] of [
  ['an option says so', { leaderServes: false }],
  ['its members file says so', { ensemble: muteLeader() }],
] as const) {
  test(`a leader that serves no clients is ready although it says that it does not serve, where ${how}`, () => {
    const zk = run(changes);
    let report = zk.look(0, LEADER);
    for (let nowMs = 1_000; nowMs <= 60_000; nowMs += 1_000) {
      const asked = { srvr: { atMs: nowMs, answer: { kind: 'not-serving' as const } } };
      report = zk.look(nowMs, LEADER, { asked });
    }
    assert.equal(report.ready, true);
    assert.ok(!codes(report).includes('srvr-disagrees'));
  });

  test(`a follower that says it does not serve is not ready, where ${how} of leaders`, () => {
    const zk = run(changes);
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 1_000) {
      const asked = { srvr: { atMs: nowMs, answer: { kind: 'not-serving' as const } } };
      assert.equal(zk.look(nowMs, LEARNER, { asked }).ready, false);
    }
  });
}

test('the option outranks the members file', () => {
  const zk = run({ leaderServes: true, ensemble: muteLeader() });
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 1_000) {
    const asked = { srvr: { atMs: nowMs, answer: { kind: 'not-serving' as const } } };
    assert.equal(zk.look(nowMs, LEADER, { asked }).ready, false);
  }
});
