import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess } from '../../src/assess/assess.ts';
import { outdated } from '../../src/assess/report/unobservable.ts';
import { EMPTY_MEMORY } from '../../src/assess/scene/observation.ts';
import {
  istioSidecar,
  listens,
  member,
  PEERS,
  POD,
  PROXY,
  row,
  tableOf,
  unanswered,
} from '../links/rows.ts';
import { AGENT, ofSize, reportOf, run, status } from './judging.ts';
import { observe } from './observation.ts';

const [PEER, OTHER] = PEERS;
const ALONE = member(POD, 'other');
const LEARNER = [...ALONE, row(`${POD}:40000`, `${PEER}:2888`)];

test('in quorum and nothing to say but information: healthy', () => {
  assert.equal(reportOf(LEARNER).verdict, 'healthy');
});

test('not in quorum: broken', () => {
  assert.equal(reportOf(ALONE).verdict, 'broken');
});

test('in quorum with a finding of warning: degraded', () => {
  const stalled = unanswered(row(`${POD}:3888`, `${OTHER}:9`), 4);
  const report = reportOf([...LEARNER, stalled]);
  assert.deepEqual([report.verdict, report.ready], ['degraded', true]);
});

test('in quorum with a check on warn and no finding: degraded', () => {
  const report = reportOf([
    ...istioSidecar(),
    ...LEARNER,
    row('127.0.0.1:15001', `${POD}:40000`, PROXY),
  ]);
  assert.deepEqual([report.verdict, status(report, 'quorum-link')], ['degraded', 'warn']);
});

test('rows that could not be read are a check on warn', () => {
  const table = { ...tableOf(LEARNER), malformed: { short: 2 } };
  const report = reportOf(table);
  assert.deepEqual([report.verdict, status(report, 'scan')], ['degraded', 'warn']);
});

test('a leader of an ensemble of unknown size: unknown, with checks that say so', () => {
  const report = reportOf(member(POD, 'leader'), { ensemble: { kind: 'unset' } });
  assert.deepEqual([report.verdict, report.inQuorum, report.ready], ['unknown', null, false]);
  assert.equal(status(report, 'majority'), 'unknown');
  assert.equal(status(report, 'quorum-link'), 'unknown');
});

test('a table that cannot be read: unknown, with the reason, and nothing forgotten', () => {
  const zk = run();
  zk.look(0, LEARNER);
  zk.look(1_000, LEARNER);
  const { memory } = zk.last();
  const seen = observe(LEARNER);
  const blind = assess(
    { ...seen, table: null, scan: { ...seen.scan, error: 'EACCES: permission denied' } },
    memory,
    AGENT,
  );
  assert.equal(blind.report.verdict, 'unknown');
  assert.match(blind.report.findings[0]?.summary ?? '', /EACCES/);
  assert.equal(blind.memory, memory);
});

test('a report too old is unknown in every check', () => {
  const old = outdated(reportOf(LEARNER), 31_400);
  assert.deepEqual(
    [old.verdict, old.ready, old.inQuorum, old.role],
    ['unknown', false, null, 'unknown'],
  );
  assert.ok(old.checks.every((check) => check.status === 'unknown' || check.name === 'scan'));
  assert.match(old.findings[0]?.summary ?? '', /31 s old/);
});

test('checks are the closed list of the profile, whatever is seen', () => {
  const names = [
    'client-port',
    'quorum-port',
    'election-port',
    'quorum-link',
    'majority',
    'peers',
    'queues',
    'scan',
  ];
  for (const rows of [LEARNER, [], member(POD, 'leader')]) {
    assert.deepEqual(
      reportOf(rows).checks.map(({ name }) => name),
      names,
    );
  }
});

test('expected links follow the role', () => {
  const expected = (rows: Parameters<typeof reportOf>[0], port: number) =>
    reportOf(rows, { ensemble: ofSize(3, 1) }).ports.find((one) => one.port === port)?.links
      .expected;
  assert.equal(expected(member(POD, 'leader'), 2888), 3);
  assert.equal(expected(LEARNER, 2888), 1);
  assert.equal(expected(ALONE, 2888), null);
  assert.equal(expected(LEARNER, 2181), null);
});

test('the memory of a look holds what the look saw, and nothing of what went', () => {
  const zk = run();
  const crowd = Array.from({ length: 500 }, (_, index) =>
    row(`${POD}:3888`, `10.97.0.1:${index + 1}`),
  );
  zk.look(0, [...LEARNER, ...crowd]);
  assert.ok(zk.last().memory.held.size >= 500);
  zk.look(1_000, LEARNER);
  assert.ok(zk.last().memory.held.size < 10);
  for (let second = 2; second < 600; second += 1) zk.look(second * 1_000, LEARNER);
  assert.ok(zk.last().memory.samples.length <= 61);
});

test('links on the peer ports are listed with the troubled ones first, up to a cap', () => {
  const crowd = Array.from({ length: 300 }, (_, index) =>
    row(`${POD}:3888`, `10.97.0.1:${index + 1}`),
  );
  const report = reportOf([...ALONE, ...crowd, unanswered(row(`${POD}:40000`, `${PEER}:2888`), 3)]);
  assert.equal(report.links.length, 200);
  assert.equal(report.links[0]?.state, 'stalled');
});

test('an unknown pod with one listener elsewhere is not this pod', () => {
  assert.equal(reportOf([listens('10.1.2.3:2181')]).role, 'absent');
  assert.equal(assess(observe([]), EMPTY_MEMORY, AGENT).report.role, 'absent');
});
