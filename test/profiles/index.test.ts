import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES, withPorts } from '../../src/profiles/index.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

test('every profile stands under its own name', () => {
  assert.deepEqual(
    [...PROFILES.keys()],
    [
      'zookeeper',
      'cassandra',
      'clickhouse-keeper',
      'consul',
      'elasticsearch',
      'etcd',
      'galera',
      'hazelcast',
      'kafka-kraft',
      'nats',
      'nifi',
      'opensearch',
      'rabbitmq',
      'redis-cluster',
      'redis-sentinel',
      'vault',
    ],
  );
  for (const [name, profile] of PROFILES) assert.equal(profile.name, name);
});

test("other ports take the place of a role's own, and nothing else changes", () => {
  const moved = withPorts(zookeeper, new Map([['quorum', [2889, 2890]]]));
  assert.deepEqual(
    moved.ports.map(({ ports }) => ports),
    [[2181, 2281], [2889, 2890], [3888]],
  );
  assert.deepEqual(withPorts(moved, new Map([['quorum', [2888]]])), zookeeper);
});
