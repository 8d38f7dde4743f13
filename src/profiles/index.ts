import type { Profile } from '../model/profile.ts';
import { cassandra } from './cassandra.ts';
import { clickhouseKeeper } from './clickhouse-keeper.ts';
import { consul } from './consul.ts';
import { elasticsearch } from './elasticsearch.ts';
import { etcd } from './etcd.ts';
import { galera } from './galera.ts';
import { hazelcast } from './hazelcast.ts';
import { kafkaKraft } from './kafka-kraft.ts';
import { nats } from './nats.ts';
import { nifi } from './nifi.ts';
import { opensearch } from './opensearch.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redisCluster } from './redis-cluster.ts';
import { redisSentinel } from './redis-sentinel.ts';
import { vault } from './vault.ts';
import { zookeeper } from './zookeeper.ts';

/** The profile unless another is chosen. */
export const DEFAULT_PROFILE = zookeeper.name;

/** The built-in profiles by name. */
export const PROFILES: ReadonlyMap<string, Profile> = new Map(
  [
    zookeeper,
    cassandra,
    clickhouseKeeper,
    consul,
    elasticsearch,
    etcd,
    galera,
    hazelcast,
    kafkaKraft,
    nats,
    nifi,
    opensearch,
    rabbitmq,
    redisCluster,
    redisSentinel,
    vault,
  ].map((profile) => [profile.name, profile]),
);

/** Port numbers by role. */
export type PortOverride = ReadonlyMap<string, readonly number[]>;

/** The profile with other port numbers for some of its roles; roles it does not have are left out. */
export function withPorts(profile: Profile, override: PortOverride): Profile {
  return {
    ...profile,
    ports: profile.ports.map((spec) => ({
      ...spec,
      ports: override.get(spec.role) ?? spec.ports,
    })),
  };
}
