import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ensemble } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import {
  APP,
  istioSidecar,
  listens,
  member,
  PEERS,
  POD,
  PROXY,
  row,
  unanswered,
} from '../links/rows.ts';
import { at, named, ofSize, reportOf, run, status } from './judging.ts';
import { published, type Seen, unpublished } from './observation.ts';

const [PEER, OTHER] = PEERS;
const UNSET: Ensemble = { kind: 'unset' };
const THREE = ofSize(3);

const CLIENT = listens('*:2181');
const ELECTION = listens(`${POD}:3888`);
const QUORUM = listens(`${POD}:2888`);
const FROM = (peer: string, port = 1): Socket => row(`${POD}:2888`, `${peer}:${port}`);
const TO = (peer: string): Socket => row(`${POD}:40000`, `${peer}:2888`);

interface Case {
  readonly says: string;
  readonly rows: readonly Socket[];
  readonly ensemble?: Ensemble;
  readonly role: string;
  readonly inQuorum: boolean | null;
  readonly votes?: number | null;
  readonly seen?: Seen;
}

const CASES: readonly Case[] = [
  { says: 'nothing listens', rows: [], role: 'absent', inQuorum: false },
  {
    says: 'nothing listens, size unknown',
    rows: [],
    ensemble: UNSET,
    role: 'absent',
    inQuorum: false,
  },
  {
    says: 'the client port alone, one voter',
    rows: [CLIENT],
    ensemble: ofSize(1),
    role: 'standalone',
    inQuorum: true,
    votes: 1,
  },
  { says: 'the client port alone, three voters', rows: [CLIENT], role: 'unknown', inQuorum: false },
  {
    says: 'the client port alone, size unknown',
    rows: [CLIENT],
    ensemble: UNSET,
    role: 'unknown',
    inQuorum: null,
  },
  { says: 'client and election port', rows: [CLIENT, ELECTION], role: 'looking', inQuorum: false },
  {
    says: 'client and election port, size unknown',
    rows: [CLIENT, ELECTION],
    ensemble: UNSET,
    role: 'looking',
    inQuorum: false,
  },
  {
    says: 'client and election port, one voter',
    rows: [CLIENT, ELECTION],
    ensemble: ofSize(1),
    role: 'looking',
    inQuorum: false,
  },
  {
    says: 'a link to a leader',
    rows: [CLIENT, ELECTION, TO(PEER)],
    role: 'learner',
    inQuorum: true,
  },
  {
    says: 'a link to a leader, size unknown',
    rows: [CLIENT, ELECTION, TO(PEER)],
    ensemble: UNSET,
    role: 'learner',
    inQuorum: true,
  },
  {
    says: 'a stalled link to a leader',
    rows: [CLIENT, ELECTION, unanswered(TO(PEER), 3)],
    role: 'learner',
    inQuorum: false,
  },
  {
    says: 'an unanswered dial to a leader',
    rows: [CLIENT, ELECTION, { ...TO(PEER), state: 'syn_sent' }],
    role: 'learner',
    inQuorum: false,
  },
  {
    says: 'a link that the leader has closed',
    rows: [CLIENT, ELECTION, { ...TO(PEER), state: 'close_wait' }],
    role: 'learner',
    inQuorum: false,
  },
  {
    says: 'an old stalled link and a new one',
    rows: [CLIENT, ELECTION, unanswered(TO(PEER), 5), row(`${POD}:40001`, `${OTHER}:2888`)],
    role: 'learner',
    inQuorum: true,
  },
  {
    says: 'a link to a leader, the client port closed',
    rows: [ELECTION, TO(PEER)],
    role: 'learner',
    inQuorum: false,
  },
  {
    says: 'a link of the pod with its own quorum port',
    rows: [CLIENT, ELECTION, TO(POD)],
    role: 'looking',
    inQuorum: false,
  },
  {
    says: 'the quorum port with nobody',
    rows: member(POD, 'leader'),
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: 'the quorum port with one of two others',
    rows: [...member(POD, 'leader'), FROM(PEER)],
    role: 'leader',
    inQuorum: true,
    votes: 2,
  },
  {
    says: 'the quorum port with both others',
    rows: [...member(POD, 'leader'), FROM(PEER), FROM(OTHER)],
    role: 'leader',
    inQuorum: true,
    votes: 3,
  },
  {
    says: 'two links of one peer',
    rows: [...member(POD, 'leader'), FROM(PEER), FROM(PEER, 2)],
    ensemble: ofSize(5),
    role: 'leader',
    inQuorum: false,
    votes: 2,
  },
  {
    says: 'the quorum port with two of four others',
    rows: [...member(POD, 'leader'), FROM(PEER), FROM(OTHER)],
    ensemble: ofSize(5),
    role: 'leader',
    inQuorum: true,
    votes: 3,
  },
  {
    says: 'an ensemble of two with the other',
    rows: [...member(POD, 'leader'), FROM(PEER)],
    ensemble: ofSize(2),
    role: 'leader',
    inQuorum: true,
    votes: 2,
  },
  {
    says: 'an ensemble of two without the other',
    rows: member(POD, 'leader'),
    ensemble: ofSize(2),
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: 'an ensemble of one that elects itself',
    rows: member(POD, 'leader'),
    ensemble: ofSize(1),
    role: 'leader',
    inQuorum: true,
    votes: 1,
  },
  {
    says: 'the quorum port, size unknown',
    rows: [...member(POD, 'leader'), FROM(PEER), FROM(OTHER)],
    ensemble: UNSET,
    role: 'leader',
    inQuorum: null,
    votes: 3,
  },
  {
    says: 'one usable link and one stalled',
    rows: [...member(POD, 'leader'), unanswered(FROM(PEER), 4), unanswered(FROM(OTHER), 2)],
    role: 'leader',
    inQuorum: true,
    votes: 2,
  },
  {
    says: 'an observer is no voter, by number',
    rows: [...member(POD, 'leader'), FROM(PEER)],
    ensemble: ofSize(3, 1),
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: 'an observer is no voter, by address',
    rows: [...member(POD, 'leader'), FROM(OTHER)],
    ensemble: at(POD, PEER, '10.96.8.12', `*${OTHER}`),
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: 'an address that is no member is no voter',
    rows: [...member(POD, 'leader'), FROM('10.99.9.9')],
    ensemble: at(POD, ...PEERS),
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: "a script of the pod's own on loopback is no voter",
    rows: [
      CLIENT,
      ELECTION,
      listens('*:2888'),
      row('127.0.0.1:2888', '127.0.0.1:5'),
      row('127.0.0.1:5', '127.0.0.1:2888'),
    ],
    ensemble: THREE,
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: 'a member with two addresses is one voter',
    rows: [...member(POD, 'leader'), FROM('10.1.1.1'), FROM('10.1.1.2')],
    ensemble: named('zk-0', 'zk-1', 'zk-2', 'zk-3', 'zk-4'),
    seen: { names: new Map([['zk-1', published(0, '10.1.1.1', '10.1.1.2')]]) },
    role: 'leader',
    inQuorum: false,
    votes: 2,
  },
  {
    says: 'a new address may be that of a member whose name is not looked up yet',
    rows: [...member(POD, 'leader'), FROM('10.1.1.9')],
    ensemble: named('zk-0', 'zk-1', 'zk-2'),
    role: 'leader',
    inQuorum: true,
    votes: 2,
  },
  {
    says: 'a stranger is no voter because the name of a member is not published',
    rows: [...member(POD, 'leader'), FROM('10.1.1.9')],
    ensemble: named('zk-0', 'zk-1', 'zk-2'),
    seen: {
      names: new Map([
        ['zk-1', published(0, PEER)],
        ['zk-2', unpublished(0, 0)],
      ]),
    },
    role: 'leader',
    inQuorum: false,
    votes: 1,
  },
  {
    says: 'strangers are no more voters than members are missing',
    rows: [
      ...member(POD, 'leader'),
      FROM('10.1.1.7'),
      FROM('10.1.1.8'),
      FROM('10.1.1.9'),
      FROM(PEER),
    ],
    ensemble: named('zk-0', 'zk-1', 'zk-2'),
    seen: { names: new Map([['zk-1', published(-1, PEER)]]) },
    role: 'leader',
    inQuorum: true,
    votes: 3,
  },
];

