import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FINDING_CODES } from '../../src/model/findings.ts';
import type { Report } from '../../src/model/report.ts';
import type { Socket } from '../../src/model/socket.ts';
import {
  APP,
  istioSidecar,
  listens,
  member,
  orphan,
  PEERS,
  POD,
  PROXY,
  row,
  unanswered,
} from '../links/rows.ts';
import { codes, finding, named, ofSize, reportOf, run, status } from './judging.ts';
import { counters, published } from './observation.ts';

const [PEER, OTHER] = PEERS;
const ALONE = member(POD, 'other');
const TO_LEADER = row(`${POD}:40000`, `${PEER}:2888`);
const ELECTION = [
  row(`${POD}:3888`, `${PEER}:1`, APP, { timer: 'keepalive' }),
  row(`${POD}:3888`, `${OTHER}:2`, APP, { timer: 'keepalive' }),
];
const LEARNER = [...ALONE, TO_LEADER, ...ELECTION];
const LEADING = [
  ...member(POD, 'leader'),
  row(`${POD}:2888`, `${PEER}:1`),
  row(`${POD}:2888`, `${OTHER}:2`),
  ...ELECTION,
];

/** What the agent says when these rows have stood for the given time. */
function lasting(rows: readonly Socket[], forMs: number): Report {
  const zk = run();
  let report = zk.look(0, rows);
  for (let nowMs = 1_000; nowMs <= forMs; nowMs += 1_000) report = zk.look(nowMs, rows);
  return report;
}

test('healthy members have no finding', () => {
  for (const rows of [LEARNER, LEADING]) {
    assert.deepEqual(codes(reportOf(rows)), []);
    assert.deepEqual(codes(lasting(rows, 20_000)), []);
  }
});

test('each finding has the severity of the catalogue, in its order, with cause, remedy and evidence', () => {
  const order: readonly string[] = FINDING_CODES.map(({ code }) => code);
  const looking = reportOf([
    ...ALONE,
    row(`${POD}:1`, `${PEER}:3888`, APP, { state: 'syn_sent' }),
    unanswered(row(`${POD}:2`, `${OTHER}:3888`), 4),
  ]);
  assert.ok(looking.findings.length >= 3);
  const places = looking.findings.map(({ code }) => order.indexOf(code));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  for (const one of looking.findings) {
    assert.equal(one.severity, FINDING_CODES.find(({ code }) => code === one.code)?.severity);
    assert.ok(one.cause !== '' && one.remedy !== '' && one.evidence.length > 0, one.code);
  }
});

test('client-port-closed: the server runs without it, or not at all', () => {
  const starting = reportOf([listens(`${POD}:3888`)]);
  assert.match(finding(starting, 'client-port-closed').summary, /client port 2181 or 2281/);
  assert.match(
    finding(starting, 'client-port-closed').evidence[0] ?? '',
    /LISTEN 10\.96\.8\.10:3888/,
  );
  const absent = reportOf([]);
  assert.match(
    finding(absent, 'client-port-closed').summary,
    /2181 or 2281 and election port 3888/,
  );
  assert.deepEqual([absent.role, absent.verdict], ['absent', 'broken']);
  assert.equal(status(absent, 'client-port'), 'fail');
});

test('a secure client port alone serves', () => {
  const secure = [listens('*:2281'), listens(`${POD}:3888`), TO_LEADER];
  assert.equal(reportOf(secure).ready, true);
});

test('peer-port-closed: the server is not configured as a member', () => {
  const report = reportOf([listens('*:2181')]);
  assert.match(finding(report, 'peer-port-closed').summary, /election port 3888/);
  assert.deepEqual([report.role, report.verdict], ['unknown', 'broken']);
  const one = reportOf([listens('*:2181')], { ensemble: ofSize(1) });
  assert.deepEqual([codes(one), one.verdict], [[], 'healthy']);
});

test('no-quorum: looking, with the peers it dials in vain', () => {
  const report = reportOf([...ALONE, row(`${POD}:1`, `${PEER}:3888`, APP, { state: 'syn_sent' })]);
  const one = finding(report, 'no-quorum');
  assert.match(one.summary, /looking for a leader/);
  assert.match(one.cause, new RegExp(PEER));
  assert.ok(one.evidence.some((line) => line.startsWith(`SYN_SENT ${POD}:1 ${PEER}:3888`)));
});

