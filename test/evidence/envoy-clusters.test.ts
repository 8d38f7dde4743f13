import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loopbackCauses } from '../../src/evidence/envoy-causes.ts';
import { type InboundClusters, readInboundClusters } from '../../src/evidence/envoy-clusters.ts';
import { readConnectFailures } from '../../src/evidence/envoy-failures.ts';
import { LOOPBACK_CAUSES, type LoopbackCause } from '../../src/model/evidence.ts';
import { bothSpellings, envoyText } from './envoy-fixture.ts';

function clusters(name: string): InboundClusters {
  const [first, second] = bothSpellings(name).map(readInboundClusters);
  assert.ok(first);
  assert.deepEqual(first, second);
  return first;
}

test('passthrough clusters deliver to the dialled address from 127.0.0.6', () => {
  const passthrough = clusters('clusters-passthrough');
  assert.deepEqual(passthrough.get(3888), {
    kind: 'original-destination',
    source: '127.0.0.6',
  });
  assert.deepEqual(causes(passthrough, 20), []);
});

test('static clusters of 127.0.0.1 deliver to loopback, by either form of their name', () => {
  for (const name of ['clusters-loopback', 'clusters-before-1.8']) {
    assert.deepEqual(clusters(name).get(3888), {
      kind: 'loopback',
      address: '127.0.0.1',
      port: 3888,
    });
  }
});

test('static clusters of the pod address find a listener that is bound to it', () => {
  const fixed = clusters('clusters-pod-address');
  assert.deepEqual(fixed.get(2888), {
    kind: 'fixed-address',
    address: '10.96.8.10',
    port: 2888,
  });
  assert.deepEqual(causes(fixed, 9, 2888), []);
});

test('a static cluster of a unix socket delivers to none of the addresses', () => {
  const pipe = { address: { pipe: { path: '/var/run/zk.sock' } } };
  const assigned = { endpoints: [{ lb_endpoints: [{ endpoint: pipe }] }] };
  const cluster = { name: 'inbound|2181||', type: 'STATIC', load_assignment: assigned };
  assert.deepEqual(readInboundClusters({ configs: [{ cluster }] })?.get(2181), { kind: 'unix' });
});

function causes(
  clusters: InboundClusters,
  proxyMinor: number | null,
  port = 3888,
  more: Partial<Parameters<typeof loopbackCauses>[1]> = {},
): readonly LoopbackCause[] {
  const origin = { kind: 'unknown' } as const;
  return loopbackCauses(port, { clusters, proxyMinor, origin, configsNamed: false, ...more });
}

test('the way back to loopback is named for each Istiod that may serve a proxy of that version', () => {
  const loopback = clusters('clusters-loopback');
  const [old, off, policy, sidecar] = LOOPBACK_CAUSES;
  for (const [minor, expected] of [
    [7, [old]],
    [8, [old, off, sidecar]],
    [10, [off, sidecar]],
    [19, [off, sidecar]],
    [20, [off, policy, sidecar]],
    [21, [policy, sidecar]],
    [22, [policy, sidecar]],
    [32, [policy, sidecar]],
    [null, [old, off, policy, sidecar]],
  ] as const) {
    assert.deepEqual(causes(loopback, minor), expected, `1.${minor}`);
  }
});

test("a Sidecar's endpoint is told by its other port, or by ports that go another way", () => {
  const only = ['sidecar-default-endpoint'];
  assert.deepEqual(causes(clusters('clusters-sidecar'), 22), only);
  const [port = 0] = clusters('clusters-sidecar-port').keys();
  assert.deepEqual(causes(clusters('clusters-sidecar-port'), 22, port), only);
});

test('where Istiod names resources, the cause is exact, whatever other ports do', () => {
  const mixed = clusters('clusters-sidecar');
  const origin = { kind: 'no-sidecar' } as const;
  const policy = ['inbound-traffic-policy-localhost'];
  assert.deepEqual(causes(mixed, 24, 3888, { origin }), policy);
  assert.deepEqual(causes(mixed, 22, 3888, { origin, configsNamed: true }), policy);
  assert.deepEqual(causes(mixed, 22, 3888, { origin }), ['sidecar-default-endpoint']);
  const sidecar = { kind: 'sidecar', sidecar: { namespace: 'lab', name: 'zk' } } as const;
  assert.deepEqual(causes(clusters('clusters-loopback'), 30, 3888, { origin: sidecar }), [
    'sidecar-default-endpoint',
  ]);
});

test('a whole dump is read as well as one of a single resource', () => {
  const dump = JSON.parse(envoyText('clusters-loopback'));
  const whole = { configs: [{ version_info: 'x' }, { dynamic_active_clusters: dump.configs }] };
  assert.deepEqual(readInboundClusters(whole), readInboundClusters(dump));
});

test('connect failures are summed by peer over outbound clusters of watched ports', () => {
  for (const statuses of bothSpellings('cluster-statuses')) {
    assert.deepEqual(readConnectFailures(statuses, [2888, 3888]), [
      { address: '10.96.6.11', port: 3888, failures: 17 },
      { address: '10.96.7.10', port: 3888, failures: 2 },
    ]);
  }
});

test('failures of ever more hosts are kept to a bounded number', () => {
  const hosts = Array.from({ length: 5000 }, (_, index) => ({
    address: {
      socket_address: { address: `10.${index >> 8}.${index & 255}.1`, port_value: 3888 },
    },
  }));
  const answer = { cluster_statuses: [{ name: 'outbound|3888||x', host_statuses: hosts }] };
  assert.equal(readConnectFailures(answer, [3888])?.length, 256);
});

test('an answer of which the filter left nothing is empty, and not missing', () => {
  assert.deepEqual(readInboundClusters({}), new Map());
  assert.deepEqual(readConnectFailures({}, [3888]), []);
});

test('no JSON makes the readers throw, and what is no dump is not taken for an empty one', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      readConnectFailures(value, [3888]);
      readInboundClusters({
        configs: [value, { cluster: value }, { dynamic_active_clusters: value }],
      });
      readConnectFailures(
        { cluster_statuses: [value, { name: 'x', host_statuses: [value] }] },
        [1],
      );
    }),
  );
  for (const value of [null, undefined, 'x', 3, [], { error: 'x' }, { configs: {} }]) {
    assert.equal(readInboundClusters(value), null);
    assert.equal(readConnectFailures(value, [3888]), null);
  }
});
