import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import type { Socket } from '../../src/model/socket.ts';
import { kafkaKraft } from '../../src/profiles/kafka-kraft.ts';
import { listens, member, POD, row } from '../links/rows.ts';
import { at, codes, named, run } from './judging.ts';
import { published, unpublished } from './observation.ts';

const [TWO, THREE] = ['10.0.0.2', '10.0.0.3'];
const NAMED = named('zk-0', 'zk-1', 'zk-2');

function leads(...from: readonly string[]): Socket[] {
  return [
    ...member(POD, 'leader'),
    ...from.map((peer, index) =>
      row(`${POD}:2888`, `${peer.includes(':') ? `[${peer}]` : peer}:${5_000 + index}`),
    ),
  ];
}

type Names = Readonly<Record<string, readonly string[] | null>>;

/** What the agent reports after a minute of the same rows, with names that are looked up again and again. */
function afterAMinute(rows: readonly Socket[], ensemble = NAMED, names: Names = {}): Report {
  const zk = run({ ensemble, podName: 'zk-0' });
  let report: Report | null = null;
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 2_000) {
    const answers = Object.entries(names).map(
      ([name, addresses]) =>
        [
          name,
          addresses === null ? unpublished(nowMs, 0) : published(nowMs, ...addresses),
        ] as const,
    );
    report = zk.look(nowMs, rows, { names: new Map(answers) });
  }
  assert.ok(report);
  return report;
}

const RIGHT: readonly (readonly [string, Report])[] = [
  [
    'by a ClusterIP for each pod',
    afterAMinute(leads(TWO, THREE), NAMED, {
      'zk-0': ['10.96.0.10'],
      'zk-1': ['10.96.0.11'],
      'zk-2': ['10.96.0.12'],
    }),
  ],
  [
    'by ClusterIPs given as addresses',
    afterAMinute(leads(TWO, THREE), at('10.96.0.10', '10.96.0.11', '10.96.0.12')),
  ],
  [
    'behind one NAT address',
    afterAMinute(leads('192.168.1.5', '192.168.1.5'), at(POD, TWO, THREE)),
  ],
  [
    'by a wildcard in DNS',
    afterAMinute(leads(TWO, THREE), NAMED, {
      'zk-0': ['203.0.113.9'],
      'zk-1': ['203.0.113.9'],
      'zk-2': ['203.0.113.9'],
    }),
  ],
  [
    "one of whom has this pod's own address",
    afterAMinute(leads(TWO), NAMED, { 'zk-0': [POD], 'zk-1': [POD], 'zk-2': [THREE] }),
  ],
  ['by the other address family', afterAMinute(leads('fd00::2', 'fd00::3'), at(POD, TWO, THREE))],
];

for (const [how, report] of RIGHT) {
  test(`a leader whose peers are named ${how} is ready, with a warning that names them`, () => {
    assert.deepEqual([report.role, report.ready, report.verdict], ['leader', true, 'degraded']);
    assert.ok(codes(report).includes('members-unmatched'), codes(report).join());
  });
}

test('a stranger at the quorum port is no voter while a follower is unpublished and another gone', () => {
  const report = afterAMinute(leads('10.9.9.1'), NAMED, {
    'zk-0': [POD],
    'zk-1': null,
    'zk-2': [THREE],
  });
  assert.deepEqual([report.role, report.ready], ['leader', false]);
});

test('two strangers are no voters of five while no name is published', () => {
  const five = named('zk-0', 'zk-1', 'zk-2', 'zk-3', 'zk-4');
  const none = Object.fromEntries(['zk-0', 'zk-1', 'zk-2', 'zk-3', 'zk-4'].map((n) => [n, null]));
  assert.equal(afterAMinute(leads('10.9.9.1', '10.9.9.2'), five, none).ready, false);
});

test('two names with one address are one voter for each that is linked there', () => {
  const names = { 'zk-0': [POD], 'zk-1': [TWO], 'zk-2': [TWO] };
  assert.equal(afterAMinute(leads(TWO, THREE), NAMED, names).ready, true);
});

test('a scanner beside healthy followers changes nothing', () => {
  const report = afterAMinute(leads(TWO, THREE, '10.9.9.1'), at(POD, TWO, THREE));
  assert.deepEqual([report.ready, report.verdict, report.quorum.votes], [true, 'healthy', 3]);
});

test('the word of the server that it leads tells the links of its followers from strangers', () => {
  const zk = run({ ensemble: at(POD, TWO, THREE), podName: 'zk-0' });
  const answer = {
    kind: 'serving',
    mode: 'leader',
    version: '3.9.3',
    zxid: '0x1',
    outstanding: 0,
    connections: 1,
    nodeCount: 1,
    latencyMs: { min: 0, avg: 0, max: 0 },
    received: 1,
    sent: 1,
  } as const;
  let report: Report | null = null;
  for (let nowMs = 0; nowMs <= 12_000; nowMs += 1_000) {
    const srvr = { answer, atMs: nowMs };
    report = zk.look(nowMs, leads('10.9.9.1'), { asked: { srvr } });
  }
  assert.deepEqual([report?.ready, report?.verdict], [true, 'degraded']);
});

/** What the agent reports once the rows changed from `before` to `after`, and stayed so for a while. */
function onceGone(
  before: readonly Socket[],
  after: readonly Socket[],
  ...given: Parameters<typeof run>
): Report {
  const scans = run(...given);
  for (let nowMs = 0; nowMs < 10_000; nowMs += 1_000) scans.look(nowMs, before);
  for (let nowMs = 10_000; nowMs < 30_000; nowMs += 1_000) scans.look(nowMs, after);
  return scans.last().report;
}

test('observers and brokers that nobody listed are no voters in the place of members that are gone', () => {
  const others = ['10.0.0.21', '10.0.0.22'];
  const settings = { ensemble: at(POD, TWO, THREE), podName: POD };
  const zk = onceGone(leads(TWO, THREE, ...others), leads(...others), settings);
  assert.deepEqual([zk.ready, zk.quorum.votes], [false, 1]);
  const active = (...from: readonly string[]): Socket[] => [
    listens('*:9093'),
    ...from.map((peer, index) => row(`${POD}:9093`, `${peer}:${50_000 + index}`)),
  ];
  const kraft = { ...settings, profile: kafkaKraft };
  const kafka = onceGone(active(...others, TWO, THREE), active(...others), kraft);
  assert.deepEqual([kafka.ready, kafka.quorum.votes], [false, 1]);
});

test('members behind NAT count beside one that came in from its own address', () => {
  const ensemble = at(POD, TWO, THREE, '10.0.0.4', '10.0.0.5');
  const nat = ['192.168.1.5', '192.168.1.5', '192.168.1.5'];
  const report = onceGone(leads(TWO, ...nat), leads(...nat), { ensemble, podName: POD });
  assert.deepEqual([report.ready, report.quorum.votes], [true, 4]);
});
