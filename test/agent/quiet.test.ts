import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hasSameRows,
  isAnyoneSilent,
  isWorthJudging,
  type LastJudged,
  listeningOf,
  movedAt,
} from '../../src/agent/quiet.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { PROFILES } from '../../src/profiles/index.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { listens, row, tableOf } from '../links/rows.ts';
import { VITALS } from '../links/vitals.ts';

const LISTENER = listens('10.0.0.1:3888');
const LINK = { ...row('10.0.0.1:40000', '10.0.0.2:2888'), vitals: { ...VITALS, lastHeardMs: 300 } };
const LISTENING = { fromMs: 1_000, untilMs: 20_000 };

/** As netlink gives it: a text of /proc has no vitals. */
const table = (...rows: readonly Socket[]): SocketTable => ({
  ...tableOf([]),
  listeners: rows.filter(({ state }) => state === 'listen'),
  connections: rows.filter(({ state }) => state !== 'listen'),
});

const silentFor = (lastHeardMs: number): SocketTable =>
  table(LISTENER, { ...LINK, vitals: { ...VITALS, lastHeardMs } });

test('a table in which only figures grew is quiet', () => {
  const grown = { ...LINK, vitals: { ...LINK.vitals, lastHeardMs: 900, receivedBytes: 1e6 } };
  assert.equal(hasSameRows(table(LISTENER, grown), table(LISTENER, LINK)), true);
  assert.equal(isAnyoneSilent(table(LISTENER, grown), LISTENING), false);
});

test('silence as long as a heartbeat is judged, but not that of links that are silent for ever', () => {
  assert.equal(isAnyoneSilent(silentFor(999), LISTENING), false);
  assert.equal(isAnyoneSilent(silentFor(1_000), LISTENING), true);
  assert.equal(isAnyoneSilent(silentFor(19_999), LISTENING), true);
  assert.equal(isAnyoneSilent(silentFor(20_000), LISTENING), false);
  assert.equal(isAnyoneSilent(silentFor(5_000), null), false);
});

const QUIET = table(LISTENER, LINK);
const CHANGED = table(LISTENER, { ...LINK, rxQueueBytes: 1 });
const JUDGED: LastJudged = {
  table: QUIET,
  atMs: 100_000,
  movedAtMs: 90_000,
  isOpen: false,
  isHealthy: true,
};
const isWorth = (now: SocketTable, last: Partial<LastJudged>, afterMs: number): boolean =>
  isWorthJudging(now, { ...JUDGED, ...last }, JUDGED.atMs + afterMs, LISTENING);

test('what shows nothing new is judged each second, and each five seconds where all has been well and unchanged for long', () => {
  assert.deepEqual([isWorth(QUIET, {}, 999), isWorth(QUIET, {}, 1_000)], [false, true]);
  const calm = { movedAtMs: 80_000 };
  assert.deepEqual([isWorth(QUIET, calm, 4_999), isWorth(QUIET, calm, 5_000)], [false, true]);
  assert.equal(isWorth(QUIET, { ...calm, isHealthy: false }, 1_000), true);
});

test('a change, silence that matters and what further readings settle are judged at once, however calm it was', () => {
  const calm = { movedAtMs: 0 };
  assert.equal(isWorth(QUIET, calm, 250), false);
  assert.equal(isWorth(CHANGED, calm, 250), true);
  assert.equal(isWorth(silentFor(1_000), calm, 250), true);
  assert.equal(isWorth(QUIET, { ...calm, isOpen: true }, 250), true);
  assert.equal(isWorth(QUIET, { ...calm, table: null }, 250), true);
  assert.equal(isWorthJudging(QUIET, null, 0, LISTENING), true);
});

test('since when nothing changed is counted from the last table with other rows, and not from silence', () => {
  assert.equal(movedAt(QUIET, null, 5), 5);
  assert.equal(movedAt(QUIET, JUDGED, 101_000), 90_000);
  assert.equal(movedAt(silentFor(1_500), JUDGED, 101_000), 90_000);
  assert.equal(movedAt(CHANGED, JUDGED, 101_000), 101_000);
  assert.equal(movedAt(QUIET, { ...JUDGED, table: null }, 101_000), 101_000);
});

const CHANGES: Record<string, readonly Socket[]> = {
  'a listener more': [LISTENER, listens('10.0.0.1:2888'), LINK],
  'a listener less': [LINK],
  'a listener of another owner': [listens('10.0.0.1:3888', 0), LINK],
  'a connection that waits to be accepted': [listens('10.0.0.1:3888', 1001, 1), LINK],
  'a link less': [LISTENER],
  'a link that closes': [LISTENER, { ...LINK, state: 'close_wait' }],
  'bytes that nobody read': [LISTENER, { ...LINK, rxQueueBytes: 1 }],
  'bytes that nobody acknowledged': [LISTENER, { ...LINK, txQueueBytes: 1 }],
  'a timer that runs': [LISTENER, { ...LINK, timer: 'retransmit' }],
  'a time-out': [LISTENER, { ...LINK, retransmits: 1 }],
  'a probe that was not answered': [LISTENER, { ...LINK, unansweredProbes: 1 }],
  'a link that was accepted': [LISTENER, { ...LINK, accepted: false }],
};

for (const [what, rows] of Object.entries(CHANGES)) {
  test(`${what} is no quiet`, () => {
    assert.equal(hasSameRows(table(...rows), table(LISTENER, LINK)), false);
  });
}

test('what silence matters is known from the profile: no sooner than half a second, and none without heartbeats', () => {
  assert.deepEqual(listeningOf(zookeeper), { fromMs: 1_000, untilMs: 20_000 });
  for (const profile of PROFILES.values()) {
    const listening = listeningOf(profile);
    const hasHeartbeat = profile.ports.some(({ heartbeat }) => heartbeat !== null);
    assert.equal(listening !== null, hasHeartbeat, profile.name);
    assert.ok(listening === null || listening.fromMs >= 500, profile.name);
  }
});
