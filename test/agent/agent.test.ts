import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Names } from '../../src/model/names.ts';
import type { Socket } from '../../src/model/socket.ts';
import { codes } from '../assess/judging.ts';
import { endsAtProxy } from '../assess/zookeeper-rows.ts';
import { listens, member, PEERS, POD, row, unanswered } from '../links/rows.ts';
import { fileText } from '../proc/kernel-text.ts';
import { podFolder } from './pod.ts';
import { type Watching, watch } from './watching.ts';

const [PEER, OTHER] = PEERS;

const LISTENERS = member(POD, 'other');
const TO_LEADER = row(`${POD}:40000`, `${PEER}:2888`);
const ELECTION = [row(`${POD}:3888`, `${PEER}:1`), row(`${POD}:3888`, `${OTHER}:2`)];
const LEARNER = [...LISTENERS, TO_LEADER, ...ELECTION];
const LEADER = [
  ...member(POD, 'leader'),
  row(`${POD}:2888`, `${PEER}:1`),
  row(`${POD}:2888`, `${OTHER}:2`),
  ...ELECTION,
];

async function ready(watching: Watching): Promise<void> {
  await watching.agent.start();
  await watching.pass(6_000);
  assert.equal(watching.agent.report().ready, true);
}

function roles({ published }: Watching): string[] {
  const all = published.map(
    ({ report }) => `${report.role} ${report.ready ? 'ready' : 'not ready'} ${report.verdict}`,
  );
  return all.filter((role, at) => role !== all[at - 1]);
}

test('before the first scan the report is unknown, not ready, and says why', (t) => {
  const { agent } = watch(podFolder(t, LEARNER));
  const report = agent.report();
  assert.deepEqual([report.role, report.verdict, report.ready], ['unknown', 'unknown', false]);
  assert.deepEqual(
    report.peers.map(({ name }) => name),
    [...PEERS],
  );
  assert.match(report.checks[0]?.reason ?? '', /under way/);
  assert.equal(agent.alive(), true);
});

test('a learner is one after two scans, and ready when its link has held for the settling time', async (t) => {
  const watching = watch(podFolder(t, LEARNER));
  await watching.agent.start();
  assert.deepEqual(watching.published, []);
  await watching.pass(200);
  assert.equal(watching.agent.report().role, 'learner');
  assert.equal(watching.agent.report().ready, false);
  await watching.pass(4_700);
  assert.equal(watching.agent.report().ready, false);
  await watching.pass(1_100);
  assert.equal(watching.agent.report().ready, true);
  assert.deepEqual(roles(watching), ['learner not ready healthy', 'learner ready healthy']);
});

test('a row that one scan misses costs nothing', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  const before = watching.published.length;
  pod.shows([...LISTENERS, ...ELECTION]);
  await watching.untilScan();
  assert.match(watching.scans.at(-1) ?? '', /change/);
  pod.shows(LEARNER);
  await watching.pass(3_000);
  assert.ok(watching.scans.some((scan) => scan.endsWith('confirm')));
  for (const { report } of watching.published.slice(before)) {
    assert.deepEqual([report.role, report.ready], ['learner', true]);
  }
  assert.equal(watching.agent.totals().linksLost.get(2888), 0);
});

test('a link that the confirming scan misses too is lost, within 1.5 s', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows([...LISTENERS, ...ELECTION]);
  await watching.pass(1_500);
  const { role, ready: isReady, verdict, findings } = watching.agent.report();
  assert.deepEqual([role, isReady, verdict], ['looking', false, 'broken']);
  assert.equal(findings[0]?.code, 'no-quorum');
  assert.equal(watching.agent.totals().linksLost.get(2888), 1);
  assert.equal(watching.agent.totals().linksOpened.get(2888), 1);
});

test('scans of a table that changes all the time do not put off the one that confirms', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod, { scan: { hintIntervalMs: 50, minIntervalMs: 50 } });
  await ready(watching);
  pod.shows([...LISTENERS, ...ELECTION]);
  // As where somebody asks for the report over and over: each question leaves a row of TIME_WAIT behind.
  for (let asked = 1; asked <= 8; asked += 1) {
    await watching.pass(50);
    pod.shows([
      ...LISTENERS,
      ...ELECTION,
      { ...row(`${POD}:4888`, `${OTHER}:${asked}`), state: 'time_wait' },
    ]);
  }
  assert.equal(watching.agent.report().ready, false);
  assert.ok(watching.scans.some((scan) => scan.endsWith('confirm')));
});

