/**
 * By what a container of a manifest is known to run a system: every part that is given must fit.
 * `image` is tried on the last part of the image's name, without tag; `text` on the command, the
 * arguments and the environment as `NAME=value`, one a line; `ports` must all be declared.
 */
export interface Mark {
  readonly image?: RegExp;
  readonly text?: RegExp;
  readonly ports?: readonly number[];
  /** A container whose text fits this is none of it. */
  readonly except?: RegExp;
}

/** Marks by profile: the images that are published most, and where one image serves two systems, what sets them apart. */
export const MARKS: ReadonlyMap<string, readonly Mark[]> = new Map<string, readonly Mark[]>([
  [
    'zookeeper',
    [
      { image: /^(?:(?:kubernetes-|cp-|debian-|bitnami-)?zookeeper|zookeeper-server)$/ },
      { text: /\bzkServer\.sh\b|\bQuorumPeerMain\b|\bzookeeper-server-start(?:\.sh)?\b/ },
      { ports: [2888, 3888] },
    ],
  ],
  [
    'cassandra',
    [
      { image: /^(?:bitnami-)?cassandra$|^cass-management-api$/ },
      { text: /^(?:\S*\/)?cassandra$/m },
      { ports: [7000, 9042] },
      { ports: [7001, 9042] },
    ],
  ],
  [
    'elasticsearch',
    [
      {
        image: /^(?:bitnami-)?elasticsearch(?:-oss)?$/,
        except: /^(?:node\.roles|ELASTICSEARCH_NODE_ROLES)=(?!.*master).+$/m,
      },
      { ports: [9200, 9300] },
    ],
  ],
  [
    'opensearch',
    [
      {
        image: /^(?:bitnami-)?opensearch$/,
        except: /^node\.roles=(?!.*(?:cluster_manager|master)).+$/m,
      },
    ],
  ],
  [
    'clickhouse-keeper',
    [
      { image: /^clickhouse-keeper$/ },
      { text: /\bclickhouse-keeper\b/ },
      { image: /^clickhouse/, text: /^keeper$/m },
      { ports: [9181, 9234] },
    ],
  ],
  [
    'consul',
    [
      {
        image: /^(?:bitnami-)?consul(?:-enterprise)?$/,
        text: /^-?-server(?:=true)?$|\bconsul agent\b.*-server\b/m,
      },
    ],
  ],
  [
    'galera',
    [
      { image: /^(?:bitnami-)?(?:mariadb-galera|percona-xtradb-cluster)$/ },
      { text: /\bwsrep[_-]cluster[_-]address\b|^MARIADB_GALERA_/m },
      { ports: [3306, 4567] },
    ],
  ],
  [
    'hazelcast',
    [
      { image: /^(?:bitnami-)?hazelcast(?:-enterprise)?$/ },
      { text: /\bHazelcastMemberStarter\b|^HZ_CLUSTERNAME=|\bhz start\b/m },
    ],
  ],
  ['nats', [{ image: /^(?:bitnami-)?nats(?:-server)?$/ }, { ports: [4222, 6222] }]],
  [
    'vault',
    [
      {
        image: /^(?:bitnami-)?(?:vault(?:-enterprise)?|openbao)$/,
        text: /\bserver\b/,
        ports: [8200, 8201],
      },
    ],
  ],
  [
    'etcd',
    [
      { image: /^(?:bitnami-)?etcd$/ },
      { text: /^(?:exec )?(?:\S*\/)?etcd$|\bexec (?:\S*\/)?etcd\b/m },
      { ports: [2379, 2380] },
    ],
  ],
  [
    'kafka-kraft',
    [
      {
        image: /kafka/,
        text: /^KAFKA_(?:CFG_)?PROCESS_ROLES=.*controller|^KAFKA_(?:KRAFT_)?CONTROLLER_|process\.roles=\S*controller/m,
      },
      { text: /^KAFKA_(?:CFG_)?PROCESS_ROLES=.*controller/m },
      { image: /^(?:cp-|bitnami-)?kafka$/, ports: [9093], text: /^KAFKA_KRAFT_|^CLUSTER_ID=/m },
    ],
  ],
  ['nifi', [{ image: /^(?:bitnami-)?nifi$/ }, { text: /\bnifi\.sh\b/ }]],
  [
    'rabbitmq',
    [
      { image: /^(?:bitnami-)?rabbitmq$/ },
      { text: /\brabbitmq-server\b/ },
      { ports: [4369, 25672] },
    ],
  ],
  [
    'redis-cluster',
    [
      { image: /^(?:bitnami-)?(?:redis|valkey)-cluster$/ },
      {
        text: /cluster-enabled[\s=]+["']?yes|^(?:REDIS|VALKEY)_CLUSTER_(?:CREATOR|REPLICAS|ANNOUNCE_HOSTNAME)=/m,
      },
      { image: /^(?:bitnami-)?(?:redis|valkey)$/, ports: [6379, 16379] },
      { ports: [6379, 16379] },
    ],
  ],
  [
    'redis-sentinel',
    [
      { image: /^(?:bitnami-)?(?:redis|valkey)-sentinel$/ },
      { text: /\b(?:redis|valkey)-sentinel\b|(?:^|\s)--sentinel\b|\bsentinel\.conf\b/m },
      { ports: [26379] },
    ],
  ],
]);

/**
 * Containers that a mesh adds to a pod, by their names, and the port of the proxy's admin where its answers are
 * understood.
 */
export const MESH_CONTAINERS: ReadonlyMap<string, number | null> = new Map([
  ['istio-proxy', 15_000],
  ['linkerd-proxy', null],
  ['kuma-sidecar', 9_901],
  ['consul-dataplane', null],
  ['envoy-sidecar', null],
]);
