import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import type { Socket, Vitals } from '../../src/model/socket.ts';
import {
  istioSidecar,
  listens,
  member,
  POD,
  PROXY,
  row,
  tableOf,
  unanswered,
} from '../links/rows.ts';
import { withVitals } from '../links/vitals.ts';
import { codes, finding, ofSize, type Run, reportOf, run } from './judging.ts';
import { LEADER, LEARNER, OTHER, PEER } from './zookeeper-rows.ts';

const SEGMENT = 1_448;

type Figures = (second: number, row: Socket) => Partial<Vitals>;

/** Scans once a second, from one second up to another, and gives the last report. */
function watch(
  scans: Run,
  [from, to]: readonly [number, number],
  figures: Figures,
  rows: readonly Socket[] = LEADER,
): Report {
  let report: Report | null = null;
  for (let second = from; second <= to; second += 1) {
    const table = withVitals(tableOf(rows), (one) => figures(second, one));
    report = scans.look(second * 1_000, rows, { table });
  }
  assert.ok(report !== null);
  return report;
}

function sent(segments: number, again: number): Partial<Vitals> {
  return {
    sentSegments: segments,
    sentBytes: segments * SEGMENT,
    retransmittedSegments: again,
    retransmittedBytes: again * SEGMENT,
  };
}

const toPeer = ({ remote }: Socket): boolean => remote.address === PEER;

test('lossy-link: a share of the bytes is sent again all the time, to one peer', () => {
  const report = watch(run(), [0, 30], (second, one) =>
    sent(second * 20, toPeer(one) ? second : 0),
  );
  const one = finding(report, 'lossy-link');
  assert.match(one.summary, new RegExp(`${PEER} loses packets: 5\\.0 %`));
  assert.doesNotMatch(one.summary, new RegExp(OTHER));
  assert.equal(one.evidence.length, 1);
  assert.match(one.evidence[0] ?? '', /60 of 1200 segments and 86880 of 1737600 bytes/);
  assert.equal(report.verdict, 'degraded');
  assert.equal(report.ready, true);
});

test('too few segments, too few retransmissions or a small share are no lossy link', () => {
  const quiet = watch(run(), [0, 60], (second) => sent(second / 4, second / 8));
  const few = watch(run(), [0, 60], (second) => sent(second * 20, Math.floor(second / 20)));
  const small = watch(run(), [0, 60], (second) => sent(second * 100, second));
  for (const report of [quiet, few, small])
    assert.deepEqual(codes(report).includes('lossy-link'), false);
});

test('one short break with many retransmissions is no lossy link, nor is what was long before this process', () => {
  const broken = watch(run(), [0, 60], (second) => sent(second * 20, second < 20 ? 0 : 100));
  assert.equal(codes(broken).includes('lossy-link'), false);
  const old = watch(run(), [0, 60], (second) => sent(1_000_000 + second * 20, 500_000));
  assert.equal(codes(old).includes('lossy-link'), false);
});

test('two breaks of twelve seconds within a minute are no lossy link: after them 14 of 101 segments had been sent again', () => {
  /** What the timer sends again after 0.2, 0.4, 0.8, … s, while nothing else is sent. */
  const againAfter = (brokenForS: number): number =>
    brokenForS < 0 ? 0 : Math.floor(Math.log2(Math.min(brokenForS, 12) / 0.2 + 1));
  const report = watch(run(), [0, 60], (second) => {
    const breaks = [6, 31].map((from) => second - from);
    const brokenForS = breaks.reduce((sum, since) => sum + Math.min(12, Math.max(0, since)), 0);
    const again = breaks.reduce((sum, since) => sum + againAfter(since), 0);
    return sent(Math.round((second - brokenForS) * 3) + again, again);
  });
  assert.equal(codes(report).includes('lossy-link'), false);
});

test('a way that loses nothing any more is called lossy for a minute at the most', () => {
  const scans = run();
  watch(scans, [0, 60], (second) => sent(second * 20, second));
  const later = watch(scans, [61, 125], (second) => sent(second * 20, 60));
  assert.equal(codes(later).includes('lossy-link'), false);
});

test('slow-peer: data waits for room in the window of one peer for most of the time', () => {
  const report = watch(run(), [0, 20], (second, one) => ({
    windowLimitedMs: toPeer(one) && one.local.port === 2888 ? second * 600 : 0,
  }));
  const one = finding(report, 'slow-peer');
  assert.match(one.summary, new RegExp(`^${PEER} reads more slowly`));
  assert.match(one.evidence.at(-1) ?? '', /12\.0 s of the last 20 s/);
  const less = watch(run(), [0, 20], (second) => ({ windowLimitedMs: second * 200 }));
  assert.equal(codes(less).includes('slow-peer'), false);
  const soon = watch(run(), [0, 8], (second) => ({ windowLimitedMs: second * 1_000 }));
  assert.equal(codes(soon).includes('slow-peer'), false);
});

const LINK = row(`${POD}:40000`, `${PEER}:2888`);
const STUCK = [...member(POD, 'other'), unanswered(LINK, 4, 20_000)];

