import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AskedEvidence } from '../../src/model/asked.ts';
import type { Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket, Vitals } from '../../src/model/socket.ts';
import { elasticsearch } from '../../src/profiles/elasticsearch.ts';
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
import { peers, silent } from './asked-evidence.ts';
import { at, codes, finding, type Run, run, status } from './judging.ts';
import { LEADER, LEARNER, OTHER, PEER } from './zookeeper-rows.ts';

const TICK_MS = 250;

/** When data last came over a row, by its remote address, on the clock of the scans; a ping each second unless given. */
type LastHeard = (nowMs: number, address: string) => number;

const everySecond: LastHeard = (nowMs) => nowMs - (nowMs % 1_000);

/** Everybody is heard each second up to a moment, and nobody after it. */
function until(lastMs: number, who: readonly string[] = [PEER, OTHER]): LastHeard {
  return (nowMs, address) =>
    who.includes(address)
      ? Math.min(everySecond(nowMs, address), lastMs)
      : everySecond(nowMs, address);
}

interface Watch {
  readonly rows?: readonly Socket[];
  readonly heard?: LastHeard;
  readonly awakeSinceMs?: number;
  readonly asked?: Partial<AskedEvidence>;
  readonly changes?: Partial<Vitals>;
}

/** Scans each 250 ms from one moment up to and with another, and gives the last report. */
function watch(scans: Run, fromMs: number, toMs: number, seen: Watch = {}): Report {
  const { rows = LEARNER, heard = everySecond, awakeSinceMs = 0, asked = {}, changes } = seen;
  let report: Report | null = null;
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += TICK_MS) {
    const table = withVitals(tableOf(rows, 4096, scans.profile), ({ remote }) => ({
      ...changes,
      lastHeardMs: nowMs - heard(nowMs, remote.address),
    }));
    report = scans.look(nowMs, rows, { table, awakeSinceMs, asked });
  }
  assert.ok(report !== null);
  return report;
}

/** The first moment after `fromMs` at which a report is as wanted, watching up to `toMs`; `null` where none is. */
function firstWhere(
  scans: Run,
  [fromMs, toMs]: readonly [number, number],
  isWanted: (report: Report) => boolean,
  seen: Watch,
): number | null {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += TICK_MS) {
    if (isWanted(watch(scans, nowMs, nowMs, seen))) return nowMs;
  }
  return null;
}

const isFound = (report: Report): boolean => codes(report).includes('silent-peer');
const isOut = (report: Report): boolean => !report.ready;

function ready(changes: Partial<JudgeSettings> = {}, seen: Watch = {}): Run {
  const scans = run(changes);
  assert.equal(watch(scans, 0, 20_000, seen).ready, true);
  return scans;
}

test('a leader that falls silent is found within 3 s and costs readiness after 0.8 of what the system bears', () => {
  const scans = ready();
  const heard = until(20_000);
  const foundMs = firstWhere(scans, [20_250, 40_000], isFound, { heard });
  assert.equal(foundMs, 22_500);
  const outMs = firstWhere(scans, [23_000, 40_000], isOut, { heard });
  assert.equal(outMs, 28_000);
  const report = watch(scans, 28_250, 28_250, { heard });
  assert.equal(report.inQuorum, false);
  assert.equal(status(report, 'quorum-link'), 'fail');
  assert.match(finding(report, 'no-quorum').summary, /no longer hears anything from it/);
  assert.equal(report.peers.find(({ name }) => name === PEER)?.status, 'stalled');
});

test('a pause of five seconds is a finding and no more, and is over when the leader speaks again', () => {
  const scans = ready();
  const paused: LastHeard = (nowMs, address) =>
    nowMs < 25_000 ? until(20_000)(nowMs, address) : everySecond(nowMs, address);
  for (let nowMs = 20_250; nowMs <= 27_000; nowMs += TICK_MS) {
    const report = watch(scans, nowMs, nowMs, { heard: paused });
    assert.equal(report.ready, true);
    assert.equal(isFound(report), nowMs >= 22_500 && nowMs < 25_000, `${nowMs} ms`);
  }
});

test('pings behind a load that has stopped are no silence', () => {
  const scans = ready({}, { heard: (nowMs) => nowMs - 3 });
  const idle = firstWhere(scans, [20_250, 60_000], isFound, {});
  assert.equal(idle, null);
});

test('own data that goes unanswered as well costs readiness at once when the peer is found silent', () => {
  const scans = ready();
  const rows = LEARNER.map((one) => (one.remote.port === 2888 ? unanswered(one, 1) : one));
  const outMs = firstWhere(scans, [20_250, 40_000], isOut, { rows, heard: until(20_000) });
  assert.equal(outMs, 22_500);
});

