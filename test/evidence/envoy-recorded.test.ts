import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInboundClusters } from '../../src/evidence/envoy-clusters.ts';
import { readConnectFailures } from '../../src/evidence/envoy-failures.ts';
import { mtlsOf, readInboundListeners } from '../../src/evidence/envoy-listeners.ts';
import { envoyText } from './envoy-fixture.ts';

/** What an Envoy of the lab answered, with peer ports under mutual TLS and a plain client port. */
function recorded(name: string): unknown {
  return JSON.parse(envoyText(`1.40.0/${name}`));
}

const PORTS = [2181, 2888, 3888];

test("an Envoy's own dump of its clusters tells how it delivers", () => {
  const passthrough = readInboundClusters(recorded('clusters-passthrough')) ?? new Map();
  const loopback = readInboundClusters(recorded('clusters-loopback')) ?? new Map();
  assert.deepEqual([...passthrough.keys()].sort(), PORTS);
  for (const port of PORTS) {
    const original = { kind: 'original-destination', source: '127.0.0.6' };
    assert.deepEqual(passthrough.get(port), original);
    const delivered = { kind: 'loopback', address: '127.0.0.1', port };
    assert.deepEqual(loopback.get(port), delivered);
  }
});

test("an Envoy's own dump of its listeners tells which ports demand mutual TLS", () => {
  const chains = readInboundListeners(recorded('listeners'))?.virtualInbound ?? [];
  assert.deepEqual(
    PORTS.map((port) => mtlsOf(port, chains, 'default')),
    ['disable', 'strict', 'strict'],
  );
});

test("an Envoy's own list of hosts tells the connects that failed, with zeros left out", () => {
  const failures = readConnectFailures(recorded('cluster-statuses'), PORTS);
  assert.deepEqual(failures, [
    { address: '10.96.7.10', port: 2888, failures: 0 },
    { address: '10.96.8.10', port: 3888, failures: 0 },
  ]);
});