test('no-quorum: the link to the leader does not carry', () => {
  const report = reportOf([...ALONE, { ...TO_LEADER, state: 'close_wait', rxQueueBytes: 9 }]);
  const one = finding(report, 'no-quorum');
  assert.match(one.summary, new RegExp(`follows ${PEER}.*2888 is closing`));
  assert.match(one.cause, /is hung/);
});

test('leader-without-quorum names the votes and the members that are missing', () => {
  const report = reportOf([...member(POD, 'leader'), row(`${POD}:3888`, `${PEER}:1`)]);
  const one = finding(report, 'leader-without-quorum');
  assert.match(one.summary, /only 1 of 3 voters.*2 are needed/);
  assert.match(one.cause, new RegExp(`${PEER}, ${OTHER}`));
  assert.deepEqual([report.verdict, status(report, 'majority')], ['broken', 'fail']);
});

test('peer-missing: a leader in quorum without one of its voters, once that has lasted 10 s', () => {
  const rows = [...member(POD, 'leader'), row(`${POD}:2888`, `${PEER}:1`), ...ELECTION];
  assert.match(
    finding(reportOf(rows), 'peer-missing').summary,
    new RegExp(`^${OTHER} is not linked`),
  );
  assert.equal(lasting(rows, 5_000).verdict, 'healthy');
  const late = lasting(rows, 12_000);
  assert.deepEqual([codes(late), late.verdict], [['peer-missing'], 'degraded']);
  assert.equal(status(late, 'peers'), 'warn');
});

test('a learner misses nobody but its leader', () => {
  const report = lasting([...ALONE, TO_LEADER], 20_000);
  assert.deepEqual(codes(report), ['idle-election-links']);
  assert.equal(report.verdict, 'healthy');
  assert.deepEqual(
    report.peers.map(({ status: how }) => how),
    ['linked', 'unknown'],
  );
});

test('a missing member is named with the address it was known by', () => {
  const rows = [...member(POD, 'leader'), row(`${POD}:2888`, `${PEER}:1`), ...ELECTION];
  const report = reportOf(
    rows,
    { ensemble: named('zk-0', 'zk-1', 'zk-2'), podName: 'zk-0' },
    {
      names: new Map([
        ['zk-1', published(0, PEER)],
        ['zk-2', published(0, OTHER)],
      ]),
    },
  );
  assert.match(finding(report, 'peer-missing').summary, /^zk-2 \(10\.96\.7\.10\) is not linked/);
});

test('peer-missing by number, where the size alone is known, and not for a peer whose link stalls', () => {
  const linked = row(`${POD}:2888`, `${PEER}:1`);
  const rows = [...member(POD, 'leader'), linked, ...ELECTION];
  const one = finding(reportOf(rows, { ensemble: ofSize(3) }), 'peer-missing');
  assert.match(one.summary, /^1 of the 2 other voters is not linked/);
  assert.match(one.remedy, /--members/);
  const agent = run({ ensemble: ofSize(3) });
  agent.look(0, rows);
  assert.deepEqual(codes(agent.look(9_500, rows)), []);
  assert.deepEqual(codes(agent.look(10_500, rows)), ['peer-missing']);
  const stalls = unanswered(row(`${POD}:2888`, `${OTHER}:2`), 3);
  const stalled = reportOf([...rows, stalls], { ensemble: ofSize(3) });
  assert.deepEqual(codes(stalled), ['stalled-link']);
  assert.deepEqual(codes(reportOf(LEADING, { ensemble: ofSize(3) })), []);
  assert.deepEqual(codes(reportOf(LEARNER, { ensemble: ofSize(3) })), []);
});

test('stalled-link: retransmission, with the bytes and the row', () => {
  const report = reportOf([...ALONE, unanswered(TO_LEADER, 3, 44), ...ELECTION]);
  const one = finding(report, 'stalled-link');
  assert.match(one.summary, new RegExp(`${PEER} does not acknowledge data: 44 bytes`));
  assert.match(one.evidence[0] ?? '', /send-q=44 retransmits=3$/);
  assert.equal(report.links.find(({ state }) => state === 'stalled')?.peer, PEER);
  const port = report.ports.find((candidate) => candidate.port === 2888);
  assert.deepEqual([port?.links.outbound, port?.links.stalled, port?.unackedBytes], [1, 1, 44]);
});