test("a time-out of the peer's probe together with its silence costs readiness", () => {
  const scans = ready();
  const asked = peers([silent(21_000, 1), silent(0, 0)]);
  const outMs = firstWhere(scans, [20_250, 40_000], isOut, { heard: until(20_000), asked });
  assert.equal(outMs, 22_500);
});

test('a leader counts a silent follower out only after 0.8 of what the system bears', () => {
  const scans = ready({}, { rows: LEADER });
  const heard = until(20_000);
  const report = watch(scans, 20_250, 27_750, { rows: LEADER, heard });
  assert.equal(report.ready, true);
  assert.match(finding(report, 'silent-peer').summary, /have been silent/);
  assert.equal(firstWhere(scans, [28_000, 40_000], isOut, { rows: LEADER, heard }), 28_000);
});

test("one follower's silence leaves a leader of three its majority", () => {
  const scans = ready({}, { rows: LEADER });
  const report = watch(scans, 20_250, 32_000, { rows: LEADER, heard: until(20_000, [PEER]) });
  assert.equal(report.ready, true);
  assert.match(finding(report, 'silent-peer').summary, new RegExp(`^${PEER} has been silent`));
  assert.equal(report.quorum.votes, 2);
});

test('a leader that has sent nothing itself is told to look at its own process', () => {
  const scans = ready({}, { rows: LEADER });
  const report = watch(scans, 20_250, 24_000, {
    rows: LEADER,
    heard: until(20_000),
    changes: { lastSentMs: 4_000 },
  });
  assert.match(finding(report, 'silent-peer').cause, /own process is hung/);
});

test("the agent's own break is nobody's silence", () => {
  const scans = ready();
  const stopped = watch(scans, 60_000, 60_500, { heard: until(20_000), awakeSinceMs: 60_000 });
  assert.equal(isFound(stopped), false);
  assert.equal(stopped.ready, true);
  const later = firstWhere(scans, [60_750, 80_000], isFound, {
    heard: until(20_000),
    awakeSinceMs: 60_000,
  });
  assert.equal(later, 62_500);
});

test('silence on election links, and of a peer that was never seen to speak at its heartbeat, is nothing', () => {
  const mute = run();
  assert.equal(firstWhere(mute, [0, 60_000], isFound, { heard: () => 0 }), null);
  const quiet = ready({}, { rows: LEADER });
  const onElection: LastHeard = (nowMs) => everySecond(nowMs, PEER);
  assert.equal(
    firstWhere(quiet, [20_250, 60_000], isFound, { rows: LEADER, heard: onElection }),
    null,
  );
});

test('without vitals nothing changes', () => {
  const scans = ready();
  let report: Report | null = null;
  for (let nowMs = 20_250; nowMs < 60_000; nowMs += TICK_MS) report = scans.look(nowMs, LEARNER);
  assert.deepEqual([report?.ready, report && isFound(report)], [true, false]);
});

test('one scan knows no heartbeat, and calls nobody silent', () => {
  const table = withVitals(tableOf(LEARNER), () => ({ lastHeardMs: 60_000 }));
  const report = run({ settleMs: 0, persistMs: 0 }).look(0, LEARNER, { table, awakeSinceMs: null });
  assert.equal(isFound(report), false);
  assert.equal(report.ready, true);
});

test('a members file that sets a longer tick makes the judging as patient as the system', () => {
  const ensemble = at(POD, PEER, OTHER);
  assert.ok(ensemble.kind === 'members');
  const slow = { ...ensemble, heartbeat: { everyMs: 3_000, bearsMs: 30_000 } };
  const heard: LastHeard = (nowMs) => Math.min(nowMs - (nowMs % 3_000), 18_000);
  const scans = ready({ ensemble: slow }, { heard });
  assert.equal(firstWhere(scans, [20_250, 80_000], isFound, { heard }), 25_500);
  assert.equal(firstWhere(scans, [26_000, 80_000], isOut, { heard }), 42_000);
});

test('a system that pings less often than it usually does is found silent later, after it was heard for a while', () => {
  const every4 = (nowMs: number): number => nowMs - (nowMs % 4_000);
  const scans = run();
  watch(scans, 0, 60_000, { heard: every4 });
  assert.equal(firstWhere(scans, [60_250, 100_000], isFound, { heard: every4 }), null);
  const heard: LastHeard = (nowMs) => Math.min(every4(nowMs), 100_000);
  const foundMs = firstWhere(scans, [100_250, 200_000], isFound, { heard }) ?? 0;
  assert.ok(foundMs > 105_000 && foundMs < 112_000, `${foundMs} ms`);
});

test('one long pause is no habit: the next silence is found as soon as ever', () => {
  const scans = ready();
  const heard: LastHeard = (nowMs, address) => {
    if (nowMs >= 20_000 && nowMs < 26_000) return 20_000;
    return Math.min(everySecond(nowMs, address), 60_000);
  };
  watch(scans, 20_250, 60_000, { heard });
  assert.equal(firstWhere(scans, [60_250, 90_000], isFound, { heard }), 62_500);
});

