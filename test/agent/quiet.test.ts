import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isQuiet, listeningOf } from '../../src/agent/quiet.ts';
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

test('a table in which only figures grew is quiet', () => {
  const grown = { ...LINK, vitals: { ...LINK.vitals, lastHeardMs: 900, receivedBytes: 1e6 } };
  assert.equal(isQuiet(table(LISTENER, grown), table(LISTENER, LINK), LISTENING), true);
});

test('silence as long as a heartbeat is judged, but not that of links that are silent for ever', () => {
  const silent = (lastHeardMs: number): SocketTable =>
    table(LISTENER, { ...LINK, vitals: { ...VITALS, lastHeardMs } });
  assert.equal(isQuiet(silent(999), table(LISTENER, LINK), LISTENING), true);
  assert.equal(isQuiet(silent(1_000), table(LISTENER, LINK), LISTENING), false);
  assert.equal(isQuiet(silent(19_999), table(LISTENER, LINK), LISTENING), false);
  assert.equal(isQuiet(silent(20_000), table(LISTENER, LINK), LISTENING), true);
  assert.equal(isQuiet(silent(5_000), table(LISTENER, LINK), null), true);
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
    assert.equal(isQuiet(table(...rows), table(LISTENER, LINK), LISTENING), false);
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
