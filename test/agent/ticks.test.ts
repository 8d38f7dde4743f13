import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { netlinkSource } from '../../src/kernel/sources.ts';
import type { ScanSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { answering, fakeNetlink } from '../kernel/fake-kernel.ts';
import { member, PEERS, POD, row, unanswered } from '../links/rows.ts';
import { VITALS } from '../links/vitals.ts';
import { podFolder } from './pod.ts';
import { type Watching, watch } from './watching.ts';

const [PEER, OTHER] = PEERS;

const LISTENERS = member(POD, 'other');
const TO_LEADER = row(`${POD}:40000`, `${PEER}:2888`);
const ELECTION = [row(`${POD}:3888`, `${PEER}:1`), row(`${POD}:3888`, `${OTHER}:2`)];
const LEARNER = [...LISTENERS, TO_LEADER, ...ELECTION];

/** An agent that netlink serves, on a kernel whose rows a test changes without any counter. */
async function ticking(
  t: TestContext,
  rows: readonly Socket[] = LEARNER,
  scan: Partial<ScanSettings> = {},
) {
  let now = rows;
  const { netlink } = fakeNetlink((request, writing) => answering(now)(request, writing));
  const sockets = await netlinkSource(async () => ({ kind: 'open', netlink }));
  const pod = podFolder(t, rows);
  let ticks = 0;
  const counted: typeof sockets = {
    ...sockets,
    watch(timing) {
      ticks += 1;
      return sockets.watch(timing);
    },
  };
  const watching = watch(pod, { sockets: counted, scan });
  return {
    watching,
    ticks: () => ticks,
    shows(next: readonly Socket[]): void {
      now = next;
    },
    moves(next: readonly Socket[]): void {
      now = next;
      pod.shows(next);
    },
  };
}

async function ready(watching: Watching): Promise<void> {
  await watching.agent.start();
  await watching.pass(6_000);
  assert.equal(watching.agent.report().ready, true);
}

/** How often another report stood, looked at each 250 ms. */
async function reportsIn(watching: Watching, ms: number): Promise<number> {
  const times = new Set<string>();
  for (let passed = 0; passed < ms; passed += 250) {
    await watching.pass(250);
    times.add(watching.agent.report().at);
  }
  return times.size;
}

test('between scans the known links are read, and a quiet one is judged once a second', async (t) => {
  const { watching } = await ticking(t);
  await ready(watching);
  const scans = watching.scans.length;
  const reports = await reportsIn(watching, 4_000);
  assert.ok(reports >= 3 && reports <= 5, `${reports}`);
  assert.equal(watching.scans.length, scans, 'nothing was scanned meanwhile');
  const { scan, links } = watching.agent.report();
  assert.deepEqual([scan.reason, scan.source], ['tick', 'netlink']);
  assert.ok(links.length > 0 && links.every(({ vitals }) => vitals !== null));
});

test('where all is well and nothing has changed for long, a quiet tick is judged each five seconds, ticks come half as often, and a change is judged at the next', async (t) => {
  const { watching, shows, ticks } = await ticking(t);
  await ready(watching);
  await watching.pass(20_000);
  const before = ticks();
  const reports = await reportsIn(watching, 20_000);
  assert.ok(reports >= 3 && reports <= 9, `${reports}`);
  assert.ok(ticks() - before >= 30 && ticks() - before <= 42, `${ticks() - before} ticks`);
  shows([...LISTENERS, unanswered(TO_LEADER, 3), ...ELECTION]);
  await watching.pass(500);
  assert.equal(watching.agent.report().ready, false);
});

test('while a peer is silent for longer than its heartbeat, each tick is judged', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  shows(LEARNER.map((one) => (one === TO_LEADER ? silentFor(one, 1_200) : one)));
  assert.ok((await reportsIn(watching, 2_000)) >= 7);
  assert.equal(heardAgo(watching), 1_200);
});

test('who listens to reports is told of figures alone once a second, and of all else at once', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  shows(LEARNER.map((one) => (one === TO_LEADER ? silentFor(one, 1_200) : one)));
  const before = watching.published.length;
  await watching.pass(4_000);
  const told = watching.published.length - before;
  assert.ok(told >= 3 && told <= 5, `${told}`);
  shows([...LISTENERS, unanswered(TO_LEADER, 3), ...ELECTION]);
  await watching.pass(250);
  assert.equal(watching.published.at(-1)?.report.ready, false);
});

