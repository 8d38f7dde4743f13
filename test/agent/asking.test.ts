import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asking, type AskingEdges, createAsking } from '../../src/agent/asking.ts';
import type { ProxyQuestions } from '../../src/agent/proxy-asking.ts';
import { wholeReport } from '../../src/assess/ensemble/ensemble.ts';
import { judgeIsolation, NEW_PEER } from '../../src/assess/quorum/isolation.ts';
import type { AskedMember } from '../../src/model/asked.ts';
import type {
  EnvoyAnswer,
  PeerAnswer,
  ServingAnswer,
  SrvrAnswer,
} from '../../src/model/evidence.ts';
import { leaderReport } from '../http/sample-report.ts';
import { type HandTime, handSource, handTime } from './hand-driven.ts';

const SERVING: ServingAnswer = {
  kind: 'serving',
  mode: 'follower',
  version: '3.9.3',
  zxid: '0x10',
  outstanding: 0,
  connections: 1,
  nodeCount: 5,
  latencyMs: { min: 0, avg: 0, max: 1 },
  received: 1,
  sent: 1,
};
const DUMB: SrvrAnswer = { kind: 'failed', reason: 'timeout', detail: '' };

const MEMBERS: readonly AskedMember[] = [
  { name: 'zk-1', addresses: ['10.96.6.11'], voter: true },
  { name: 'zk-2', addresses: ['10.96.7.10'], voter: true },
];
const TIMEOUT: PeerAnswer = { kind: 'timeout', reason: 'no answer' };
const REFUSED: PeerAnswer = { kind: 'refused', reason: 'ECONNREFUSED' };
const answered = (changes: Parameters<typeof leaderReport>[0] = {}): PeerAnswer => ({
  kind: 'answered',
  rttMs: 1,
  report: wholeReport(leaderReport(changes)),
});
const both = (answer: PeerAnswer): ReadonlyMap<string, PeerAnswer> =>
  new Map(MEMBERS.map(({ name }) => [name, answer]));

function proxyDelivering(kind: 'loopback' | 'unknown'): EnvoyAnswer {
  const delivery =
    kind === 'unknown' ? ({ kind } as const) : { kind, address: '127.0.0.1', port: 3888 };
  return {
    kind: 'answered',
    version: '1.30.1',
    istioVersion: '1.22.1',
    redirection: 'told',
    ports: new Map([[3888, { delivery, mtls: 'strict', causes: [], sidecar: null }]]),
    connectFailures: [],
    missing: [],
    tooLong: [],
  };
}

/** A proxy that is asked for all, and never for its failed connects alone. */
function proxy(all: ProxyQuestions['all']): ProxyQuestions {
  return { all, failures: () => assert.fail('asked for failures') };
}

function asking(time: HandTime, sources: Partial<AskingEdges>): Asking {
  return createAsking({
    onFault(error) {
      throw error;
    },
    clock: time.clock,
    schedule: time.schedule,
    srvr: null,
    envoy: null,
    peers: null,
    knock: async () => false,
    clientPort: 2181,
    judgeIsolation: (history, nowMs) => judgeIsolation(history, nowMs, 'hub', null),
    watchedPorts: [2181, 2888, 3888],
    peerPorts: [2888, 3888],
    envoyAdmin: { host: null, port: 15_000 },
    failuresMatter: () => false,
    onFailedConnects() {},
    members: () => MEMBERS,
    ...sources,
  });
}

test('what is not opted into is never asked', async () => {
  const time = handTime();
  const nothing = asking(time, {
    knock: () => assert.fail('knocked'),
    members: () => assert.fail('looked for members'),
  });
  nothing.start(4888);
  nothing.roleChanged();
  await time.pass(120_000);
  assert.deepEqual(nothing.evidence(), { srvr: null, envoy: null, peers: null });
  assert.equal(nothing.revision(), 0);
});

test('each source has its own pace: server 5 s, proxy 30 s, peers 1 s', async () => {
  const time = handTime();
  const srvr = handSource<SrvrAnswer>(time, SERVING);
  const envoy = handSource<EnvoyAnswer>(time, proxyDelivering('unknown'));
  const peers = handSource(time, both(answered()));
  asking(time, { srvr: srvr.ask, envoy: proxy(envoy.ask), peers: peers.ask }).start(4888);
  await time.pass(30_000);
  assert.deepEqual(srvr.askedAtMs, [0, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000]);
  assert.deepEqual(envoy.askedAtMs, [0, 30_000]);
  assert.deepEqual(
    peers.askedAtMs,
    Array.from({ length: 31 }, (_, second) => second * 1_000),
  );
});

