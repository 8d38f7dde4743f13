import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mtlsOf, readInboundChains } from '../../src/evidence/envoy-listeners.ts';
import { bothSpellings, envoyText } from './envoy-fixture.ts';

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
