import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProxyAsking, type ProxyQuestions } from '../../src/agent/proxy-asking.ts';
import type { EnvoyQuestion, FailuresAnswer } from '../../src/evidence/envoy-admin.ts';
import type { Asked } from '../../src/model/asked.ts';
import type { ConnectFailures, EnvoyAnswer, EnvoyPart } from '../../src/model/evidence.ts';
import { handTime } from './hand-driven.ts';

const PEER = { address: '10.96.0.12', port: 2888 };
const OTHER = { address: '10.96.0.13', port: 3888 };

interface Proxy {
  matters: boolean;
  all: EnvoyAnswer;
  failures: FailuresAnswer;
  readonly asked: EnvoyQuestion[];
  readonly askedAllMs: number[];
  readonly askedFailuresMs: number[];
  taken: Asked<EnvoyAnswer> | null;
  /** Failed connects as they were counted, by address. */
  readonly counted: Map<string, number>;
  pass(ms: number): Promise<void>;
  shown(): readonly ConnectFailures[] | null;
}

function answered(
  connectFailures: readonly ConnectFailures[] | null,
  tooLong: readonly EnvoyPart[] = [],
): EnvoyAnswer {
  return {
    kind: 'answered',
    version: '1.40.0',
    istioVersion: '1.30.0',
    redirection: 'told',
    ports: new Map(),
    connectFailures,
    missing: [],
    tooLong,
  };
}

/** A proxy asked by hand-driven time. */
function proxy(): Proxy {
  const time = handTime();
  const one: Proxy = {
    matters: false,
    all: answered([]),
    failures: { kind: 'shown', failures: [] },
    asked: [],
    askedAllMs: [],
    askedFailuresMs: [],
    taken: null,
    counted: new Map(),
    pass: time.pass,
    shown: () => (one.taken?.answer.kind === 'answered' ? one.taken.answer.connectFailures : null),
  };
  const questions: ProxyQuestions = {
    async all(question) {
      one.asked.push(question);
      one.askedAllMs.push(time.clock());
      return one.all;
    },
    async failures() {
      one.askedFailuresMs.push(time.clock());
      return one.failures;
    },
  };
  const ask = createProxyAsking({
    clock: time.clock,
    questions,
    watchedPorts: [2181, 2888, 3888],
    peerPorts: [2888, 3888],
    admin: { host: null, port: 15_000 },
    failuresMatter: () => one.matters,
    take(asked) {
      one.taken = asked;
    },
    onFailedConnects(address, more) {
      one.counted.set(address, (one.counted.get(address) ?? 0) + more);
    },
  });
  const repeat = (): void => void ask().then((afterMs) => time.schedule(repeat, afterMs));
  // Not before the test has said how the proxy answers.
  time.schedule(repeat, 0);
  return one;
}

test('failed connects are asked for each 3 s while they matter, and the rest each 30 s alone', async () => {
  const one = proxy();
  await one.pass(30_000);
  assert.deepEqual(one.askedFailuresMs, []);
  one.matters = true;
  await one.pass(30_000);
  assert.deepEqual(one.askedAllMs, [0, 30_000, 60_000]);
  assert.deepEqual(
    one.askedFailuresMs,
    [33_000, 36_000, 39_000, 42_000, 45_000, 48_000, 51_000, 54_000, 57_000],
  );
});

test('failures that the proxy forgot after 5 s are kept, the highest of them', async () => {
  const one = proxy();
  one.matters = true;
  const shown: number[] = [];
  for (const failures of [0, 4, 2, 7, 0]) {
    one.failures = { kind: 'shown', failures: failures === 0 ? [] : [{ ...PEER, failures }] };
    await one.pass(3_000);
    shown.push(one.shown()?.[0]?.failures ?? 0);
  }
  assert.deepEqual(shown, [0, 4, 4, 7, 7]);
  // Fewer than before means that the proxy began anew.
  assert.deepEqual(one.counted, new Map([[PEER.address, 4 + 2 + 5]]));
  // The answers to the whole question hold none of it.
  await one.pass(60_000);
  assert.deepEqual(one.shown(), [{ ...PEER, failures: 7 }]);
});

test('failed connects are counted on, and anew where the proxy showed nothing of the peer in between', async () => {
  const one = proxy();
  one.matters = true;
  for (const failures of [[0], [3], [3], [], [4], [6]]) {
    one.failures = {
      kind: 'shown',
      failures: failures.map((each) => ({ ...PEER, failures: each })),
    };
    await one.pass(3_000);
  }
  assert.deepEqual(one.counted, new Map([[PEER.address, 3 + 4 + 2]]));
});

test('failures of which nothing was shown for ten minutes are old', async () => {
  const one = proxy();
  one.all = answered([
    { ...PEER, failures: 4 },
    { ...OTHER, failures: 1 },
  ]);
  await one.pass(0);
  one.all = answered([{ ...OTHER, failures: 1 }]);
  await one.pass(570_000);
  assert.equal(one.shown()?.length, 2);
  await one.pass(60_000);
  assert.deepEqual(one.shown(), [{ ...OTHER, failures: 1 }]);
});

test('where they could not be had and none is kept, the failures are not known', async () => {
  const one = proxy();
  one.all = answered(null);
  await one.pass(0);
  assert.equal(one.shown(), null);
});

test('what was too long is not asked for again for half an hour, nor the failures of such a proxy', async () => {
  const one = proxy();
  one.matters = true;
  one.all = answered(null, ['peers']);
  await one.pass(0);
  one.all = answered([]);
  await one.pass(1_830_000);
  assert.deepEqual(one.asked[0]?.leaveOut, []);
  assert.ok(one.asked.slice(1, 60).every(({ leaveOut }) => leaveOut?.join() === 'peers'));
  assert.deepEqual(one.asked.at(-1)?.leaveOut, []);
  assert.ok(one.askedFailuresMs.every((atMs) => atMs >= 1_800_000));
});

test('a proxy that was away is asked for all again', async () => {
  const one = proxy();
  one.all = answered(null, ['peers']);
  await one.pass(0);
  one.all = { kind: 'failed', reason: 'ECONNREFUSED' };
  await one.pass(30_000);
  one.all = answered([]);
  await one.pass(30_000);
  assert.deepEqual(one.asked.at(-1)?.leaveOut, []);
});

test('a proxy that does not know the filter is not asked often', async () => {
  const one = proxy();
  one.matters = true;
  one.failures = { kind: 'too-long' };
  await one.pass(120_000);
  assert.equal(one.askedFailuresMs.length, 1);
  assert.equal(one.askedAllMs.length, 5);
});

test('an admin that failed is not asked for failures either', async () => {
  const one = proxy();
  one.matters = true;
  one.all = { kind: 'failed', reason: 'ECONNREFUSED' };
  await one.pass(29_000);
  assert.deepEqual(one.askedFailuresMs, []);
});