test('a source that does not answer is not asked again meanwhile, and holds up no other', async () => {
  const time = handTime();
  const srvr = handSource<SrvrAnswer>(time, null);
  const envoy = handSource<EnvoyAnswer>(time, null);
  const peers = handSource<ReadonlyMap<string, PeerAnswer>>(time, null);
  const asked = asking(time, { srvr: srvr.ask, envoy: proxy(envoy.ask), peers: peers.ask });
  asked.start(4888);
  for (let second = 0; second < 60; second += 1) {
    asked.roleChanged();
    await time.pass(1_000);
  }
  for (const source of [srvr, envoy, peers]) assert.deepEqual(source.askedAtMs, [0]);
  peers.says(both(answered()));
  await time.pass(5_000);
  assert.deepEqual(peers.askedAtMs, [0, 61_000, 62_000, 63_000, 64_000, 65_000]);
  assert.deepEqual(srvr.askedAtMs, [0]);
  assert.equal(Math.max(srvr.most(), envoy.most(), peers.most()), 1);
});

test('another role is asked about at once', async () => {
  const time = handTime();
  const srvr = handSource<SrvrAnswer>(time, SERVING);
  const asked = asking(time, { srvr: srvr.ask });
  asked.start(4888);
  await time.pass(1_234);
  asked.roleChanged();
  await time.pass(0);
  assert.deepEqual(srvr.askedAtMs, [0, 1_234]);
  assert.equal(asked.evidence().srvr?.atMs, 1_234);
});

test('another role during a question is asked about once that is answered', async () => {
  const time = handTime();
  const srvr = handSource<SrvrAnswer>(time, null);
  const asked = asking(time, { srvr: srvr.ask });
  asked.start(4888);
  await time.pass(500);
  asked.roleChanged();
  asked.roleChanged();
  srvr.says(SERVING);
  await time.pass(100);
  assert.deepEqual(srvr.askedAtMs, [0, 500]);
  assert.equal(srvr.most(), 1);
});

test('the revision grows with what the server says, never with its numbers or with time', async () => {
  const time = handTime();
  const srvr = handSource<SrvrAnswer>(time, SERVING);
  const asked = asking(time, { srvr: srvr.ask });
  asked.start(4888);
  const revisions: number[] = [];
  const answers: SrvrAnswer[] = [
    { ...SERVING, connections: 9, zxid: '0x11' },
    { ...SERVING, mode: 'leader' },
    { kind: 'not-serving' },
    { kind: 'not-serving' },
    { kind: 'failed', reason: 'refused', detail: 'ECONNREFUSED' },
    DUMB,
    DUMB,
  ];
  await time.pass(0);
  for (const answer of answers) {
    srvr.says(answer);
    await time.pass(5_000);
    assert.deepEqual(asked.evidence().srvr, { answer, atMs: time.clock() });
    revisions.push(asked.revision());
  }
  assert.deepEqual(revisions, [1, 2, 3, 3, 4, 5, 5]);
});

test('the revision grows with what the proxy says of its deliveries', async () => {
  const time = handTime();
  const envoy = handSource<EnvoyAnswer>(time, { kind: 'failed', reason: 'ECONNREFUSED' });
  const asked = asking(time, { envoy: proxy(envoy.ask) });
  asked.start(4888);
  await time.pass(0);
  const revisions = [asked.revision()];
  for (const kind of ['unknown', 'unknown', 'loopback', 'loopback'] as const) {
    envoy.says(proxyDelivering(kind));
    await time.pass(30_000);
    revisions.push(asked.revision());
  }
  assert.deepEqual(revisions, [1, 2, 2, 3, 3]);
});

test('the revision grows with how a peer answers and with its role', async () => {
  const time = handTime();
  const peers = handSource(time, both(answered()));
  const asked = asking(time, { peers: peers.ask });
  asked.start(4888);
  await time.pass(0);
  const revisions = [asked.revision()];
  for (const answer of [answered(), answered({ role: 'looking' }), REFUSED, REFUSED]) {
    peers.says(both(answer));
    await time.pass(1_000);
    revisions.push(asked.revision());
  }
  assert.deepEqual(revisions, [1, 1, 2, 3, 3]);
});

test('peers fall silent: asked again at once, isolated with the second time-out, and told as news', async () => {
  const time = handTime();
  const peers = handSource(time, both(answered()));
  const knocks: string[] = [];
  const asked = asking(time, {
    peers: peers.ask,
    knock: async (address, port) => {
      knocks.push(`${time.clock()} ${address}:${port}`);
      return false;
    },
  });
  asked.start(4888);
  await time.pass(2_000);
  peers.says(both(TIMEOUT));
  await time.pass(1_000);
  const silent = asked.revision();
  assert.deepEqual(knocks, []);
  await time.pass(100);
  assert.deepEqual(peers.askedAtMs.slice(-2), [3_000, 3_100]);
  assert.deepEqual(knocks, ['3100 10.96.6.11:2181', '3100 10.96.7.10:2181']);
  assert.equal(asked.revision(), silent + 1);
  assert.equal(isolation(asked, time), 'isolated');
  await time.pass(1_000);
  assert.equal(peers.askedAtMs.at(-1), 4_100);
  assert.equal(asked.revision(), silent + 1);
});

