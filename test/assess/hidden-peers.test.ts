import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY } from '../../src/assess/scene/observation.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { kafkaKraft } from '../../src/profiles/kafka-kraft.ts';
import { istioSidecar, listens, member, PEERS, POD, PROXY, row, tableOf } from '../links/rows.ts';
import { codes, ONE_LOOK, ofSize, reportOf, run } from './judging.ts';
import { observe } from './observation.ts';

const [FIRST, SECOND] = PEERS;
const THIRD = '10.96.5.12';

/** Links that come in through the mesh proxy, which hides whose they are. */
const hidden = (port: number, count: number): Socket[] =>
  Array.from({ length: count }, (_, index) => 50_000 + index).flatMap((source) => [
    row(`${POD}:${port}`, `127.0.0.6:${source}`),
    row(`127.0.0.6:${source}`, `${POD}:${port}`, PROXY),
  ]);
const captured = (peer: string, changes: Partial<Socket> = {}): Socket =>
  row(`${POD}:15006`, `${peer}:40000`, PROXY, changes);

const ensemble = ofSize(5);
const LEADER = [
  ...member(POD, 'leader'),
  ...istioSidecar(),
  ...hidden(2888, 3),
  ...[FIRST, SECOND, THIRD].map((peer) => captured(peer)),
];

test('behind a mesh a voter is missing by number, whatever clients come and go', () => {
  const leaving = captured('10.96.9.99', { state: 'close_wait' });
  for (const rows of [LEADER, [...LEADER, leaving]]) {
    assert.ok(codes(reportOf(rows, { ensemble })).includes('peer-missing'));
  }
  const agent = run({ ensemble });
  const reports = Array.from({ length: 20 }, (_, second) =>
    agent.look(second * 1000, [...LEADER, captured(`10.96.9.${50 + second}`)]),
  );
  assert.ok(codes(reports.at(-1) ?? assert.fail()).includes('peer-missing'));
});

test('behind a mesh a controller that dials peers in vain does not count hidden links as theirs', () => {
  const dialling = [FIRST, SECOND].flatMap((peer, index) => [
    row(`${POD}:${43_000 + index}`, `${peer}:9093`),
    row('127.0.0.1:15001', `${POD}:${43_000 + index}`, PROXY),
    row(`${POD}:${44_000 + index}`, `${peer}:9093`, PROXY, { state: 'syn_sent', retransmits: 2 }),
  ]);
  const report = looked(
    kafkaKraft,
    [
      ...[listens('*:9092'), listens('*:9093'), ...istioSidecar()],
      ...[...hidden(9093, 1), captured(FIRST), ...dialling],
    ],
    ONE_LOOK,
  );
  assert.deepEqual([report.role, report.ready], ['looking', false]);
});

test('a controller left with one other of five is looking, whoever of the two dials more', () => {
  const silent = [THIRD, '10.96.4.13', '10.96.3.14'].map((peer, index) =>
    row(`${POD}:${44_000 + index}`, `${peer}:9093`, undefined, {
      state: 'syn_sent',
      retransmits: 2,
    }),
  );
  const company = [1, 2].map((index) => row(`${POD}:${45_000 + index}`, `${FIRST}:9093`));
  const report = looked(kafkaKraft, [listens('*:9092'), listens('*:9093'), ...company, ...silent], {
    ...ONE_LOOK,
    ensemble,
  });
  assert.deepEqual([report.role, report.ready], ['looking', false]);
});

test('a stray connection that nobody reads does not take the only link of a follower away', () => {
  const stray = (peer: string): Socket =>
    row(`${POD}:2888`, `${peer}:60001`, undefined, { rxQueueBytes: 3 });
  const rows = [
    ...member(POD, 'leader'),
    ...[FIRST, SECOND].flatMap((peer) => [row(`${POD}:2888`, `${peer}:45001`), stray(peer)]),
  ];
  const agent = run({});
  const reports = Array.from({ length: 15 }, (_, second) => agent.look(second * 1000, rows));
  const last = reports.at(-1) ?? assert.fail();
  assert.equal(last.ready, true);
  assert.ok(codes(last).includes('unread-bytes'));
});

function looked(profile: Profile, rows: readonly Socket[], settings: JudgeSettings): Report {
  const observation = observe(tableOf(rows, 4096, profile));
  return assess(observation, EMPTY_MEMORY, { ...settings, profile }).report;
}
