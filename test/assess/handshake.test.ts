import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/model/report.ts';
import type { BriefConnection, Socket } from '../../src/model/socket.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { istioSidecar, listens, member, PEERS, POD, row, tableOf } from '../links/rows.ts';
import { codes, run } from './judging.ts';

const [PEER, OTHER] = PEERS;
const LOOKING = member(POD, 'other');

/** As many that went to the peer's port, or came from it, and were gone at these times. */
const to = (goneMs: readonly number[], peer: string = PEER, port = 3888): BriefConnection[] =>
  goneMs.map((ms, at) => ({
    local: { address: POD, port: 40_000 + at },
    remote: { address: peer, port },
    goneMs: ms,
  }));
const from = (goneMs: readonly number[], peer: string = PEER): BriefConnection[] =>
  to(goneMs, peer).map(({ local, remote, ...rest }, at) => ({
    local: { address: local.address, port: 3888 },
    remote: { address: remote.address, port: 50_000 + at },
    ...rest,
  }));
const every = (count: number, stepMs = 1_000): number[] =>
  Array.from({ length: count }, (_, at) => 1_000 + at * stepMs);

function seen(
  brief: readonly BriefConnection[] | undefined,
  rows: readonly Socket[] = LOOKING,
  nowMs = 10_000,
): Report {
  const table = tableOf(rows);
  const scans = run();
  scans.look(nowMs - 1_000, rows);
  return scans.look(nowMs, rows, {
    table: brief === undefined ? table : { ...table, brief },
  });
}

const finds = (report: Report): boolean => codes(report).includes('handshake-fails');

test('five links in a row that open, carry something and end at once are a handshake that fails', () => {
  const report = seen(to(every(5)));
  const finding = report.findings.find(({ code }) => code === 'handshake-fails');
  assert.equal(finding?.certainty, 'suspected');
  assert.match(finding.summary, new RegExp(`^Connections with ${PEER} open`));
  assert.deepEqual(finding.evidence, [
    `5 connections to ${PEER}:3888 ended between two readings of the table`,
  ]);
  assert.ok(finds(seen(from(every(5)))), 'those that come in too');
});

test('four of them, five of two peers, or five over more than a minute are not', () => {
  assert.ok(!finds(seen(to(every(4)))));
  assert.ok(!finds(seen([...to(every(3)), ...to(every(2), OTHER)])));
  assert.ok(!finds(seen(to(every(5)), LOOKING, 62_000)), 'the first two are older');
});

test('of a source that does not tell of such connections nothing is said', () => {
  assert.ok(!finds(seen(undefined)));
});

test('an election leaves one link of each pair, whose others are normal', () => {
  const rows = [...LOOKING, row(`${POD}:3888`, `${PEER}:50000`)];
  const brief = to(every(20, 100));
  assert.ok(!finds(seen(brief, rows)));
  const first = run().look(10_000, rows, { table: { ...tableOf(rows), brief } });
  assert.ok(!finds(first), 'it was opened just now, and may live');
});

test('a link that lived within the last minute, as before a restart of the peer, ends the row', () => {
  const linked = [...LOOKING, row(`${POD}:3888`, `${PEER}:50000`)];
  const scans = run();
  const look = (nowMs: number, rows: readonly Socket[], brief: readonly BriefConnection[]) =>
    scans.look(nowMs, rows, { table: { ...tableOf(rows), brief } });
  look(0, linked, []);
  look(2_000, linked, []);
  const brief = (untilMs: number) => to(Array.from({ length: 8 }, (_, at) => untilMs - at * 1_000));
  assert.ok(!finds(look(12_000, LOOKING, brief(12_000))));
  assert.ok(!finds(look(61_000, LOOKING, brief(61_000))));
  assert.ok(finds(look(63_000, LOOKING, brief(63_000))));
});

test('a stranger that scans the ports, and the member itself, are no peers', () => {
  assert.ok(!finds(seen(from(every(50, 100), '10.9.9.9'))));
  assert.ok(!finds(seen(from(every(50, 100), POD))));
});

test('a learner needs its leader alone: a script of another member on its election port changes nothing', () => {
  const learner = [...LOOKING, row(`${POD}:40000`, `${OTHER}:2888`)];
  assert.ok(!finds(seen(from(every(50, 100)), learner)));
});

test('a peer that nothing reaches is cut off, whatever ended before', () => {
  const attempt = row(`${POD}:1`, `${PEER}:3888`, undefined, { state: 'syn_sent', retransmits: 3 });
  assert.ok(!finds(seen(to(every(9)), [...LOOKING, attempt])));
});

test('behind a mesh every connection ends at the proxy, so nothing is said', () => {
  const meshed = [...istioSidecar(), listens('*:2181'), listens(`${POD}:3888`)];
  assert.ok(!finds(seen(to(every(9)), meshed)));
});

test('a system whose members dial each other both ways is judged by its own port', () => {
  const rows = [listens('*:2379'), listens(`${POD}:2380`)];
  const table = { ...tableOf(rows, 4096, etcd), brief: to(every(6), PEER, 2380) };
  const report = run({ profile: etcd }).look(10_000, rows, { table });
  assert.ok(finds(report), codes(report).join());
});

test('any brief connections: a healthy learner, and one that knows no members, never says it', () => {
  const learner = [...LOOKING, row(`${POD}:40000`, `${OTHER}:2888`)];
  const one = fc.record({
    goneMs: fc.integer({ min: 0, max: 10_000 }),
    peer: fc.constantFrom(PEER, OTHER, POD, '10.9.9.9'),
    port: fc.constantFrom(2181, 2888, 3888),
    isInbound: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 80 }), (all) => {
      const brief = all.flatMap(({ goneMs, peer, port, isInbound }) =>
        isInbound ? from([goneMs], peer) : to([goneMs], peer, port),
      );
      assert.ok(!finds(seen(brief, learner)));
      const table = { ...tableOf(LOOKING), brief };
      const alone = run({ ensemble: { kind: 'size', voters: 3, observers: 0 } });
      assert.ok(!finds(alone.look(10_000, LOOKING, { table })));
    }),
    { numRuns: 50 },
  );
});
