import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import type { Socket } from '../../src/model/socket.ts';
import { cassandra } from '../../src/profiles/cassandra.ts';
import { listens, PEERS, POD, row, unanswered } from '../links/rows.ts';
import { codes, reportOf, reports as reportsOf } from './judging.ts';

const [FIRST, SECOND] = PEERS;
const OPEN = [listens('*:9042'), listens(`${POD}:7000`)];

const to = (peer: string, count = 1): Socket[] =>
  Array.from({ length: count }, (_, index) => row(`${POD}:${41_000 + index}`, `${peer}:7000`));
const from = (peer: string, count = 1): Socket[] =>
  Array.from({ length: count }, (_, index) => row(`${POD}:7000`, `${peer}:${51_000 + index}`));
/** An attempt whose first segment went out again: the peer's kernel did not answer. */
const attempt = (peer: string, port: number): Socket =>
  row(`${POD}:${port}`, `${peer}:7000`, undefined, { state: 'syn_sent', retransmits: 1 });

/** What the agent reports of rows that change: one scan at each moment. */
const over = (moments: readonly (readonly [atMs: number, rows: readonly Socket[]])[]): Report[] =>
  reportsOf(
    moments.map(([atMs, rows]) => ({ atMs, rows })),
    { profile: cassandra, settleMs: 0 },
  );
const statusOf = ({ peers }: Report, peer: string): string | undefined =>
  peers.find(({ name }) => name === peer)?.status;

test('a peer dialled again and again stays missing between two attempts', () => {
  // What a survivor of a cut holds: the gone peer's own connection lingers, since its FIN was lost.
  const rest = [...OPEN, ...to(SECOND, 3), ...from(SECOND, 3), ...from(FIRST, 3)];
  const [silent] = to(FIRST);
  assert.ok(silent);
  const stalled = [...rest, unanswered(silent, 4)];
  const between = over([
    [0, [...rest, silent]],
    [1000, [...rest, silent]],
    [3000, stalled],
    [12_000, stalled],
    [20_000, [...rest, attempt(FIRST, 42_001)]],
    [21_000, [...rest, attempt(FIRST, 42_001)]],
    [22_000, rest],
    [23_000, [...rest, attempt(FIRST, 42_002)]],
    [24_000, rest],
  ]).slice(2);
  assert.ok(between.every(({ ready }) => ready));
  assert.ok(between.every(({ verdict }) => verdict === 'degraded'));
  assert.deepEqual(between.slice(0, 2).map(codes), [['stalled-link'], ['stalled-link']]);
  assert.ok(between.slice(2).every((report) => codes(report).includes('peer-missing')));
});

test('one look at links of one direction alone tells of the peer, as an attempt does', () => {
  const rest = [...OPEN, ...to(SECOND), ...from(SECOND), ...from(FIRST)];
  const look = (rows: readonly Socket[]): Report => reportOf(rows, { profile: cassandra });
  assert.deepEqual(codes(look(rest)), ['peer-missing']);
  assert.deepEqual(codes(look([...rest, attempt(FIRST, 42_001)])), ['peer-connecting']);
});

test('a link that is left unread condemns the idle ones with the same peer', () => {
  const hung = [FIRST, SECOND].flatMap((peer) => {
    const [first, ...idle] = from(peer, 3);
    assert.ok(first);
    return [...to(peer, 3), ...idle, { ...first, rxQueueBytes: 900 }];
  });
  const reports = over(
    Array.from({ length: 11 }, (_, second) => [second * 1000, [...OPEN, ...hung]] as const),
  );
  assert.deepEqual(
    reports.map(({ inQuorum }) => inQuorum),
    [...Array.from({ length: 10 }, () => true), false],
  );
  const [last] = reports.slice(-1);
  assert.ok(last);
  assert.equal(statusOf(last, FIRST), 'stalled');
  assert.ok(codes(last).includes('unread-bytes'));
});

test('a gossiping member whose attempts are short is cut off while one is under way', () => {
  const linked = [...OPEN, ...to(SECOND), ...from(SECOND)];
  const reports = over([
    [0, linked],
    [1000, linked],
    [2000, OPEN],
    [3000, [...OPEN, attempt(FIRST, 42_001)]],
    [4000, [...OPEN, attempt(SECOND, 42_002)]],
  ]);
  assert.deepEqual(
    reports.map(({ inQuorum }) => inQuorum),
    [true, true, true, false, false],
  );
});

test('a gossiping member that never was linked is the first to start, whomever it tries in vain', () => {
  const trying = [...OPEN, attempt(FIRST, 42_001), attempt(SECOND, 42_002)];
  const reports = over([
    [0, OPEN],
    [1000, trying],
    [2000, trying],
    [9000, trying],
  ]);
  for (const { inQuorum, verdict } of reports.slice(2)) {
    assert.equal(inQuorum, true);
    assert.equal(verdict, 'degraded');
  }
  assert.equal(reports.at(-1)?.ready, true);
  // One look knows of no earlier one: it judges what it sees.
  assert.equal(reportOf(trying, { profile: cassandra }).ready, false);
});
