import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profile } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import type { Socket } from '../../src/model/socket.ts';
import { cassandra } from '../../src/profiles/cassandra.ts';
import { consul } from '../../src/profiles/consul.ts';
import { elasticsearch } from '../../src/profiles/elasticsearch.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { kafkaKraft } from '../../src/profiles/kafka-kraft.ts';
import { nifi } from '../../src/profiles/nifi.ts';
import { rabbitmq } from '../../src/profiles/rabbitmq.ts';
import { redisCluster } from '../../src/profiles/redis-cluster.ts';
import {
  istioSidecar,
  listens,
  orphan,
  PEERS,
  POD,
  PROXY,
  row,
  tableOf,
  unanswered,
} from '../links/rows.ts';
import { withVitals } from '../links/vitals.ts';
import { at, codes, held, reportOf, reports } from './judging.ts';

const [FIRST, SECOND] = PEERS;
const THREE = [POD, FIRST, SECOND];

/** `count` links of one direction with a peer, on a port. */
function links(to: 'from' | 'to', peer: string, port: number, count = 1): Socket[] {
  return Array.from({ length: count }, (_, index) =>
    to === 'to'
      ? row(`${POD}:${40_000 + 100 * index + (port % 97)}`, `${peer}:${port}`)
      : row(`${POD}:${port}`, `${peer}:${50_000 + index}`),
  );
}

const bothWays = (peer: string, port: number, count = 1): Socket[] => [
  ...links('to', peer, port, count),
  ...links('from', peer, port, count),
];

const listening = (profile: Profile): Socket[] =>
  profile.ports
    .filter((spec) => spec.listens === 'every-member' || spec.listens === 'voters')
    .map(({ ports: [port] }) => listens(`*:${port}`));

/** One look by members given as addresses, those in `observers` without a vote. */
function look(
  profile: Profile,
  rows: readonly Socket[],
  members: readonly string[] = THREE,
  observers: readonly string[] = [],
): Report {
  const ensemble = at(...members.map((one) => (observers.includes(one) ? `*${one}` : one)));
  return reportOf(rows, { profile, ensemble });
}

test('a pair that dials both ways is linked only with links of both directions', () => {
  const whole = look(redisCluster, [
    ...listening(redisCluster),
    ...bothWays(FIRST, 16_379),
    ...bothWays(SECOND, 16_379),
  ]);
  assert.equal(whole.ready, true);
  assert.equal(whole.quorum.votes, 3);
  assert.equal(whole.ports[1]?.links.expected, 4);
  const halves = look(redisCluster, [
    ...listening(redisCluster),
    ...links('to', FIRST, 16_379),
    ...links('from', SECOND, 16_379),
  ]);
  assert.equal(halves.ready, false);
  assert.equal(halves.quorum.votes, 1);
  assert.ok(codes(halves).includes('no-quorum'));
});

test('where a pair holds several connections, fewer than the least of them are no link', () => {
  const votes = (count: number): number | null =>
    look(elasticsearch, [
      ...listening(elasticsearch),
      ...PEERS.flatMap((peer) => bothWays(peer, 9300, count)),
    ]).quorum.votes;
  assert.equal(votes(2), 1);
  assert.equal(votes(3), 3);
});

test('a peer that was given up is missing, however long its own links stay open', () => {
  const report = look(elasticsearch, [
    ...listening(elasticsearch),
    ...bothWays(SECOND, 9300, 13),
    ...links('from', FIRST, 9300, 13),
    ...links('to', FIRST, 9300, 13).map((link) => orphan(link, 'fin_wait1')),
  ]);
  assert.equal(report.ready, true);
  assert.equal(report.peers.find(({ name }) => name === FIRST)?.status, 'missing');
  assert.deepEqual(codes(report), ['peer-missing']);
});

test('one link on which data goes unanswered condemns the idle ones with the same peer', () => {
  const [silent, ...idle] = links('from', FIRST, 2380, 4);
  const report = look(etcd, [
    ...listening(etcd),
    ...links('to', FIRST, 2380, 2),
    ...idle,
    ...(silent === undefined ? [] : [unanswered(silent, 3)]),
  ]);
  assert.equal(report.ready, false);
  assert.equal(report.peers.find(({ name }) => name === FIRST)?.status, 'stalled');
  assert.ok(codes(report).includes('stalled-link'));
});

