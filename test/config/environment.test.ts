import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvironment } from '../../src/config/environment.ts';

test('the variables that Kubernetes injects for a service named quorum-probe do no harm', () => {
  const settings = readEnvironment({
    QUORUM_PROBE_SERVICE_HOST: '10.96.0.9',
    QUORUM_PROBE_SERVICE_PORT: '4888',
    QUORUM_PROBE_SERVICE_PORT_HTTP_METRICS: '4888',
    QUORUM_PROBE_PORT: 'tcp://10.96.0.9:4888',
    QUORUM_PROBE_PORT_4888_TCP: 'tcp://10.96.0.9:4888',
    QUORUM_PROBE_PORT_4888_TCP_PROTO: 'tcp',
    QUORUM_PROBE_PORT_4888_TCP_PORT: '4888',
    QUORUM_PROBE_PORT_4888_TCP_ADDR: '10.96.0.9',
    QUORUM_PROBE_PORT_53_UDP: 'udp://10.96.0.9:53',
  });
  assert.equal(settings.size, 0);
});

test('nor do those of a service whose longer name shares the prefix', () => {
  const injected = {
    QUORUM_PROBE_METRICS_SERVICE_HOST: '10.96.0.9',
    QUORUM_PROBE_METRICS_SERVICE_PORT: '4888',
    QUORUM_PROBE_METRICS_PORT: 'tcp://10.96.0.9:4888',
    QUORUM_PROBE_METRICS_PORT_4888_TCP_ADDR: '10.96.0.9',
  };
  assert.equal(readEnvironment(injected).size, 0);
  assert.throws(
    () => readEnvironment({ ...injected, QUORUM_PROBE_METRICS: 'x' }),
    /unknown variable/,
  );
});

test('an injected variable beside a setting hides nothing', () => {
  const settings = readEnvironment({
    QUORUM_PROBE_SERVICE_HOST: '10.96.0.9',
    QUORUM_PROBE_SERVICE: 'zk',
    QUORUM_PROBE_PORTS: 'client=2281',
  });
  assert.deepEqual([...settings.keys()], ['service', 'ports']);
  assert.equal(settings.get('service')?.where, 'QUORUM_PROBE_SERVICE');
});

for (const variable of [
  'QUORUM_PROBE_PORT_4888',
  'QUORUM_PROBE_PORT_X_TCP',
  'QUORUM_PROBE_SERVICE_PORTS',
  'QUORUM_PROBE_',
]) {
  test(`${variable} is not taken for an injected one`, () => {
    assert.throws(
      () => readEnvironment({ [variable]: 'x' }),
      /unknown variable .*; (?:did you mean|remove it)/,
    );
  });
}

test('empty variables are not set, and foreign ones are left alone', () => {
  assert.equal(
    readEnvironment({ QUORUM_PROBE_MEMBERS: ' ', QUORUM_PROBE: 'x', PATH: '/' }).size,
    0,
  );
});
