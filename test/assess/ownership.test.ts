import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import type { Socket } from '../../src/model/socket.ts';
import { kafkaKraft } from '../../src/profiles/kafka-kraft.ts';
import { rabbitmq } from '../../src/profiles/rabbitmq.ts';
import { APP, istioSidecar, listens, member, PEERS, POD, PROXY, row } from '../links/rows.ts';
import { at, codes, reportOf, run } from './judging.ts';
import { LEADER, LEARNER, LOOKING } from './zookeeper-rows.ts';

const [PEER, OTHER] = PEERS;
const MATE = 2000;

/** What the agent reports after scanning the same rows once a second. */
function after(seconds: number, rows: readonly Socket[], before: readonly Socket[] = []): Report {
  const zk = run();
  let nowMs = 0;
  if (before.length > 0) {
    for (; nowMs < 10_000; nowMs += 1_000) zk.look(nowMs, before);
  }
  const end = nowMs + seconds * 1_000;
  for (; nowMs < end; nowMs += 1_000) zk.look(nowMs, rows);
  return zk.look(nowMs, rows);
}

function standingOf({ role, ready, verdict }: Report): readonly [string, boolean, string] {
  return [role, ready, verdict];
}

test("another container's connection to a member's quorum port makes nobody a learner", () => {
  const rows = [...LOOKING, row(`${POD}:40000`, `${PEER}:2888`, MATE)];
  const report = after(20, rows);
  assert.equal(report.ready, false);
  assert.notEqual(report.verdict, 'healthy');
  const mixed = report.findings.find(({ code }) => code === 'mixed-owners');
  assert.match(mixed?.summary ?? '', /uid 1001 .* uid 2000 /);
});

test("a port that another container took before the server opened it is not the server's", () => {
  const rows = [
    listens(`${POD}:3888`),
    listens('*:2181', MATE),
    ...LEARNER.filter(({ state }) => state !== 'listen'),
  ];
  const report = after(20, rows);
  assert.equal(report.ready, false);
  assert.notEqual(report.verdict, 'healthy');
  const mixed = report.findings.find(({ code }) => code === 'mixed-owners');
  assert.match(mixed?.summary ?? '', /uid 1001 and uid 2000|uid 2000 and uid 1001/);
});

test('nor does one to a host that is no member', () => {
  const report = after(20, [...LOOKING, row(`${POD}:40000`, '8.8.8.8:2888', MATE)]);
  assert.deepEqual(standingOf(report), ['looking', false, 'broken']);
  assert.ok(codes(report).includes('foreign-sockets'));
});

test('a follower that lost its leader is not held ready by a connection of another container', () => {
  const report = after(5, [...LOOKING, row(`${POD}:40001`, `${PEER}:2888`, MATE)], LEARNER);
  assert.deepEqual(standingOf(report), ['looking', false, 'broken']);
});

test('a listener of another container makes no leader of a healthy follower', () => {
  for (const address of ['127.0.0.1', '*', POD]) {
    const report = after(5, [...LEARNER, listens(`${address}:2888`, MATE)], LEARNER);
    assert.deepEqual(standingOf(report), ['learner', true, 'healthy'], address);
    assert.ok(codes(report).includes('foreign-sockets'));
  }
});

test('a listener of another container with connections from two peers leads nothing', () => {
  const rows = [
    ...LOOKING,
    listens('*:2888', MATE),
    row(`${POD}:2888`, `${PEER}:1`, MATE),
    row(`${POD}:2888`, `${OTHER}:2`, MATE),
  ];
  assert.equal(after(20, rows).ready, false);
});

test('listeners of another container do not stand in for a server that is gone', () => {
  const taken = [...member(POD, 'other', MATE), row(`${POD}:1`, `${PEER}:2888`, MATE)];
  const report = after(20, taken, LEARNER);
  assert.deepEqual([report.role, report.ready], ['absent', false]);
  // It may be the server, come back as another user: that is for a person to say.
  const closed = report.findings.find(({ code }) => code === 'client-port-closed');
  assert.equal(closed?.certainty, 'suspected');
});

test('a client port alone, with a connection to a member, is no server that is known', () => {
  const report = after(20, [listens('*:2181', MATE), row(`${POD}:1`, `${PEER}:2888`, MATE)]);
  assert.equal(report.ready, false);
});

test('a server that bound its ports as root and runs as another user is ready, with a warning', () => {
  const rows = [
    ...member(POD, 'other', 0),
    row(`${POD}:40000`, `${PEER}:2888`, APP),
    row(`${POD}:3888`, `${PEER}:1`, APP),
  ];
  const report = after(10, rows);
  assert.deepEqual(standingOf(report), ['learner', true, 'degraded']);
  assert.match(
    report.findings.find(({ code }) => code === 'mixed-owners')?.summary ?? '',
    /uid 0 .* uid 1001 /,
  );
  const leader = [
    ...LEADER.map((one) => (one.state === 'listen' ? { ...one, owner: uid(0) } : one)),
  ];
  assert.deepEqual(standingOf(after(10, leader)), ['leader', true, 'degraded']);
});