test('two time-outs tell of a peer while another is silent already, and of no peer alone', () => {
  const votes = (first: number, second: number): number | null => {
    const [toFirst, toSecond] = [FIRST, SECOND].flatMap((peer) => links('to', peer, 16_379));
    assert.ok(toFirst && toSecond);
    return look(redisCluster, [
      ...listening(redisCluster),
      ...[FIRST, SECOND].flatMap((peer) => links('from', peer, 16_379)),
      unanswered(toFirst, first),
      unanswered(toSecond, second),
    ]).quorum.votes;
  };
  assert.equal(votes(2, 2), 3);
  assert.equal(votes(3, 1), 2);
  assert.equal(votes(3, 2), 1);
});

test('a peer that dialled anew after the silence began is linked again', () => {
  const [old] = links('to', FIRST, 25_672);
  assert.ok(old);
  const base = [...listening(rabbitmq), ...links('from', SECOND, 25_672)];
  const fresh = row(`${POD}:25672`, `${FIRST}:51234`);
  const [, , cut, , last] = reports(
    [
      [...base, old],
      [...base, old],
      [...base, unanswered(old, 3)],
      [...base, unanswered(old, 4), fresh],
      [...base, unanswered(old, 4), fresh],
    ].map((rows, second) => ({ rows, atMs: second * 1000 })),
    { profile: rabbitmq },
  );
  assert.equal(cut?.quorum.votes, 2);
  assert.equal(last?.quorum.votes, 3);
  assert.equal(last?.peers.find(({ name }) => name === FIRST)?.status, 'linked');
});

test('bytes left unread for longer than a queue may last do not count as a link', () => {
  const [unread] = links('to', FIRST, 25_672).map((one) => ({ ...one, rxQueueBytes: 99 }));
  assert.ok(unread);
  const rows = [...listening(rabbitmq), unread];
  const all = reports(held(rows, 10), { profile: rabbitmq });
  assert.deepEqual(
    all.map(({ inQuorum }) => inQuorum),
    [false, ...Array.from({ length: 9 }, () => true), false],
  );
});

test('behind a proxy that hides who dialled, links that go out name the peers', () => {
  const outer = (peer: string, index: number): Socket[] => [
    row(`${POD}:${41_000 + index}`, `${peer}:16379`),
    row('127.0.0.1:15001', `${POD}:${41_000 + index}`, PROXY),
    row(`${POD}:${42_000 + index}`, `${peer}:16379`, PROXY),
    row(`${POD}:15006`, `${peer}:${43_000 + index}`, PROXY),
    row(`127.0.0.6:${44_000 + index}`, `${POD}:16379`, PROXY),
    row(`${POD}:16379`, `127.0.0.6:${44_000 + index}`),
  ];
  const report = look(redisCluster, [
    ...istioSidecar(),
    ...listening(redisCluster),
    ...outer(FIRST, 0),
    ...outer(SECOND, 1),
  ]);
  assert.equal(report.quorum.votes, 3);
  assert.equal(report.verdict, 'healthy');
});

test('one link a pair, either way: those a proxy hides are not counted again', () => {
  const report = look(rabbitmq, [
    ...istioSidecar(),
    ...listening(rabbitmq),
    row(`${POD}:41000`, `${FIRST}:25672`),
    row('127.0.0.1:15001', `${POD}:41000`, PROXY),
    row(`${POD}:42000`, `${FIRST}:25672`, PROXY),
    row(`${POD}:15006`, `${FIRST}:43000`, PROXY),
    row(`${POD}:15006`, `${SECOND}:43001`, PROXY),
    row('127.0.0.6:44001', `${POD}:25672`, PROXY),
    row(`${POD}:25672`, '127.0.0.6:44001'),
  ]);
  assert.equal(report.quorum.votes, 3);
});

test('in a star the active controller is the one that most links come in to', () => {
  // As three Kafka 4.4 controllers hold them: two links to the active one, one back.
  const active = look(kafkaKraft, [
    ...listening(kafkaKraft),
    ...links('from', FIRST, 9093, 2),
    ...links('from', SECOND, 9093, 2),
    ...links('to', FIRST, 9093),
    ...links('to', SECOND, 9093),
  ]);
  assert.equal(active.role, 'leader');
  assert.deepEqual(active.quorum, { size: 3, majority: 2, votes: 3, margin: 1 });
  const follower = look(kafkaKraft, [
    ...listening(kafkaKraft),
    ...links('to', FIRST, 9093, 2),
    ...links('to', SECOND, 9093),
    ...links('from', FIRST, 9093),
    ...links('from', SECOND, 9093),
  ]);
  assert.equal(follower.role, 'learner');
  assert.equal(follower.ready, true);
  assert.match(
    follower.checks.find(({ name }) => name === 'quorum-link')?.reason ?? '',
    /10\.96\.6\.11:9093/,
  );
});

