import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Socket } from '../../src/model/socket.ts';
import { listens, member, PEERS, POD, row } from '../links/rows.ts';
import { randomNumbers } from '../random.ts';
import { podFolder } from './pod.ts';
import { type Watching, watch } from './watching.ts';

const [PEER] = PEERS;

const follower = (unreadBytes: number, waiting = 0): Socket[] => [
  ...member(POD, 'other').filter(({ local }) => local.port !== 2181),
  listens('*:2181', undefined, waiting),
  row(`${POD}:40000`, `${PEER}:2888`, undefined, { rxQueueBytes: unreadBytes }),
];

async function readyOn(watching: Watching): Promise<void> {
  await watching.agent.start();
  await watching.pass(8_000);
  assert.equal(watching.agent.report().ready, true);
}

test('a busy follower with bytes unread at most readings stays ready, and is read a few times as often', async (t) => {
  for (const share of [0.1, 0.5, 0.8]) {
    const random = randomNumbers(share * 1_000);
    const pod = podFolder(t, follower(0));
    const level = (): number => (random() < share ? 1 + Math.floor(random() * 65_536) : 0);
    const watching = watch(pod, {
      pause: async () => pod.showsQuietly(follower(level(), level() > 0 ? 1 : 0)),
    });
    await readyOn(watching);
    const [scansBefore, before] = [watching.scans.length, watching.published.length];
    await watching.pass(100_000);
    const later = watching.published.slice(before).map(({ report }) => report);
    assert.ok(later.every(({ ready, verdict }) => ready && verdict === 'healthy'));
    const scans = watching.scans.length - scansBefore;
    assert.ok(scans < 8 * 20, `${scans} scans in 100 s`);
  }
});

test('a follower that stops reading is found in 10 to 12 s of the first scan that shows it', async (t) => {
  for (const costMs of [1, 20, 135]) {
    const pod = podFolder(t, follower(0));
    const watching = watch(pod);
    watching.costs(costMs);
    await readyOn(watching);
    let bytes = 57;
    pod.showsQuietly(follower(bytes));
    await watching.untilScan();
    const seenMs = watching.nowMs();
    while (watching.agent.report().ready && watching.nowMs() - seenMs < 20_000) {
      bytes += 3;
      pod.showsQuietly(follower(bytes));
      await watching.pass(250);
    }
    const tookMs = watching.nowMs() - seenMs;
    assert.ok(tookMs >= 10_000 && tookMs <= 12_000, `${tookMs} ms at ${costMs} ms a scan`);
    assert.ok(watching.agent.report().findings.some(({ code }) => code === 'unread-bytes'));
    await watching.pass(60_000);
    assert.equal(watching.agent.report().ready, false);
    pod.showsQuietly(follower(0));
    await watching.pass(25_000);
    assert.equal(watching.agent.report().ready, true);
  }
});

test('connections that nobody accepts are found as bytes are', async (t) => {
  const pod = podFolder(t, follower(0));
  const watching = watch(pod);
  await readyOn(watching);
  pod.showsQuietly(follower(0, 3));
  await watching.pass(17_000);
  assert.ok(watching.agent.report().findings.some(({ code }) => code === 'accept-queue-backlog'));
});