test('a link dialled anew settles anew', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows([...LISTENERS, ...ELECTION, row(`${POD}:40001`, `${OTHER}:2888`)]);
  await watching.pass(1_500);
  assert.equal(watching.agent.report().role, 'learner');
  assert.equal(watching.agent.report().ready, false);
  await watching.pass(3_000);
  assert.equal(watching.agent.report().ready, false);
  await watching.pass(3_500);
  assert.equal(watching.agent.report().ready, true);
});

test('repeated retransmission needs no second scan', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows([...LISTENERS, unanswered(TO_LEADER, 3), ...ELECTION]);
  await watching.pass(1_000);
  const last = watching.published.at(-1);
  assert.equal(last?.report.scan.reason, 'change');
  assert.equal(last?.report.ready, false);
  assert.ok(last?.report.findings.some(({ code }) => code === 'stalled-link'));
});

test('a stall is scanned often while it builds up', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows([...LISTENERS, unanswered(TO_LEADER, 1), ...ELECTION]);
  await watching.pass(1_000);
  assert.equal(watching.agent.report().ready, true);
  pod.showsQuietly([...LISTENERS, unanswered(TO_LEADER, 3), ...ELECTION]);
  await watching.pass(500);
  assert.equal(watching.agent.report().ready, false);
});

test('a listener that vanished needs no second scan', async (t) => {
  const pod = podFolder(t, LEADER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows(LEADER.filter(({ state, local }) => state !== 'listen' || local.port !== 2888));
  await watching.pass(1_000);
  assert.equal(watching.published.at(-1)?.report.scan.reason, 'change');
  assert.equal(watching.agent.report().ready, false);
});

test('a connection seen once is no peer', async (t) => {
  const alone = [...member(POD, 'leader'), ...ELECTION];
  const pod = podFolder(t, alone);
  const watching = watch(pod);
  await watching.agent.start();
  await watching.pass(2_000);
  const probe = row(`${POD}:2888`, `${PEER}:9`);
  pod.shows([...alone, probe]);
  await watching.untilScan();
  pod.shows(alone);
  await watching.pass(2_000);
  assert.ok(watching.published.every(({ report }) => report.inQuorum !== true));
  assert.equal(watching.agent.totals().linksOpened.get(2888), 0);
});

test('an unreadable table is unknown and not ready after a second attempt, and recovers by itself', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows(LEARNER);
  pod.breaks('tcp', null);
  await watching.pass(1_500);
  const blind = watching.agent.report();
  assert.deepEqual([blind.verdict, blind.role, blind.ready], ['unknown', 'unknown', false]);
  assert.equal(blind.findings[0]?.code, 'stale-scan');
  assert.match(blind.scan.error ?? '', /ENOENT/);
  assert.equal(blind.checks.find(({ name }) => name === 'scan')?.status, 'fail');
  assert.ok(watching.agent.totals().scanErrors['table-unreadable'] >= 2);
  await watching.pass(90_000);
  assert.equal(watching.agent.alive(), true);
  pod.shows(LEARNER);
  await watching.pass(1_500);
  assert.equal(watching.agent.report().ready, true);
  assert.equal(watching.agent.totals().linksLost.get(2888), 0);
  assert.equal(watching.agent.totals().linksOpened.get(2888), 1);
});

test('a table without one readable row is unknown, not empty', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows(LEARNER);
  pod.breaks('tcp', 'nothing of this\nis a table\n');
  await watching.pass(1_500);
  assert.equal(watching.agent.report().verdict, 'unknown');
  assert.ok(watching.agent.totals().scanErrors['table-malformed'] >= 2);
});

test('tables of zero bytes, or of a header alone, are unknown: a member that is gone leaves other rows', async (t) => {
  for (const text of ['', fileText([])]) {
    const pod = podFolder(t, LEARNER);
    const watching = watch(pod);
    await ready(watching);
    pod.shows(LEARNER);
    pod.breaks('tcp', text);
    pod.breaks('tcp6', text);
    await watching.pass(1_500);
    const report = watching.agent.report();
    assert.deepEqual([report.verdict, report.role, report.ready], ['unknown', 'unknown', false]);
    assert.deepEqual(codes(report), ['stale-scan']);
    pod.shows(LEARNER);
    await watching.pass(1_500);
    assert.equal(watching.agent.report().ready, true);
  }
});

