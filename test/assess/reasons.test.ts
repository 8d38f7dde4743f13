import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/model/profile.ts';
import type { Check, Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { cassandra } from '../../src/profiles/cassandra.ts';
import { nifi } from '../../src/profiles/nifi.ts';
import { redisCluster } from '../../src/profiles/redis-cluster.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { listens, PEERS, POD, row } from '../links/rows.ts';
import { codes, finding, ofSize, reportOf } from './judging.ts';

const [FIRST, SECOND] = PEERS;

function look(
  profile: Profile,
  rows: readonly Socket[],
  changes: Partial<JudgeSettings> = {},
): Report {
  return reportOf(rows, { ...changes, profile });
}

function checkOf({ checks }: Report, name: string): Check {
  return checks.find((check) => check.name === name) ?? assert.fail(`no check ${name}`);
}

const bothWays = (port: number): Socket[] =>
  PEERS.flatMap((peer, index) => [
    row(`${POD}:${41_000 + index}`, `${peer}:${port}`),
    row(`${POD}:${port}`, `${peer}:${51_000 + index}`),
  ]);

test('without a quorum the check of peers does not call them linked', () => {
  const alone = look(redisCluster, [listens('*:6379'), listens('*:16379')]);
  assert.deepEqual(checkOf(alone, 'peers'), {
    name: 'peers',
    status: 'warn',
    reason: '0 of 2 are linked',
  });
  assert.equal(checkOf(look(redisCluster, []), 'peers').status, 'pass');
  assert.equal(
    checkOf(look(redisCluster, []), 'peers').reason,
    'not applicable: no link with a peer is required in this state',
  );
});

test('a closed client port takes the member out of the quorum, and no link is blamed for it', () => {
  const joining = look(cassandra, [listens(`${POD}:7000`), ...bothWays(7000)]);
  assert.equal(joining.inQuorum, false);
  assert.deepEqual(checkOf(joining, 'quorum-link').status, 'pass');
  const learner = look(zookeeper, [
    listens(`${POD}:3888`),
    row(`${POD}:41000`, `${SECOND}:2888`),
    ...PEERS.map((peer, index) => row(`${POD}:${42_000 + index}`, `${peer}:3888`)),
  ]);
  assert.equal(learner.inQuorum, false);
  assert.equal(checkOf(learner, 'majority').status, 'pass');
});

test('a leader with a closed client port is in no quorum, whatever the size of the ensemble', () => {
  const rows = [listens(`${POD}:2888`), listens(`${POD}:3888`), row(`${POD}:2888`, `${FIRST}:5`)];
  const unknown = look(zookeeper, rows, { ensemble: { kind: 'unset' } });
  assert.deepEqual([unknown.inQuorum, unknown.verdict], [false, 'broken']);
});

test('a member that no other can reach is not ready, also where no majority is asked for', () => {
  const local = (ports: readonly number[]): Socket[] =>
    ports.map((port) => listens(`127.0.0.1:${port}`));
  for (const [profile, ports] of [
    [cassandra, [9042, 7000]],
    [nifi, [8443, 11_443]],
  ] as const) {
    const report = look(profile, local(ports));
    assert.equal(report.ready, false);
    assert.ok(codes(report).includes('loopback-only-listener'));
    assert.equal(look(profile, local(ports), { ensemble: ofSize(1) }).ready, true);
  }
});

test('links of one direction alone are told as such, and nobody is called down', () => {
  const listening = [listens('*:6379'), listens('*:16379')];
  const [out = [], into = []] = [0, 1].map((way) =>
    bothWays(16_379).filter((_, index) => index % 2 === way),
  );
  const comes = finding(look(redisCluster, [...listening, ...into]), 'no-quorum');
  assert.match(comes.cause, /^There are links from 10\.96\.6\.11, 10\.96\.7\.10 but none to there/);
  const goes = finding(look(redisCluster, [...listening, ...out]), 'no-quorum');
  assert.match(goes.cause, /^There are links to 10\.96\.6\.11, 10\.96\.7\.10 but none from there/);
});

test('more voters than were configured are a warning, and widen no margin', () => {
  const listening = [listens('*:6379'), listens('*:16379')];
  const report = look(redisCluster, [...listening, ...bothWays(16_379)], { ensemble: ofSize(2) });
  assert.equal(report.ready, true);
  assert.equal(checkOf(report, 'majority').status, 'warn');
  assert.match(checkOf(report, 'majority').reason, /^3 voters are linked, but only 2/);
  assert.equal(report.quorum.margin, 0);
  assert.equal(report.verdict, 'degraded');
});