test('mtu-black-hole: a full-size segment goes unanswered while a later, smaller one was acknowledged', () => {
  const table = withVitals(tableOf(STUCK), () => ({ sackedSegments: 1 }));
  const report = reportOf(table);
  const one = finding(report, 'mtu-black-hole');
  assert.equal(one.certainty, 'confirmed');
  assert.match(one.summary, /Full-size packets to .* are lost/);
  assert.match(one.evidence.join('\n'), /segments of 1448 bytes, packets of 1500: 1 later/);
  assert.match(one.remedy, /ping -M do -s 1472/);
  assert.deepEqual(codes(report).includes('stalled-link'), false);
  assert.equal(report.inQuorum, false);
});

test('mtu-black-hole is suspected where the peer is heard during the stall', () => {
  const report = watch(run(), [0, 6], (second) => ({ lastHeardMs: second < 2 ? 0 : 500 }), STUCK);
  assert.equal(finding(report, 'mtu-black-hole').certainty, 'suspected');
});

test('a stall without a sign that small segments pass is no black hole', () => {
  const silent = watch(run(), [0, 6], (second) => ({ lastHeardMs: second * 1_000 }), STUCK);
  assert.deepEqual(
    codes(silent).filter((code) => code !== 'no-quorum'),
    ['stalled-link'],
  );
  const small = [...member(POD, 'other'), unanswered(LINK, 4, 44)];
  const report = reportOf(withVitals(tableOf(small), () => ({ sackedSegments: 1 })));
  assert.equal(codes(report).includes('mtu-black-hole'), false);
});

test('behind a mesh the figures are those of the connections with the peer', () => {
  const rows = [
    ...member(POD, 'other'),
    ...istioSidecar(),
    LINK,
    row('127.0.0.1:15001', `${POD}:40000`, PROXY),
    row(`${POD}:41000`, `${PEER}:2888`, PROXY),
  ];
  const lossyOutside: Figures = (second, { owner }) =>
    sent(second * 20, owner.kind === 'uid' && owner.uid === PROXY ? second : 0);
  assert.ok(codes(watch(run(), [0, 30], lossyOutside, rows)).includes('lossy-link'));
  const lossyInside: Figures = (second, { owner }) =>
    sent(second * 20, owner.kind === 'uid' && owner.uid === PROXY ? 0 : second);
  assert.equal(codes(watch(run(), [0, 30], lossyInside, rows)).includes('lossy-link'), false);
});

test("a peer's totals accumulate over its links, hold when it has none, and count each from its first sight", () => {
  const scans = run();
  const bytesOf = (report: Report) =>
    report.peers.find(({ name }) => name === PEER)?.vitals ?? null;
  const received =
    (bytes: number): Figures =>
    () => ({ receivedBytes: bytes });
  assert.equal(bytesOf(watch(scans, [0, 0], received(5_000)))?.receivedBytes, 0);
  const two = watch(scans, [1, 1], received(6_000));
  assert.deepEqual(bytesOf(two), {
    lastHeardMs: 620,
    rttMs: 0.5,
    sentBytes: 0,
    receivedBytes: 2_000,
    retransmittedBytes: 0,
  });
  const none = scans.look(2_000, member(POD, 'leader'), {
    table: tableOf(member(POD, 'leader')),
  });
  assert.deepEqual([bytesOf(none)?.receivedBytes, bytesOf(none)?.lastHeardMs], [2_000, null]);
  const again = [...member(POD, 'leader'), row(`${POD}:2888`, `${PEER}:9`)];
  watch(scans, [3, 3], received(100), again);
  assert.equal(bytesOf(watch(scans, [4, 4], received(150), again))?.receivedBytes, 2_050);
});

test('a crowd of strangers is not kept, with members by address and with their number alone', () => {
  const crowd = Array.from({ length: 500 }, (_, at) =>
    row(`${POD}:2888`, `10.9.${at >> 8}.${at & 255}:1`),
  );
  const kept = (scans: Run): number => {
    watch(scans, [0, 1], () => ({}), [...LEADER, ...crowd]);
    return scans.last().memory.traffic.size;
  };
  assert.equal(kept(run()), 2);
  assert.equal(kept(run({ ensemble: ofSize(3) })), 64);
});

test('without netlink nothing is said of what was exchanged', () => {
  const report = reportOf(LEARNER);
  assert.deepEqual(
    report.peers.map(({ vitals }) => vitals),
    [null, null],
  );
});

test('accept-queue-backlog says how much of the limit waits, and that the kernel drops what comes to a full queue', () => {
  const waiting = (queue: number): string => {
    const rows = [listens('*:2181', 1001, queue), ...LEARNER.slice(1)];
    const table = tableOf(rows);
    const listeners = table.listeners.map((one) => ({ ...one, acceptQueueLimit: 50 }));
    return finding(reportOf({ ...table, listeners }), 'accept-queue-backlog').summary;
  };
  assert.equal(
    waiting(25),
    'Connections are waiting to be accepted: 25 of 50 (50 %) on the client port 2181.',
  );
  assert.match(waiting(51), /51 of 50 \(100 %\).*The queue is full: the kernel drops/);
});