for (const { says, rows, ensemble = THREE, role, inQuorum, votes, seen = {} } of CASES) {
  test(`${says}: ${role}, in quorum ${inQuorum}`, () => {
    const report = reportOf(rows, { ensemble, podName: 'zk-0' }, seen);
    assert.deepEqual([report.role, report.inQuorum], [role, inQuorum]);
    assert.equal(report.ready, inQuorum === true);
    if (votes !== undefined) assert.equal(report.quorum.votes, votes);
  });
}

test('an address that appeared before every name had its last answer is no member', () => {
  const zk = run({ ensemble: named('zk-0', 'zk-1', 'zk-2'), podName: 'zk-0' });
  const rows = [...member(POD, 'leader'), FROM('10.1.1.9')];
  const names = (atMs: number): Seen => ({
    names: new Map([
      ['zk-1', published(atMs, PEER)],
      ['zk-2', published(atMs, OTHER)],
    ]),
  });
  zk.look(1_000, rows, names(0));
  assert.equal(zk.look(1_200, rows, names(0)).inQuorum, true);
  assert.deepEqual(zk.last().strangers, ['10.1.1.9']);
  assert.equal(zk.look(2_000, rows, names(1_500)).inQuorum, false);
  assert.deepEqual(zk.last().strangers, []);
});