const OUTER = `${POD}:41000`;
const MESHED_LEARNER = [
  ...member(POD, 'other'),
  ...istioSidecar(),
  row(`${POD}:40000`, `${PEER}:2888`),
  row('127.0.0.1:15001', `${POD}:40000`, PROXY),
  row(OUTER, `${PEER}:2888`, PROXY),
];

test("behind a mesh a learner hears its leader on the proxy's connection", () => {
  const scans = ready({}, { rows: MESHED_LEARNER });
  const heard = until(20_000);
  assert.equal(
    firstWhere(scans, [20_250, 40_000], isFound, { rows: MESHED_LEARNER, heard }),
    22_500,
  );
  assert.equal(firstWhere(scans, [23_000, 40_000], isOut, { rows: MESHED_LEARNER, heard }), 28_000);
});

const MESHED_LEADER = [
  ...member(POD, 'leader'),
  ...istioSidecar(),
  ...['127.0.0.6:41000', '127.0.0.6:41001'].flatMap((from) => [
    row(`${POD}:2888`, from),
    row(from, `${POD}:2888`, PROXY),
  ]),
  row(`${POD}:15006`, `${PEER}:42000`, PROXY),
  row(`${POD}:15006`, `${OTHER}:42000`, PROXY),
];

test("behind a mesh a leader hears its followers on the proxy's capture port", () => {
  const scans = ready({}, { rows: MESHED_LEADER });
  const heard = until(20_000);
  const foundMs = firstWhere(scans, [20_250, 40_000], isFound, { rows: MESHED_LEADER, heard });
  assert.equal(foundMs, 22_500);
  assert.equal(firstWhere(scans, [23_000, 40_000], isOut, { rows: MESHED_LEADER, heard }), 28_000);
});

const SEARCH_LINKS = [PEER, OTHER].flatMap((peer) => [
  ...[1, 2, 3, 4].map((at) => row(`${POD}:4${at}000`, `${peer}:9300`)),
  ...[1, 2, 3, 4].map((at) => row(`${POD}:9300`, `${peer}:4${at}000`)),
]);
const SEARCH = [listens('*:9200'), listens(`${POD}:9300`), ...SEARCH_LINKS];

test('where only the leader speaks at each heartbeat, silence is that of everybody', () => {
  const settings = { profile: elasticsearch };
  const master: LastHeard = (nowMs, address) =>
    address === PEER ? everySecond(nowMs, address) : 0;
  const scans = ready(settings, { rows: SEARCH, heard: master });
  assert.equal(firstWhere(scans, [20_250, 60_000], isFound, { rows: SEARCH, heard: master }), null);
  const heard: LastHeard = (nowMs, address) => Math.min(master(nowMs, address), 60_000);
  assert.equal(firstWhere(scans, [60_250, 120_000], isFound, { rows: SEARCH, heard }), 62_500);
  assert.equal(firstWhere(scans, [63_000, 120_000], isOut, { rows: SEARCH, heard }), 84_000);
});

const MASTER: LastHeard = (nowMs, address) => (address === PEER ? everySecond(nowMs, address) : 0);
const WITHOUT_MASTER = SEARCH.filter(({ remote }) => remote.address !== PEER);
const isTroubled = (report: Report): boolean => isFound(report) || isOut(report);

test('where the leader alone spoke and its connections end, the others were never silent: they elect another', () => {
  const scans = ready({ profile: elasticsearch }, { rows: SEARCH, heard: MASTER });
  watch(scans, 20_250, 80_000, { rows: SEARCH, heard: MASTER });
  const left = { rows: WITHOUT_MASTER, heard: () => 0 };
  assert.equal(firstWhere(scans, [80_250, 120_000], isTroubled, left), null);
  const elected: LastHeard = (nowMs, address) => everySecond(nowMs, address);
  watch(scans, 120_250, 140_000, { rows: WITHOUT_MASTER, heard: elected });
  const silent = { rows: WITHOUT_MASTER, heard: until(140_000) };
  assert.equal(firstWhere(scans, [140_250, 180_000], isFound, silent), 142_500);
});

test('the connections of a leader that end after it fell silent leave its silence as it was', () => {
  const scans = ready({ profile: elasticsearch }, { rows: SEARCH, heard: MASTER });
  const heard: LastHeard = (nowMs, address) => Math.min(MASTER(nowMs, address), 20_000);
  watch(scans, 20_250, 30_000, { rows: SEARCH, heard });
  const given = { rows: WITHOUT_MASTER, heard: () => 0 };
  assert.equal(firstWhere(scans, [30_250, 80_000], isOut, given), 44_000);
  assert.equal(
    firstWhere(scans, [44_250, 80_000], (report) => report.ready, given),
    null,
  );
});