test('in a star whose leader dials, the leader is the one from which most links go out', () => {
  const leader = look(consul, [
    ...listening(consul),
    ...links('to', FIRST, 8300, 3),
    ...links('to', SECOND, 8300, 3),
    ...links('from', FIRST, 8300),
  ]);
  assert.equal(leader.role, 'leader');
  assert.deepEqual(leader.quorum, { size: 3, majority: 2, votes: 3, margin: 1 });
  assert.equal(leader.ready, true);
  const follower = look(consul, [
    ...listening(consul),
    ...links('from', FIRST, 8300, 3),
    ...links('to', FIRST, 8300),
  ]);
  assert.deepEqual([follower.role, follower.ready], ['learner', true]);
});

test('there a leader that dials the others in vain leads nobody, and a candidate follows nobody', () => {
  const dialling = (peer: string, port: number): Socket =>
    row(`${POD}:${port}`, `${peer}:8300`, undefined, { state: 'syn_sent', retransmits: 2 });
  const both = [dialling(FIRST, 45_000), dialling(SECOND, 45_001)];
  const leader = look(consul, [...listening(consul), ...links('to', FIRST, 8300, 3), ...both]);
  assert.deepEqual([leader.role, leader.ready], ['looking', false]);
  const follower = look(consul, [...listening(consul), ...links('from', FIRST, 8300, 3), ...both]);
  assert.deepEqual([follower.role, follower.ready], ['looking', false]);
  const [sent] = links('to', FIRST, 8300);
  const cut = look(consul, [
    ...listening(consul),
    ...(sent === undefined ? [] : [unanswered(sent, 3)]),
  ]);
  assert.deepEqual([cut.ready, cut.inQuorum], [false, false]);
});

test('idle connections that a lost election left do not make a leader of a follower', () => {
  // A server on hashicorp/raft some minutes after it asked the others for their votes in vain.
  const rows = [
    ...listening(consul),
    ...links('from', FIRST, 8300, 2),
    ...links('to', FIRST, 8300, 3),
  ];
  const given = tableOf(rows, 4096, consul);
  const table = withVitals(given, ({ local }) => ({
    lastHeardMs: local.port === 8300 ? 84 : 70_000,
  }));
  const follower = reportOf(table, { profile: consul, ensemble: at(...THREE) });
  assert.deepEqual([follower.role, follower.ready], ['learner', true]);
  // Where nothing was heard for long, the numbers are all there is to go by.
  const quiet = withVitals(given, () => ({ lastHeardMs: 70_000 }));
  assert.equal(reportOf(quiet, { profile: consul, ensemble: at(...THREE) }).role, 'leader');
});

test('in a star a controller without links looks, and one that leads too few has no quorum', () => {
  const alone = look(kafkaKraft, listening(kafkaKraft));
  assert.equal(alone.role, 'looking');
  assert.equal(alone.ready, false);
  const [silent] = links('from', FIRST, 9093);
  const cut = look(kafkaKraft, [
    ...listening(kafkaKraft),
    ...(silent === undefined ? [] : [unanswered(silent, 3)]),
  ]);
  assert.equal(cut.role, 'leader');
  assert.equal(cut.inQuorum, false);
  assert.ok(codes(cut).includes('leader-without-quorum'));
});

test('what an election left behind is no link with a leader while others are being tried', () => {
  const left = [...listening(kafkaKraft), ...bothWays(SECOND, 9093)];
  assert.equal(look(kafkaKraft, left).role, 'learner');
  const trying = row(`${POD}:45000`, `${FIRST}:9093`, undefined, { state: 'syn_sent' });
  const cut = look(kafkaKraft, [...left, trying]);
  assert.equal(cut.role, 'looking');
  assert.ok(codes(cut).includes('no-quorum'));
});

test('a controller that has to dial a peer does not count what still comes in from it as a follower', () => {
  // A Kafka controller cut off for 7 s: the links that came in before are all that is left.
  const dialling = (peer: string, port: number, retransmits: number): Socket =>
    row(`${POD}:${port}`, `${peer}:9093`, undefined, { state: 'syn_sent', retransmits });
  const left = [...listening(kafkaKraft), ...links('from', FIRST, 9093), ...bothWays(SECOND, 9093)];
  const cut = look(kafkaKraft, [...left, dialling(FIRST, 45_000, 0), dialling(SECOND, 45_001, 4)]);
  assert.equal(cut.role, 'looking');
  assert.equal(cut.ready, false);
  const leads = look(kafkaKraft, [
    ...listening(kafkaKraft),
    ...links('from', FIRST, 9093, 2),
    ...links('from', SECOND, 9093, 2),
    dialling(FIRST, 45_000, 0),
  ]);
  assert.deepEqual([leads.role, leads.ready, leads.quorum.votes], ['leader', true, 2]);
});

