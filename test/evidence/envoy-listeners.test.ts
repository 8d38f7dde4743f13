import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Chains,
  mtlsOf as mtls,
  originOf,
  readInboundListeners,
} from '../../src/evidence/envoy-listeners.ts';
import { bothSpellings, envoyText } from './envoy-fixture.ts';

const readInboundChains = (dump: unknown): Chains | null =>
  readInboundListeners(dump)?.virtualInbound ?? null;
const mtlsOf = (port: number, chains: Chains) => mtls(port, chains, 'default');

test('each mode is told by the chains of its port, in both spellings', () => {
  for (const dump of bothSpellings('listeners')) {
    const chains = readInboundChains(dump);
    assert.ok(chains);
    assert.equal(mtlsOf(2888, chains), 'strict');
    assert.equal(mtlsOf(3888, chains), 'permissive');
    assert.equal(mtlsOf(2181, chains), 'disable');
  }
});

test('a port without chains of its own falls to the catch-all', () => {
  const chains = readInboundChains(JSON.parse(envoyText('listeners')));
  assert.ok(chains);
  assert.equal(mtlsOf(2281, chains), 'permissive');
  const strict = chains.filter((chain) => {
    const text = JSON.stringify(chain);
    return text.includes('"virtualInbound"') ? text.includes('require_client') : true;
  });
  assert.equal(mtlsOf(2281, strict), 'strict');
});

test('without any chain the mode is not known', () => {
  assert.equal(mtlsOf(2888, []), 'unknown');
});

test('TLS without a client certificate is neither mutual nor plain', () => {
  const chain = {
    filter_chain_match: { destination_port: 2888 },
    transport_socket: { typed_config: { require_client_certificate: false } },
  };
  assert.equal(mtlsOf(2888, [chain]), 'unknown');
});

function tls(name: string, required = true): object {
  const secrets = [{ name }];
  return {
    filter_chain_match: { destination_port: 2888 },
    transport_socket: {
      typed_config: {
        require_client_certificate: required,
        common_tls_context: { tls_certificate_sds_secret_configs: secrets },
      },
    },
  };
}

test("TLS of another certificate than the mesh's is the user's own, mutual or not", () => {
  const own = 'file-cert:/etc/cert.pem~/etc/key.pem';
  for (const required of [true, false]) assert.equal(mtlsOf(2888, [tls(own, required)]), 'disable');
  assert.equal(mtlsOf(2888, [tls('default')]), 'strict');
  assert.equal(mtlsOf(2888, [tls('default'), tls(own)]), 'permissive');
  assert.equal(mtls(2888, [tls(own)], own), 'strict');
});

/** A listener that is bound to 2888 on the pod's own address. */
const bound = (more: object): object => ({
  name: '10.96.0.11_2888',
  active_state: {
    listener: {
      name: '10.96.0.11_2888',
      address: { socket_address: { address: '10.96.0.11', port_value: 2888 } },
      filter_chains: [{}],
      ...more,
    },
  },
});

test("a port's own listener is told from those of outbound traffic", () => {
  const filters = (cluster: string): object => ({
    filter_chains: [{ filters: [{ typed_config: { cluster } }] }],
  });
  for (const [more, isInbound] of [
    [{ traffic_direction: 'INBOUND' }, true],
    [{}, true],
    [filters('inbound|2888||'), true],
    [filters('outbound|2888||zk.lab.svc.cluster.local'), false],
    [{ traffic_direction: 'OUTBOUND' }, false],
    [{ bind_to_port: false }, false],
    [{ address: { socket_address: { address: '127.0.0.1', port_value: 2888 } } }, false],
  ] as const) {
    const listeners = readInboundListeners({ configs: [bound(more)] });
    assert.equal(listeners?.byPort.has(2888), isInbound, JSON.stringify(more));
    assert.equal(listeners?.virtualInbound, null);
  }
});

test('the default chain takes what no other does', () => {
  const chains = { filter_chains: [tls('default')], default_filter_chain: {} };
  const listener = { name: 'virtualInbound', ...chains };
  const read = readInboundChains({ configs: [{ active_state: { listener } }] });
  assert.ok(read);
  assert.equal(mtlsOf(2888, read), 'strict');
  assert.equal(mtlsOf(3888, read), 'disable');
});

test('only a well-formed name of a Sidecar is taken from the metadata', () => {
  const chain = (config: unknown) => ({
    filter_chain_match: { destination_port: 2888 },
    metadata: { filter_metadata: { istio: { config } } },
  });
  const prefix = '/apis/networking.istio.io/v1/namespaces';
  for (const [config, origin] of [
    [
      `${prefix}/lab/sidecar/zk.2`,
      { kind: 'sidecar', sidecar: { namespace: 'lab', name: 'zk.2' } },
    ],
    [`${prefix}/lab/sidecar/<b>`, { kind: 'no-sidecar' }],
    [`${prefix}/lab/virtual-service/zk`, { kind: 'no-sidecar' }],
    [7, { kind: 'no-sidecar' }],
  ] as const) {
    const listeners = { virtualInbound: [chain(config)], byPort: new Map() };
    assert.deepEqual(originOf(2888, listeners), origin);
    assert.deepEqual(originOf(3888, listeners), { kind: 'unknown' });
  }
});

test('a whole dump is read as well as one of a single resource', () => {
  const dump = JSON.parse(envoyText('listeners'));
  const whole = { configs: [{ dynamic_listeners: [{ name: 'x' }, ...dump.configs] }] };
  assert.deepEqual(readInboundChains(whole), readInboundChains(dump));
});

test('another listener, or none, gives no chains', () => {
  assert.equal(readInboundChains({ configs: [] }), null);
  const other = JSON.parse(envoyText('listeners').replaceAll('"virtualInbound"', '"0.0.0.0_80"'));
  assert.equal(readInboundChains(other), null);
});

test('no JSON makes the readers throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const listener = { name: 'virtualInbound', filter_chains: [value] };
      const chains = readInboundChains({ configs: [value, { active_state: { listener } }] });
      mtlsOf(2888, chains ?? []);
    }),
  );
});
