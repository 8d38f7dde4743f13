import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Coverage, Extent } from '../../src/model/coverage.ts';
import type { Report } from '../../src/model/report.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { listens, PEERS, POD, row, tableOf } from '../links/rows.ts';
import { at, codes, type ONE_LOOK, reportOf } from './judging.ts';
import { LEADER, LEARNER, LOOKING, PEER } from './zookeeper-rows.ts';

/** What an absence would have to be claimed for. */
const OF_ABSENCE = ['client-port-closed', 'peer-port-closed', 'no-quorum', 'peer-missing'];

function cut(
  rows: readonly Socket[],
  coverage: Coverage,
  profile?: typeof ONE_LOOK.profile,
): SocketTable {
  return { ...tableOf(rows, 4096, profile), coverage };
}

function listing(
  listeners: Extent,
  connections: Extent,
  basis: 'stated' | 'assumed' = 'stated',
): Coverage {
  return { kind: 'listing', listeners, connections, basis };
}

function claimsNothing(report: Report): void {
  assert.deepEqual(
    codes(report).filter((code) => OF_ABSENCE.includes(code)),
    [],
  );
  assert.ok(
    report.checks.every(({ status }) => status !== 'fail'),
    JSON.stringify(report.checks),
  );
}

test('a listing of listeners alone knows a leader and not whether it has a quorum', () => {
  const rows = LEADER.filter(({ state }) => state === 'listen');
  const report = reportOf(cut(rows, listing('every-port', new Set())));
  assert.deepEqual([report.role, report.inQuorum, report.ready], ['leader', null, false]);
  assert.equal(report.readiness.state, 'unknown');
  assert.equal(report.verdict, 'unknown');
  claimsNothing(report);
});

test('a listing of listeners alone does not know that nobody is followed', () => {
  const report = reportOf(cut(LOOKING, listing('every-port', new Set())));
  assert.deepEqual([report.role, report.inQuorum], ['unknown', null]);
  claimsNothing(report);
});

test('a listing without listeners knows a learner, and whom its connections prove to listen', () => {
  const rows = LEARNER.filter(({ state }) => state !== 'listen');
  const report = reportOf(cut(rows, listing(new Set(), 'every-port')));
  assert.deepEqual([report.role, report.inQuorum], ['learner', true]);
  assert.equal(report.readiness.state, 'unknown');
  const status = (name: string) => report.checks.find((check) => check.name === name)?.status;
  assert.equal(status('election-port'), 'pass');
  assert.equal(status('client-port'), 'unknown');
  claimsNothing(report);
});

test('connections that came in on the quorum port prove a leader whose listeners were not listed', () => {
  const rows = LEADER.filter(({ state }) => state !== 'listen');
  const report = reportOf(cut(rows, listing(new Set(), 'every-port')));
  assert.deepEqual([report.role, report.inQuorum], ['leader', true]);
  claimsNothing(report);
});

test('rows of one port say nothing of the others', () => {
  const only = (port: number) =>
    LEARNER.filter(({ local, remote }) => local.port === port || remote.port === port);
  for (const port of [2181, 2888, 3888]) {
    const ports = new Set([port]);
    const report = reportOf(cut(only(port), listing(ports, ports)));
    assert.equal(report.readiness.state, 'unknown', String(port));
    claimsNothing(report);
  }
});

test('a stalled link that was read is a fact also where other rows were not', () => {
  const stalled = row(`${POD}:40000`, `${PEER}:2888`, 1001, {
    txQueueBytes: 44,
    timer: 'retransmit',
    retransmits: 5,
  });
  const ports = new Set([2888]);
  const report = reportOf(cut([stalled], listing(ports, ports)));
  assert.deepEqual([report.role, report.inQuorum, report.ready], ['learner', false, false]);
  assert.ok(codes(report).includes('stalled-link'));
});

test('a peer port on loopback alone keeps others out, whatever else was listed', () => {
  const rows = [listens('*:2379'), listens('127.0.0.1:2380')];
  const report = reportOf(cut(rows, listing('every-port', new Set()), etcd), {
    profile: etcd,
    ensemble: { kind: 'size', voters: 3, observers: 0 },
  });
  assert.equal(report.inQuorum, false);
  assert.ok(codes(report).includes('loopback-only-listener'));
});

test('truncation makes no quorum unknown, and leaves a quorum that was seen', () => {
  const truncated: Coverage = { kind: 'truncated', listenersMissing: false };
  const leader = reportOf(cut(LEADER, truncated));
  assert.deepEqual([leader.inQuorum, leader.ready], [true, true]);
  const lonely = reportOf(
    cut(
      LEADER.filter(({ state }) => state === 'listen'),
      truncated,
    ),
  );
  assert.deepEqual([lonely.role, lonely.inQuorum], ['leader', null]);
  claimsNothing(lonely);
  const looking = reportOf(cut(LOOKING, truncated));
  assert.deepEqual([looking.role, looking.inQuorum], ['unknown', null]);
  claimsNothing(looking);
});

test('what is taken to be absent by assumption is suspected', () => {
  const coverage = listing('every-port', 'every-port', 'assumed');
  const report = reportOf(cut(LOOKING, coverage), { ensemble: at(POD, ...PEERS) });
  const finding = report.findings.find(({ code }) => code === 'no-quorum');
  assert.equal(finding?.certainty, 'suspected');
  assert.deepEqual([report.role, report.inQuorum], ['looking', false]);
});