test('a peer whose kernel answers no first segment is not linked, whatever idle links remain', () => {
  // A Kafka controller 4 s after its packets began to vanish.
  const unansweredTo = (peer: string, port: number): Socket =>
    row(`${POD}:${port}`, `${peer}:9093`, undefined, {
      state: 'syn_sent',
      timer: 'retransmit',
      retransmits: 2,
    });
  const cut = look(kafkaKraft, [
    ...listening(kafkaKraft),
    ...links('from', FIRST, 9093),
    ...links('from', SECOND, 9093),
    ...links('to', SECOND, 9093),
    unansweredTo(FIRST, 45_000),
    unansweredTo(SECOND, 45_001),
  ]);
  assert.equal(cut.role, 'looking');
  assert.equal(cut.ready, false);
  assert.ok(codes(cut).includes('peer-connecting'));
});

test('a broker without a vote needs no controller port, only its link to the active controller', () => {
  const members = [...THREE, '10.96.9.12'];
  const rows = [listens('*:9092'), ...links('to', FIRST, 9093, 4)];
  const broker = look(kafkaKraft, rows, members, [POD]);
  assert.equal(broker.role, 'learner');
  assert.equal(broker.ready, true);
  const controller = look(kafkaKraft, rows, members, ['10.96.9.12']);
  assert.equal(controller.ready, false);
  assert.ok(codes(controller).includes('peer-port-closed'));
});

test('a gossiping member is alone at first, and cut off when nobody answers what it tries', () => {
  const alone = look(cassandra, listening(cassandra));
  assert.equal(alone.ready, true);
  const [silent] = links('to', FIRST, 7000);
  assert.ok(silent);
  const trying = row(`${POD}:45000`, `${SECOND}:7000`, undefined, { state: 'syn_sent' });
  const cut = look(cassandra, [...listening(cassandra), unanswered(silent, 3), trying]);
  assert.equal(cut.ready, false);
  assert.ok(codes(cut).includes('no-quorum'));
  assert.equal(cut.quorum.majority, null);
  const some = look(cassandra, [...listening(cassandra), ...bothWays(FIRST, 7000), { ...trying }]);
  assert.equal(some.ready, true);
  assert.equal(some.verdict, 'degraded');
});

test('short-lived links are never waited for, and those that ended are no churn', () => {
  const ended = Array.from({ length: 24 }, (_, index) =>
    row(`${POD}:11443`, `${FIRST}:${50_000 + index}`, undefined, { state: 'time_wait' }),
  );
  const report = look(nifi, [...listening(nifi), ...ended]);
  assert.deepEqual(codes(report), []);
  assert.equal(report.ready, true);
  assert.equal(report.verdict, 'healthy');
  assert.deepEqual(
    report.checks.map(({ name }) => name),
    ['client-port', 'cluster-port', 'load-balance-port', 'peers', 'queues', 'scan'],
  );
});

test('who tries to reach somebody over short-lived links in vain stays ready, and says so', () => {
  // Nothing tells whether this member is cut off or the coordinator is.
  const trying = row(`${POD}:45000`, `${FIRST}:11443`, undefined, { state: 'syn_sent' });
  const report = look(nifi, [...listening(nifi), trying]);
  assert.equal(report.ready, true);
  assert.equal(report.verdict, 'degraded');
  assert.deepEqual(codes(report), ['peer-connecting']);
});

test('where votes move with failovers, no count is given that cannot be', () => {
  const pods = [...THREE, '10.96.9.12', '10.96.5.13', '10.96.4.14'];
  const replicas = pods.slice(3);
  const linkedWith = (peers: readonly string[]): Report =>
    look(
      redisCluster,
      [...listening(redisCluster), ...peers.flatMap((peer) => bothWays(peer, 16_379))],
      pods,
      replicas,
    );
  assert.equal(linkedWith(pods.slice(1)).quorum.votes, 3);
  // Both other masters by configuration are gone, but two of the five that are left must be masters.
  assert.equal(linkedWith(replicas).quorum.votes, 1);
  assert.equal(linkedWith([SECOND, ...replicas]).quorum.votes, 2);
  assert.equal(linkedWith([]).ready, false);
});

test('nothing that runs is told as such, also where only peers would connect', () => {
  const report = look(kafkaKraft, []);
  assert.equal(report.role, 'absent');
  assert.match(
    report.findings[0]?.summary ?? '',
    /^Apache Kafka \(KRaft\) is not listening on any of its ports/,
  );
});
