import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedMetrics } from '../../../src/http/metrics/asked.ts';
import type { Sample } from '../../../src/http/metrics/definition.ts';
import type { AgentTotals } from '../../../src/model/agent-view.ts';
import type { AskedReport } from '../../../src/model/report.ts';
import { BUILD, leaderReport, TOTALS, WATCHED } from '../sample-report.ts';

const NOTHING: AskedReport = { srvr: null, envoy: null, peers: null };

function samples(
  name: string,
  asked: Partial<AskedReport>,
  totals: AgentTotals = TOTALS,
): readonly Sample[] {
  const definition = askedMetrics.find((one) => one.name === name);
  assert.ok(definition);
  const report = leaderReport({ asked: { ...NOTHING, ...asked } });
  return definition.samples({
    report,
    ready: report.ready,
    totals,
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

test('failed connects are counted for a peer by its addresses, and not known of one that the proxy never showed', () => {
  const name = 'quorum_probe_proxy_connect_failures_total';
  const failedConnects = new Map([
    ['10.96.8.1', 7],
    ['10.96.8.2', 0],
    ['10.96.9.9', 5],
  ]);
  assert.deepEqual(
    samples(name, {}, { ...TOTALS, failedConnects }).map(({ value }) => value),
    [null, 7, 0, null],
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