test('while nothing moves, a costly scan comes once a minute', async (t) => {
  const { watching } = await ticking(t);
  watching.costs(40);
  await ready(watching);
  await watching.pass(60_000);
  const from = watching.nowMs();
  await watching.pass(300_000);
  const later = watching.scans.filter((scan) => Number(scan.split(' ')[0]) > from);
  assert.equal(later.length, 5, later.join());
});

test('a scan that costs little comes each five seconds, and each twenty where all is well and unchanged for long', async (t) => {
  const { watching } = await ticking(t);
  await ready(watching);
  const scansIn = async (ms: number): Promise<number> => {
    const before = watching.scans.length;
    await watching.pass(ms);
    return watching.scans.length - before;
  };
  assert.ok((await scansIn(12_000)) >= 2);
  await watching.pass(20_000);
  const calm = await scansIn(100_000);
  assert.ok(calm >= 4 && calm <= 5, `${calm}`);
});

test('a link that is gone is known to be lost within 0.6 s, although no counter moved', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  shows([...LISTENERS, ...ELECTION]);
  await watching.pass(600);
  const { ready: isReady, verdict } = watching.agent.report();
  assert.deepEqual([isReady, verdict], [false, 'broken']);
  assert.ok(watching.scans.at(-1)?.endsWith('confirm'), 'a scan confirmed it');
});

test('ticks that follow each other faster than a confirming scan would come do not put it off', async (t) => {
  const { watching, shows } = await ticking(t, LEARNER, { hintIntervalMs: 50 });
  await ready(watching);
  shows([...LISTENERS, ...ELECTION]);
  await watching.pass(400);
  assert.equal(watching.agent.report().verdict, 'broken');
});

test('a link that another replaced is scanned for at once', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  shows([...LISTENERS, ...ELECTION, row(`${POD}:40001`, `${PEER}:2888`)]);
  await watching.pass(1_500);
  assert.equal(watching.agent.report().role, 'learner');
});

test('a listener that vanished is reported at the next tick', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  shows(LEARNER.filter(({ local }) => local.port !== 2181));
  await watching.pass(300);
  assert.equal(watching.agent.report().ready, false);
});

test('a stall that builds up is followed by ticks alone', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  const scans = watching.scans.length;
  shows([...LISTENERS, unanswered(TO_LEADER, 1), ...ELECTION]);
  await watching.pass(500);
  assert.equal(watching.agent.report().ready, true);
  shows([...LISTENERS, unanswered(TO_LEADER, 3), ...ELECTION]);
  await watching.pass(300);
  assert.equal(watching.agent.report().ready, false);
  assert.equal(watching.scans.length, scans);
});

test('a change of the counters is scanned for as ever, and the new link is watched from then on', async (t) => {
  const { watching, moves, shows } = await ticking(t);
  await ready(watching);
  const added = row(`${POD}:40002`, `${OTHER}:3888`);
  moves([...LEARNER, added]);
  await watching.untilScan();
  assert.match(watching.scans.at(-1) ?? '', /change/);
  await watching.pass(300);
  assert.equal(watching.agent.report().links.length, 4);
  shows([...LEARNER, { ...added, rxQueueBytes: 5 }]);
  await watching.pass(300);
  assert.equal(watching.agent.report().scan.reason, 'tick');
});

test('ticks that cost much come seldom', async (t) => {
  const { watching, shows } = await ticking(t);
  await ready(watching);
  shows(LEARNER.map((one) => (one === TO_LEADER ? silentFor(one, 1_200) : one)));
  watching.costs(10);
  await watching.pass(10_000);
  const perSecond = (await reportsIn(watching, 20_000)) / 20;
  assert.ok(perSecond > 0.3 && perSecond < 0.7, `${perSecond}`);
});

function silentFor(one: Socket, lastHeardMs: number): Socket {
  return { ...one, vitals: { ...VITALS, lastHeardMs } };
}

function heardAgo({ agent }: Watching): number | null {
  const link = agent.report().links.find(({ role }) => role === 'quorum');
  return link?.vitals?.lastHeardMs ?? null;
}
