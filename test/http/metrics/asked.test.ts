import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedMetrics } from '../../../src/http/metrics/asked.ts';
import type { Sample } from '../../../src/http/metrics/definition.ts';
import type { AskedReport } from '../../../src/model/report.ts';
import { BUILD, leaderReport, PEERS, TOTALS, WATCHED } from '../sample-report.ts';

const NOTHING: AskedReport = { srvr: null, envoy: null, peers: null };

function samples(name: string, asked: Partial<AskedReport>): readonly Sample[] {
  const definition = askedMetrics.find((one) => one.name === name);
  assert.ok(definition);
  const report = leaderReport({ asked: { ...NOTHING, ...asked } });
  return definition.samples({
    report,
    ready: report.ready,
    totals: TOTALS,
    watched: WATCHED,
    build: BUILD,
    logLinesDropped: 0,
    process: {
      cpuSeconds: 1,
      residentBytes: 2,
      heapUsedBytes: 3,
      startedAtSeconds: 4,
      eventLoopLagSeconds: 0,
    },
  });
}

const envoy = (state: 'answered' | 'failed'): AskedReport['envoy'] => ({
  state,
  detail: '',
  version: null,
  ports: [],
  connectFailures: state === 'failed' ? [] : [{ address: '10.96.8.1', port: 2888, failures: 7 }],
});

test('a peer of which the proxy shows no host has no number of failures, nor has any without an answer', () => {
  const name = 'quorum_probe_proxy_connect_failures';
  for (const asked of [{ envoy: envoy('failed') }, {}]) {
    assert.deepEqual(
      samples(name, asked).map(({ value }) => value),
      PEERS.map(() => null),
    );
  }
  assert.deepEqual(
    samples(name, { envoy: envoy('answered') }).map(({ value }) => value),
    [null, 7, null, null],
  );
});

test("a peer's probe is up when it answered, understood or not, and has a round trip only then", () => {
  const peers = [
    { name: 'zk-0.zk', state: 'answered', roundTripMs: 2, role: 'leader', ready: true },
    { name: 'zk-1.zk', state: 'invalid', roundTripMs: null, role: null, ready: null },
    { name: 'zk-3.zk', state: 'not-understood', roundTripMs: 4, role: null, ready: null },
  ] as const;
  const values = (name: string) => samples(name, { peers: [...peers] }).map(({ value }) => value);
  assert.deepEqual(values('quorum_probe_peer_probe_up'), [1, 0, 1, null]);
  assert.deepEqual(values('quorum_probe_peer_probe_rtt_seconds'), [0.002, null, 0.004, null]);
});