const SIDECAR = [...istioSidecar(), ...member(POD, 'leader')];

/** Application links without a known peer on the quorum port, and peers on the capture port. */
function hidden(links: number, peers: readonly Socket[]): Socket[] {
  const ports = Array.from({ length: links }, (_, index) => 40_000 + index);
  return [
    ...SIDECAR,
    ...ports.flatMap((port) => [
      row(`127.0.0.6:${port}`, `${POD}:2888`, PROXY),
      row(`${POD}:2888`, `127.0.0.6:${port}`, APP),
    ]),
    ...peers,
  ];
}
const OUTER = (peer: string): Socket => row(`${POD}:15006`, `${peer}:7`, PROXY);
const FIVE = at(POD, ...PEERS, '10.96.8.12', '10.96.8.13');

test('behind a mesh there are no more votes than links', () => {
  const report = reportOf(hidden(1, [OUTER(PEER), OUTER(OTHER), OUTER('10.96.8.12')]), {
    ensemble: FIVE,
  });
  assert.deepEqual([report.quorum.votes, report.inQuorum], [2, false]);
});

test('behind a mesh there are no more votes than peers on the capture port', () => {
  const report = reportOf(hidden(3, [OUTER(PEER), OUTER('10.99.9.9')]), { ensemble: FIVE });
  assert.deepEqual([report.quorum.votes, report.inQuorum], [2, false]);
});

test('behind a mesh a peer that does not acknowledge is no vote', () => {
  const report = reportOf(hidden(2, [unanswered(OUTER(PEER), 3), OUTER(OTHER)]), {
    ensemble: FIVE,
  });
  assert.deepEqual([report.quorum.votes, report.inQuorum], [2, false]);
});

test('behind a mesh observers are taken from the links and from the peers', () => {
  const ensemble = at(POD, ...PEERS, '*10.96.8.12');
  const peers = [OUTER(PEER), OUTER('10.96.8.12')];
  assert.equal(reportOf(hidden(2, peers), { ensemble }).quorum.votes, 2);
  assert.equal(reportOf(hidden(1, [OUTER('10.96.8.12')]), { ensemble }).quorum.votes, 1);
  assert.equal(reportOf(hidden(2, peers), { ensemble: ofSize(3, 1) }).quorum.votes, 2);
});

test('a peer that dials past the mesh is not counted once more on the capture port', () => {
  const rows = hidden(1, [OUTER(PEER), FROM(PEER)]);
  assert.equal(reportOf(rows, { ensemble: FIVE }).quorum.votes, 2);
});

test('a crowd of clients on the capture port takes no vote away', () => {
  const crowd = Array.from({ length: 2_100 }, (_, index) =>
    OUTER(`10.97.${index >> 8}.${index & 255}`),
  );
  const report = reportOf(hidden(2, [...crowd, OUTER(PEER), OUTER(OTHER)]), {
    ensemble: at(POD, ...PEERS),
  });
  assert.equal(report.scan.truncated, true);
  assert.deepEqual([report.quorum.votes, report.ready], [3, true]);
  assert.equal(status(report, 'scan'), 'warn');
  assert.ok(!report.findings.some(({ code }) => code === 'peer-missing'));
});

test('margin is the number of voters that may still be lost', () => {
  const all = reportOf([...member(POD, 'leader'), FROM(PEER), FROM(OTHER)], { ensemble: THREE });
  assert.deepEqual(all.quorum, { size: 3, majority: 2, votes: 3, margin: 1 });
  const one = reportOf(member(POD, 'leader'), { ensemble: ofSize(5) });
  assert.deepEqual(one.quorum, { size: 5, majority: 3, votes: 1, margin: -2 });
  const learner = reportOf([CLIENT, ELECTION, TO(PEER)], { ensemble: THREE });
  assert.deepEqual(learner.quorum, { size: 3, majority: 2, votes: null, margin: null });
});

test('a quorum port that another pod of the namespace listens on makes no leader', () => {
  assert.equal(reportOf([CLIENT, ELECTION, listens('10.96.6.11:2888'), QUORUM]).role, 'leader');
  assert.equal(reportOf([CLIENT, ELECTION, listens('10.96.6.11:2888')]).role, 'looking');
});