test('one attempt that fails between two good ones shows in the counter alone', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  pod.shows(LEARNER);
  pod.breaks('tcp', null);
  await watching.untilScan();
  pod.shows(LEARNER);
  await watching.pass(2_000);
  assert.equal(watching.agent.totals().scanErrors['table-unreadable'], 1);
  assert.ok(watching.published.every(({ report }) => report.verdict === 'healthy'));
});

test('a report older than twice the cap is unknown, and a loop without an attempt for 60 s is dead', async (t) => {
  const watching = watch(podFolder(t, LEARNER));
  await ready(watching);
  watching.freeze(29_000);
  assert.equal(watching.agent.report().ready, true);
  watching.freeze(6_000);
  const old = watching.agent.report();
  assert.deepEqual([old.ready, old.inQuorum, old.verdict], [false, null, 'unknown']);
  assert.deepEqual(
    old.findings.map(({ code }) => code),
    ['stale-scan'],
  );
  assert.equal(watching.agent.alive(), true);
  watching.freeze(30_000);
  assert.equal(watching.agent.alive(), false);
  await watching.pass(0);
  assert.equal(watching.agent.report().ready, true);
  assert.equal(watching.agent.alive(), true);
});

test('while nothing changes a scan comes every 5 s', async (t) => {
  const watching = watch(podFolder(t, LEARNER));
  await ready(watching);
  const before = watching.scans.length;
  await watching.pass(60_000);
  const later = watching.scans.slice(before);
  assert.equal(later.length, 12);
  assert.ok(later.every((scan) => scan.endsWith('max-age')));
});

test('while things change a scan comes once a second', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  const before = watching.scans.length;
  for (let at = 0; at < 40; at += 1) {
    pod.shows(LEARNER);
    await watching.pass(250);
  }
  const later = watching.scans.slice(before);
  assert.equal(later.length, 10);
  assert.ok(later.every((scan) => scan.endsWith('change')));
});

test('what a scan costs stretches the interval, one hiccup does not', async (t) => {
  const pod = podFolder(t, LEARNER);
  const watching = watch(pod);
  await ready(watching);
  const change = async (times: number): Promise<number> => {
    const before = watching.scans.length;
    for (let at = 0; at < times; at += 1) {
      pod.shows(LEARNER);
      await watching.pass(250);
    }
    return watching.scans.length - before;
  };
  watching.costs(200);
  await change(4);
  watching.costs(1);
  assert.equal(await change(40), 10);
  watching.costs(100);
  await change(40);
  assert.ok((await change(200)) <= 11);
});

test("the probe's own connections are no change", async (t) => {
  const pod = podFolder(t, LEARNER);
  const own = { accepted: 0, open: 0, lastActivityAtMs: null as number | null };
  const watching = watch(pod, { ownConnections: () => ({ ...own }) });
  await ready(watching);
  const before = watching.scans.length;
  for (let at = 0; at < 16; at += 1) {
    own.accepted += 1;
    own.open += 1;
    own.lastActivityAtMs = watching.nowMs();
    const scrape = Array.from({ length: own.open }, (_, port) =>
      row(`${POD}:4888`, `10.0.0.9:${port + 1}`),
    );
    pod.shows([...LEARNER, ...scrape], { passiveOpens: own.accepted, activeOpens: 1 });
    await watching.pass(250);
  }
  assert.deepEqual(watching.scans.slice(before), []);
});

test('where no counter can be read every second may have brought a change', async (t) => {
  const pod = podFolder(t, LEARNER);
  for (const file of ['snmp', 'sockstat', 'sockstat6'] as const) pod.breaks(file, null);
  const watching = watch(pod);
  await watching.agent.start();
  await watching.pass(10_000);
  assert.ok(watching.scans.filter((scan) => scan.endsWith('change')).length >= 9);
  assert.equal(watching.agent.report().ready, true);
  assert.ok(watching.agent.totals().scanErrors['counters-unreadable'] > 0);
});

test('a protocol without a socket in use is not read', async (t) => {
  const pod = podFolder(t, LEARNER);
  pod.breaks('tcp6', 'not a table');
  const watching = watch(pod);
  await ready(watching);
  assert.equal(watching.agent.totals().scanErrors['table-malformed'], 0);
});