test('stalled-link: how long the kernel holds on to a dead connection, by its own setting', () => {
  const rows = [...ALONE, unanswered(TO_LEADER, 3, 44), ...ELECTION];
  const cause = (tcpRetries: number | null): string =>
    finding(reportOf(rows, {}, { tcpRetries }), 'stalled-link').cause;
  assert.match(cause(15), /after about 924 s \(net\.ipv4\.tcp_retries2 is 15\)/);
  assert.match(cause(8), /after about 102 s/);
  assert.doesNotMatch(cause(null), /kernel/);
});

test('one or two time-outs are ordinary loss', () => {
  assert.deepEqual(codes(reportOf([...ALONE, unanswered(TO_LEADER, 2), ...ELECTION])), []);
});

test('stalled-link: a closed window carries for 10 s, and then no more', () => {
  const full: Socket = { ...TO_LEADER, txQueueBytes: 5_000, timer: 'window-probe' };
  const rows = [...ALONE, full, ...ELECTION];
  assert.equal(lasting(rows, 8_000).inQuorum, true);
  const late = lasting(rows, 11_000);
  assert.equal(late.inQuorum, false);
  assert.match(finding(late, 'stalled-link').summary, /stopped reading: 5000 bytes/);
});

test('stalled-link: behind a mesh it shows on the capture port', () => {
  const report = reportOf([
    ...istioSidecar(),
    ...member(POD, 'leader'),
    row('127.0.0.6:1', `${POD}:2888`, PROXY),
    row(`${POD}:2888`, '127.0.0.6:1'),
    unanswered(row(`${POD}:15006`, `${PEER}:9`, PROXY), 5, 60),
  ]);
  assert.match(finding(report, 'stalled-link').summary, new RegExp(PEER));
  assert.equal(report.ports.find(({ port }) => port === 2888)?.links.stalled, 1);
  assert.equal(report.peers.find(({ name }) => name === PEER)?.status, 'stalled');
});

test('peer-connecting: what the application takes for open, the proxy cannot reach', () => {
  const report = reportOf([
    ...istioSidecar(),
    ...ALONE,
    row(`${POD}:40000`, `${PEER}:3888`),
    row('127.0.0.1:15001', `${POD}:40000`, PROXY),
    row(`${POD}:40001`, `${PEER}:3888`, PROXY, { state: 'syn_sent', retransmits: 1 }),
  ]);
  const one = finding(report, 'peer-connecting');
  assert.match(one.summary, new RegExp(`${PEER} on port 3888.*server sees them as open`));
  assert.match(one.evidence[0] ?? '', /^SYN_SENT 10\.96\.8\.10:40001 .* uid=1337/);
});

const RESETS = { attemptFails: 40, outRsts: 44, activeOpens: 60 };

test('mesh-loopback-delivery: the origin story', () => {
  const rows = [...istioSidecar(), ...ALONE];
  const one = finding(reportOf(rows, {}, { counters: counters(RESETS) }), 'mesh-loopback-delivery');
  assert.equal(one.certainty, 'suspected');
  assert.match(one.summary, /only on 10\.96\.8\.10:3888/);
  assert.match(one.remedy, /quorumListenOnAllIPs=true/);
  assert.ok(one.evidence.some((line) => line.includes('AttemptFails')));
});

test('mesh-loopback-delivery needs attempts that fail by resets of this kernel, now or from the beginning', () => {
  const rows = [...istioSidecar(), ...ALONE];
  for (const known of [
    { ...RESETS, outRsts: 3 },
    { ...RESETS, attemptFails: 2, outRsts: 2 },
    { ...RESETS, activeOpens: 1_000 },
  ]) {
    assert.ok(
      !codes(reportOf(rows, {}, { counters: counters(known) })).includes('mesh-loopback-delivery'),
    );
  }
  const zk = run();
  const old = { activeOpens: 10_000, attemptFails: 50, outRsts: 60 };
  zk.look(0, rows, { counters: counters(old) });
  const now = counters({ activeOpens: 10_010, attemptFails: 54, outRsts: 64 });
  const risen = finding(zk.look(3_000, rows, { counters: now }), 'mesh-loopback-delivery');
  assert.ok(risen.evidence.some((line) => line.includes('rose by 4')));
});

