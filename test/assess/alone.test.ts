import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { rabbitmq } from '../../src/profiles/rabbitmq.ts';
import { redisSentinel } from '../../src/profiles/redis-sentinel.ts';
import { listens, PEERS, POD, row, unanswered } from '../links/rows.ts';
import { codes, finding, held, lastReport, ONE_LOOK, ofSize } from './judging.ts';

const [FIRST, SECOND] = PEERS;

/** Looks one second apart at the same rows, as the agent remembers them; one look where `seconds` is 0. */
function watch(
  profile: Profile,
  rows: readonly Socket[],
  seconds = 0,
  known: Partial<JudgeSettings> = {},
): Report {
  const persistMs = seconds === 0 ? 0 : 10_000;
  return lastReport(held(rows, seconds), { ...ONE_LOOK, persistMs, profile, ...known });
}

const bothWays = (peer: string, port: number): Socket[] => [
  row(`${POD}:40000`, `${peer}:${port}`),
  row(`${POD}:${port}`, `${peer}:50000`),
];

const statuses = ({ peers }: Report): string[] => peers.map(({ status }) => status);

test('a link that the peer let go of long ago does not hide that the peer is gone', () => {
  const leftover = row(`${POD}:26379`, `${FIRST}:50000`);
  const rows = [listens('*:26379'), leftover, ...bothWays(SECOND, 26_379)];
  for (const report of [watch(redisSentinel, rows), watch(redisSentinel, rows, 12)]) {
    assert.deepEqual(statuses(report), ['missing', 'linked']);
    assert.equal(report.ready, true);
    assert.equal(report.verdict, 'degraded');
    assert.match(finding(report, 'peer-missing').summary, new RegExp(`^${FIRST} is not linked`));
    assert.match(finding(report, 'peer-missing').cause, /An inbound link from .* may be left over/);
  }
  const [dialling] = bothWays(FIRST, 26_379).map((one): Socket => ({ ...one, state: 'syn_sent' }));
  assert.ok(dialling);
  const opening = watch(redisSentinel, [...rows, dialling]);
  assert.deepEqual(statuses(opening), ['connecting', 'linked']);
  assert.deepEqual(codes(opening), ['peer-connecting']);
});

const unread = (one: Socket, bytes: number): Socket => ({ ...one, rxQueueBytes: bytes });

/** An etcd member whose peers' streams carry `bytes` that lie unread, beside links that carry nothing. */
function standsStill(bytes: number, waiting: number): Socket[] {
  const streams = [FIRST, SECOND].map((peer, at) => row(`${POD}:${41_000 + at}`, `${peer}:2380`));
  return [
    listens('*:2379'),
    listens('*:2380', 1001, waiting),
    ...[FIRST, SECOND].flatMap((peer) => bothWays(peer, 2380)),
    ...streams.map((one) => unread(one, bytes)),
  ];
}

test('a process that neither accepts nor reads holds no link, and is told to be the cause', () => {
  for (const report of [watch(etcd, standsStill(88, 1)), watch(etcd, standsStill(6, 1), 12)]) {
    assert.deepEqual(statuses(report), ['stalled', 'stalled']);
    assert.equal(report.ready, false);
    assert.deepEqual(codes(report), ['no-quorum', 'accept-queue-backlog', 'unread-bytes']);
    assert.match(finding(report, 'no-quorum').cause, /own process is hung/);
    assert.match(finding(report, 'no-quorum').remedy, /^Check this process/);
  }
});

test('a process that has read none of its peers for long holds no link, whether or not it accepts', () => {
  const report = watch(etcd, standsStill(88, 0), 12);
  assert.deepEqual(statuses(report), ['stalled', 'stalled']);
  assert.equal(report.ready, false);
  assert.match(finding(report, 'no-quorum').cause, /own process is hung/);
});

test('either sign alone at one look, or for a moment only, leaves the links what they are', () => {
  for (const rows of [standsStill(6, 1), standsStill(88, 0), standsStill(0, 3)]) {
    assert.equal(watch(etcd, rows).ready, true);
  }
  assert.equal(watch(etcd, standsStill(88, 0), 9).ready, true);
  assert.equal(watch(etcd, standsStill(88, 1), 9).ready, true);
  const oneReads = standsStill(88, 1).map((one) =>
    one.remote.address === FIRST ? unread(one, 0) : one,
  );
  assert.equal(watch(etcd, oneReads).ready, true);
});

test('what another process of the pod listens on does not make an absent server run', () => {
  const report = watch(rabbitmq, [listens('*:4369')]);
  assert.equal(report.role, 'absent');
  assert.deepEqual(codes(report), ['client-port-closed']);
  const one = finding(report, 'client-port-closed');
  assert.match(one.summary, /AMQP port 5672 or 5671 and inter-node port 25672 are closed; .* epmd/);
  assert.match(one.evidence[0] ?? '', /LISTEN \*:4369/);
  const beside = watch(redisSentinel, [listens('*:6379')]);
  assert.deepEqual([beside.role, codes(beside)], ['absent', ['peer-port-closed']]);
  assert.match(finding(beside, 'peer-port-closed').cause, /not running/);
  const nothing = watch(redisSentinel, []);
  assert.deepEqual([nothing.role, codes(nothing)], ['absent', ['client-port-closed']]);
  assert.match(finding(nothing, 'client-port-closed').summary, /sentinel port 26379 is closed/);
});

test('a member that is alone is told whether nothing comes back at all, or the others hold no link', () => {
  const dialled = [FIRST, SECOND].flatMap((peer) => bothWays(peer, 2380));
  const listening = [listens('*:2379'), listens('*:2380')];
  for (const known of [{}, { ensemble: ofSize(3) }]) {
    const cut = watch(etcd, [...listening, ...dialled.map((one) => unanswered(one, 4))], 0, known);
    assert.match(
      finding(cut, 'no-quorum').cause,
      /not even a refusal: more likely this pod is cut off/,
    );
    assert.match(finding(cut, 'no-quorum').remedy, /^Check this pod's own node/);
    assert.match(finding(cut, 'stalled-link').summary, /do not acknowledge/);
    const last = finding(watch(etcd, listening, 0, known), 'no-quorum');
    assert.match(last.cause, /and no attempt goes unanswered: those members are down/);
  }
  const [one] = dialled;
  assert.ok(one);
  const mixed = finding(watch(etcd, [...listening, unanswered(one, 4)]), 'no-quorum');
  assert.match(mixed.cause, /are missing or do not work\.$/);
});