test('a copied folder, whose files may be of several moments, is read whole', async (t) => {
  const pod = podFolder(t, LEARNER);
  pod.breaks('sockstat', 'TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n');
  const blinded = watch(pod);
  await blinded.agent.start();
  assert.notEqual(blinded.agent.report().role, 'learner');
  const watching = watch(pod, { isLiveProc: false });
  await ready(watching);
  assert.equal(watching.agent.report().role, 'learner');
});

test('an address that no name has is handed back until the names are looked up again', async (t) => {
  let answeredMs = -1;
  const watching = watch(podFolder(t, LEARNER), {
    judge: {
      ensemble: {
        kind: 'members',
        members: ['zk-0', 'zk-1', 'zk-2'].map((name) => ({
          name,
          literal: false,
          observer: false,
        })),
      },
    },
    around: () => ({
      names: new Map(
        ['zk-0', 'zk-1', 'zk-2'].map((name, at) => [
          name,
          { kind: 'published', addresses: [`10.1.1.${at}`], atMs: answeredMs },
        ]),
      ),
    }),
  });
  await watching.agent.start();
  const strange = () => watching.seen.filter(({ strangers }) => strangers.length > 0).length;
  assert.equal(strange(), 1);
  answeredMs = 100;
  await watching.pass(30_000);
  assert.equal(strange(), 1);
  assert.ok(watching.seen.length > 1);
});

test('new evidence is judged although the table did not change', async (t) => {
  let revision = 0;
  const watching = watch(podFolder(t, LEARNER), { revision: () => revision });
  await ready(watching);
  const before = watching.scans.length;
  revision += 1;
  await watching.pass(1_500);
  assert.equal(watching.scans.length, before + 1);
});

test('a stopped agent says so and scans no more', async (t) => {
  const watching = watch(podFolder(t, LEARNER));
  await ready(watching);
  watching.agent.stop();
  const before = watching.scans.length;
  assert.equal(watching.agent.stopping(), true);
  // One timer is still armed; it does not arm another, so its end cannot be awaited.
  assert.equal(watching.scans.length, before);
});

test('a listener of reports that went away is not called any more', async (t) => {
  const watching = watch(podFolder(t, LEARNER));
  let calls = 0;
  const end = watching.agent.onReport(() => {
    calls += 1;
  });
  await ready(watching);
  const before = calls;
  assert.ok(before > 0);
  end();
  await watching.pass(20_000);
  assert.equal(calls, before);
});

test('a crowd on the client port is not kept in memory', async (t) => {
  const clients: Socket[] = Array.from({ length: 3_000 }, (_, at) =>
    row(`${POD}:2181`, `10.97.${at >> 8}.${at & 255}:5`),
  );
  const watching = watch(podFolder(t, [...LEARNER, listens('*:4888'), ...clients]));
  await ready(watching);
  const port = watching.agent.report().ports.find((one) => one.port === 2181);
  assert.equal(port?.links.inbound, 3_000);
  assert.equal(watching.agent.report().scan.truncated, false);
});

test('a fault of the judging is counted and told, and the watching goes on', async (t) => {
  const faults: unknown[] = [];
  const looked = (): Names => new Map();
  let names = looked;
  const watching = watch(podFolder(t, LEARNER), {
    around: () => ({ names: names() }),
    onFault: (error) => faults.push(error),
  });
  await ready(watching);
  names = () => {
    throw new Error('a fault of our own');
  };
  await watching.pass(40_000);
  assert.ok(faults.length > 0);
  assert.equal(watching.agent.totals().scanErrors['judging-failed'], faults.length);
  assert.equal(watching.agent.report().verdict, 'unknown');
  assert.equal(watching.agent.report().ready, false);
  names = looked;
  await watching.pass(20_000);
  assert.equal(watching.agent.report().ready, true);
});

test('whether a link with a peer ends at the local proxy is known from the first scan on', async (t) => {
  for (const [rows, expected] of [
    [endsAtProxy(), true],
    [LEARNER, false],
  ] as const) {
    const watching = watch(podFolder(t, rows));
    await watching.agent.start();
    assert.deepEqual(
      watching.seen.map(({ unattributed }) => unattributed),
      [expected],
    );
  }
});
