/**
 * The ports that show a system where all of them listen and one owner has them all: one port of each role, and
 * each of `also`.
 */
export interface Sign {
  readonly roles: readonly string[];
  /** Ports of the system that no role of the profile has. */
  readonly also?: readonly number[];
}

/**
 * Signs by profile, each enough by itself. A system without any shares its ports with other programs: 9093 is
 * also where Alertmanager listens, and where brokers of Kafka with ZooKeeper often take TLS.
 */
export const SIGNS: ReadonlyMap<string, readonly Sign[]> = new Map<string, readonly Sign[]>([
  ['zookeeper', [{ roles: ['election'] }]],
  ['cassandra', [{ roles: ['client', 'storage'] }]],
  ['clickhouse-keeper', [{ roles: ['client', 'raft'] }]],
  ['consul', [{ roles: ['server'] }]],
  ['elasticsearch', [{ roles: ['http', 'transport'] }]],
  ['etcd', [{ roles: ['client', 'peer'] }]],
  ['galera', [{ roles: ['client', 'group'] }]],
  ['hazelcast', [{ roles: ['member'] }]],
  ['kafka-kraft', []],
  ['nats', [{ roles: ['client', 'route'] }]],
  ['nifi', [{ roles: ['client', 'cluster'] }]],
  // 9600: its Performance Analyzer (`webservice-listener-port`), which Elasticsearch does not have.
  [
    'opensearch',
    [{ roles: ['http', 'transport'] }, { roles: ['http', 'transport'], also: [9600] }],
  ],
  ['rabbitmq', [{ roles: ['distribution'] }]],
  ['redis-cluster', [{ roles: ['client', 'bus'] }]],
  ['redis-sentinel', [{ roles: ['sentinel'] }]],
  ['vault', [{ roles: ['client', 'cluster'] }]],
]);
