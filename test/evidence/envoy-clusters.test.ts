import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  deliveryTo,
  type InboundClusters,
  loopbackCauses,
  readConnectFailures,
  readInboundClusters,
} from '../../src/evidence/envoy-clusters.ts';
import { bothSpellings, envoyText } from './envoy-fixture.ts';

function clusters(name: string): InboundClusters {
  const [first, second] = bothSpellings(name).map(readInboundClusters);
  assert.ok(first);
  assert.deepEqual(first, second);
  return first;
}

test('passthrough clusters deliver to the dialled address from 127.0.0.6', () => {
  const passthrough = clusters('clusters-passthrough');
  assert.deepEqual(deliveryTo(3888, passthrough), {
    kind: 'original-destination',
    source: '127.0.0.6',
  });
  assert.deepEqual(loopbackCauses(passthrough, '1.20.3'), []);
});

test('static clusters of 127.0.0.1 deliver to loopback, by either form of their name', () => {
  for (const name of ['clusters-loopback', 'clusters-before-1.8']) {
    assert.deepEqual(deliveryTo(3888, clusters(name)), {
      kind: 'loopback',
      address: '127.0.0.1',
      port: 3888,
    });
  }
});

test('static clusters of the pod address find a listener that is bound to it', () => {
  const fixed = clusters('clusters-pod-address');
  assert.deepEqual(deliveryTo(2888, fixed), {
    kind: 'fixed-address',
    address: '10.96.8.10',
    port: 2888,
  });
  assert.deepEqual(loopbackCauses(fixed, '1.9.5'), []);
});

test('a port without a cluster falls to the catch-all', () => {
  assert.deepEqual(deliveryTo(2181, clusters('clusters-pod-address')), { kind: 'catch-all' });
});

test('the way back to loopback is named as far as version and ports tell it', () => {
  const loopback = clusters('clusters-loopback');
  const passthroughOff = ['inbound-passthrough-disabled', 'sidecar-default-endpoint'];
  const policy = ['inbound-traffic-policy-localhost', 'sidecar-default-endpoint'];
  assert.deepEqual(loopbackCauses(loopback, '1.9.5'), ['istio-before-1.10']);
  assert.deepEqual(loopbackCauses(loopback, '1.10.0'), passthroughOff);
  assert.deepEqual(loopbackCauses(loopback, '1.20'), passthroughOff);
  assert.deepEqual(loopbackCauses(loopback, '1.21.0'), policy);
  assert.deepEqual(loopbackCauses(loopback, '1.30.1'), policy);
  assert.equal(loopbackCauses(loopback, null).length, 4);
});

test("a Sidecar's endpoint is told by its other port, or by ports that go another way", () => {
  const only = ['sidecar-default-endpoint'];
  assert.deepEqual(loopbackCauses(clusters('clusters-sidecar'), '1.22.0'), only);
  assert.deepEqual(loopbackCauses(clusters('clusters-sidecar-port'), '1.22.0'), only);
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
  for (const value of [null, undefined, 'x', 3, [], {}, { configs: {} }]) {
    assert.equal(readInboundClusters(value), null);
    assert.equal(readConnectFailures(value, [3888]), null);
  }
});