test('what the silence of some means is judged by the rule of the system', async () => {
  for (const [rule, expected] of [
    ['hub', 1],
    ['gossip', 0],
  ] as const) {
    const time = handTime();
    const peers = handSource(time, both(answered()));
    const asked = asking(time, {
      peers: peers.ask,
      judgeIsolation: (history, nowMs) =>
        judgeIsolation(new Map([...history, ['zk-3', NEW_PEER]]), nowMs, rule, null),
    });
    asked.start(4888);
    await time.pass(0);
    peers.says(both(TIMEOUT));
    await time.pass(1_000);
    const silentOnce = asked.revision();
    await time.pass(100);
    assert.equal(asked.revision() - silentOnce, expected, rule);
  }
});

test('without a client port nobody is knocked at, and no server is asked', async () => {
  const time = handTime();
  const peers = handSource(time, both(TIMEOUT));
  const asked = asking(time, {
    clientPort: null,
    peers: peers.ask,
    srvr: () => assert.fail('asked the server'),
    knock: () => assert.fail('knocked'),
  });
  asked.start(4888);
  asked.roleChanged();
  await time.pass(5_000);
  assert.equal(asked.evidence().srvr, null);
  assert.equal(asked.evidence().peers?.answer.answers.size, 2);
});

test('silence that means nothing any more, 30 s after the last answer, is news too', async () => {
  const time = handTime();
  const peers = handSource(time, both(answered()));
  const asked = asking(time, { peers: peers.ask });
  asked.start(4888);
  await time.pass(0);
  peers.says(both(TIMEOUT));
  await time.pass(29_000);
  assert.equal(isolation(asked, time), 'isolated');
  const before = asked.revision();
  await time.pass(3_000);
  assert.equal(isolation(asked, time), 'connected');
  assert.equal(asked.revision(), before + 1);
});

test("a policy that drops what goes to the probe's port isolates nobody: the client port answers", async () => {
  const time = handTime();
  const peers = handSource(time, both(answered()));
  const asked = asking(time, { peers: peers.ask, knock: async () => true });
  asked.start(4888);
  await time.pass(2_000);
  peers.says(both(TIMEOUT));
  for (let tenths = 0; tenths < 400; tenths += 1) {
    await time.pass(100);
    assert.equal(isolation(asked, time), 'connected');
  }
});

test('one peer whose client port answers is enough of three members not to be isolated', async () => {
  const time = handTime();
  const peers = handSource(time, both(answered()));
  const knock = async (address: string): Promise<boolean> => address === '10.96.7.10';
  const asked = asking(time, { peers: peers.ask, knock });
  asked.start(4888);
  await time.pass(2_000);
  peers.says(both(TIMEOUT));
  await time.pass(10_000);
  assert.equal(isolation(asked, time), 'connected');
});

test('observers are asked, but their silence cuts nobody off', async () => {
  const time = handTime();
  const peers = handSource(time, both(answered()));
  const members = MEMBERS.map((member) => ({ ...member, voter: false }));
  const asked = asking(time, { peers: peers.ask, members: () => members });
  asked.start(4888);
  await time.pass(1_000);
  peers.says(both(TIMEOUT));
  await time.pass(10_000);
  assert.deepEqual(asked.evidence().peers?.answer.answers, both(TIMEOUT));
  assert.equal(isolation(asked, time), 'connected');
});

test('only members with an address are asked, at their first and at the port of the probe', async () => {
  const time = handTime();
  const asked: string[] = [];
  const members: readonly AskedMember[] = [
    { name: 'zk-1', addresses: ['10.96.6.11', 'fd00::1'], voter: true },
    { name: 'zk-2', addresses: [], voter: true },
  ];
  asking(time, {
    members: () => members,
    peers: async (targets) => {
      asked.push(...targets.map(({ name, address, port }) => `${name} ${address} ${port}`));
      return new Map();
    },
  }).start(4888);
  await time.pass(0);
  assert.deepEqual(asked, ['zk-1 10.96.6.11 4888']);
});

test('after the stop nothing is asked any more', async () => {
  const time = handTime();
  const srvr = handSource<SrvrAnswer>(time, SERVING);
  const envoy = handSource<EnvoyAnswer>(time, proxyDelivering('unknown'));
  const peers = handSource(time, both(answered()));
  const asked = asking(time, { srvr: srvr.ask, envoy: proxy(envoy.ask), peers: peers.ask });
  asked.start(4888);
  await time.pass(1_500);
  asked.stop();
  asked.roleChanged();
  await time.pass(120_000);
  assert.deepEqual(srvr.askedAtMs, [0]);
  assert.deepEqual(envoy.askedAtMs, [0]);
  assert.deepEqual(peers.askedAtMs, [0, 1_000]);
});

function isolation(asked: Asking, time: HandTime): string {
  const history = asked.evidence().peers?.answer.history;
  assert.ok(history);
  return judgeIsolation(history, time.clock(), 'hub', null).kind;
}