test('mesh-loopback-delivery is not said where the mesh delivers well, or the server listens everywhere', () => {
  const seen = { counters: counters(RESETS) };
  const delivered = [...istioSidecar(), ...ALONE, row(`${POD}:3888`, '127.0.0.6:9')];
  const past = [
    ...istioSidecar(),
    ...ALONE,
    orphan({ ...row('127.0.0.6:9', `${POD}:3888`), timer: 'time-wait' }, 'time_wait'),
  ];
  const everywhere = [...istioSidecar(), listens('*:2181'), listens('*:3888')];
  for (const rows of [delivered, past, everywhere, ALONE]) {
    assert.ok(!codes(reportOf(rows, {}, seen)).includes('mesh-loopback-delivery'));
  }
});

test('loopback-only-listener: no peer can reach it', () => {
  const report = reportOf([listens('*:2181'), listens('127.0.0.1:3888')]);
  assert.match(finding(report, 'loopback-only-listener').summary, /election port 3888/);
  assert.equal(status(report, 'election-port'), 'fail');
});

test('accept-queue-backlog: connections that nobody accepts for 10 s', () => {
  const rows = [listens('*:2181', APP, 5), listens(`${POD}:3888`), TO_LEADER, ...ELECTION];
  assert.match(
    finding(reportOf(rows), 'accept-queue-backlog').summary,
    /5 on the client port 2181/,
  );
  assert.deepEqual(codes(lasting(rows, 9_000)), []);
  const late = lasting(rows, 11_000);
  assert.deepEqual([codes(late), late.verdict], [['accept-queue-backlog'], 'degraded']);
  assert.equal(status(late, 'queues'), 'warn');
});

test('a queue that is being worked off is no backlog', () => {
  const zk = run();
  const waiting = (count: number): Socket[] => [
    listens('*:2181', APP, count),
    listens(`${POD}:3888`),
    TO_LEADER,
    ...ELECTION,
  ];
  for (let second = 0; second <= 30; second += 1) {
    const report = zk.look(second * 1_000, waiting(5 + (second % 5)));
    assert.ok(!codes(report).includes('accept-queue-backlog'));
  }
});

test('unread-bytes: a server that does not read for 10 s', () => {
  const rows = [...ALONE, { ...TO_LEADER, rxQueueBytes: 300 }, ...ELECTION];
  assert.match(
    finding(reportOf(rows), 'unread-bytes').summary,
    new RegExp(`300 bytes that ${PEER} sent`),
  );
  assert.deepEqual(codes(lasting(rows, 9_000)), []);
  // A server that has stopped reading for so long takes part in nothing.
  assert.deepEqual(codes(lasting(rows, 11_000)), ['no-quorum', 'unread-bytes']);
  const ping = [...ALONE, { ...TO_LEADER, rxQueueBytes: 26 }, ...ELECTION];
  assert.deepEqual(codes(reportOf(ping)), []);
});

test('connection-churn is information', () => {
  const past = Array.from({ length: 12 }, (_, index) =>
    orphan({ ...row(`${POD}:${50_000 + index}`, `${PEER}:3888`), timer: 'time-wait' }, 'time_wait'),
  );
  const report = reportOf([...LEARNER, ...past]);
  assert.deepEqual([codes(report), report.verdict], [['connection-churn'], 'healthy']);
  assert.match(finding(report, 'connection-churn').summary, /12 closed/);
});

test('idle-election-links are information: the member is healthy without them', () => {
  const report = reportOf([...ALONE, TO_LEADER]);
  assert.deepEqual(
    [codes(report), report.verdict, report.ready],
    [['idle-election-links'], 'healthy', true],
  );
  assert.match(
    finding(report, 'idle-election-links').summary,
    /^0 of 2 links on the election port 3888/,
  );
});

test('keepalive-off is information, and only where no proxy stands between', () => {
  const silent = [row(`${POD}:3888`, `${PEER}:1`), row(`${POD}:3888`, `${OTHER}:2`)];
  const report = reportOf([...ALONE, TO_LEADER, ...silent]);
  assert.deepEqual([codes(report), report.verdict], [['keepalive-off'], 'healthy']);
  assert.ok(
    !codes(reportOf([...istioSidecar(), ...ALONE, TO_LEADER, ...silent])).includes('keepalive-off'),
  );
});

test('evidence of many rows is cut, and says how many there are', () => {
  const many = Array.from({ length: 20 }, (_, index) =>
    unanswered(row(`${POD}:${40_000 + index}`, `${PEER}:3888`), 3),
  );
  const { evidence } = finding(reportOf([...ALONE, ...many]), 'stalled-link');
  assert.equal(evidence.length, 9);
  assert.equal(evidence.at(-1), 'and 12 more');
});