test('where root listens and two other users are connected nothing is known', () => {
  const rows = [
    ...member(POD, 'other', 0),
    row(`${POD}:40000`, `${PEER}:2888`, APP),
    row(`${POD}:40001`, `${OTHER}:2888`, MATE),
  ];
  assert.deepEqual(standingOf(after(10, rows)), ['learner', false, 'unknown']);
});

test('--server-uid settles whose the rows are', () => {
  const rows = [...member(POD, 'other', 0), row(`${POD}:40000`, `${PEER}:2888`, APP)];
  const named = reportOf(rows, { serverUids: [0, APP] });
  assert.deepEqual(standingOf(named), ['learner', true, 'healthy']);
  const other = reportOf(rows, { serverUids: [0] });
  assert.deepEqual(standingOf(other), ['looking', false, 'broken']);
});

test('two connections from 127.0.0.6 without a proxy in the pod are no members behind a mesh', () => {
  const server = [listens('*:5672'), listens('*:25672'), listens('*:4369')];
  const hidden = [1, 2].flatMap((port) => [
    row(`${POD}:25672`, `127.0.0.6:${port}`),
    row(`127.0.0.6:${port}`, `${POD}:25672`, MATE),
  ]);
  const report = reportOf([...server, ...hidden], {
    profile: rabbitmq,
    ensemble: at(POD, ...PEERS),
  });
  assert.equal(report.ready, false);
  assert.equal(report.mesh.kind, 'none');
});

test("beside a real proxy, another container's connections from 127.0.0.6 are no members", () => {
  const faked = [1, 2].flatMap((port) => [
    row(`${POD}:2888`, `127.0.0.6:${port}`),
    row(`127.0.0.6:${port}`, `${POD}:2888`, MATE),
  ]);
  const outer = [row(`${POD}:15006`, `${PEER}:1`, PROXY), row(`${POD}:15006`, `${OTHER}:2`, PROXY)];
  const report = reportOf([...member(POD, 'leader'), ...istioSidecar(), ...outer, ...faked]);
  assert.deepEqual([report.quorum.votes, report.ready], [1, false]);
});

test('a pretended proxy with a stalled connection of its own breaks no link of the server', () => {
  const stalled = row(`${POD}:40009`, `${OTHER}:2888`, MATE, {
    txQueueBytes: 44,
    timer: 'retransmit',
    retransmits: 6,
  });
  const report = after(5, [...LEARNER, ...istioSidecar(MATE), stalled], LEARNER);
  assert.deepEqual([report.role, report.ready], ['learner', true]);
});

function uid(of: number): Socket['owner'] {
  return { kind: 'uid', uid: of };
}

test('a listener of another container on a port that some other proxy uses does not pass for the proxy', () => {
  const delivered = [1, 2].flatMap((port) => [
    row(`${POD}:2888`, `127.0.0.6:${port}`),
    row(`127.0.0.6:${port}`, `${POD}:2888`, PROXY),
  ]);
  const captured = PEERS.map((peer) => row(`${POD}:15006`, `${peer}:9`, PROXY));
  for (const local of ['*:20000', '*:15008', '*:4143', '127.0.0.9:20000']) {
    const mate = listens(local, MATE);
    const rows = [mate, ...member(POD, 'leader'), ...istioSidecar(), ...delivered, ...captured];
    assert.deepEqual(standingOf(after(20, rows)), ['leader', true, 'healthy'], local);
  }
});

test('whom a server that binds as root runs as is not mistaken for another container later', () => {
  const asRoot = member(POD, 'other', 0);
  const linked = [...asRoot, row(`${POD}:40010`, `${PEER}:2888`)];
  const mates = row(`${POD}:40011`, `${OTHER}:2888`, MATE);
  assert.deepEqual(standingOf(after(10, [...linked, mates], linked)), [
    'learner',
    true,
    'degraded',
  ]);
  const lost = after(10, [...asRoot, mates], linked);
  assert.deepEqual([lost.ready, lost.verdict], [false, 'unknown']);
  assert.ok(codes(lost).includes('mixed-owners'));
});

test("another container that holds all of the server's ports on a loopback address takes no member out", () => {
  const server = member(POD, 'other').map((one) => ({
    ...one,
    local: { ...one.local, address: POD },
  }));
  const mates = ['127.0.0.2:2181', '127.0.0.2:3888', '127.0.0.2:2888'].map((at) =>
    listens(at, MATE),
  );
  const rows = [...mates, ...server, row(`${POD}:40010`, `${PEER}:2888`)];
  assert.deepEqual(standingOf(after(20, rows)), ['learner', true, 'healthy']);
  const controllers = [listens('127.0.0.1:9093', MATE), listens(`${POD}:9093`)];
  const fetching = PEERS.map((peer) => row(`${POD}:9093`, `${peer}:50000`));
  const kraft = run({ profile: kafkaKraft });
  for (let nowMs = 0; nowMs < 10_000; nowMs += 1_000) {
    kraft.look(nowMs, [...controllers, ...fetching]);
  }
  assert.deepEqual(standingOf(kraft.last().report), ['leader', true, 'healthy']);
});
