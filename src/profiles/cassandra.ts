import type { Profile } from '../model/profile.ts';

/**
 * Cassandra: for each peer three outbound connections, for urgent, small and large messages. The node
 * opens all of them when it starts (`StartupClusterConnectivityChecker` in
 * `src/java/org/apache/cassandra/net`), and an hourly monitor closes those that carried nothing
 * (`OutboundConnections`): gossip keeps the urgent one, and messages of more than 64 KiB are few.
 * Messages go one way, so the peer dials its own. The native transport starts once the node has joined.
 * Each second a node gossips with one of the others at random (`Gossiper`), who
 * answers; the failure detector convicts after 18 s or so of silence where gossip came
 * each second (`phi_convict_threshold` 8, `FailureDetector`). `listen_address` and `rpc_address` are localhost in the shipped `conf/cassandra.yaml`. Consistency is
 * by replica set, so that nodes have no majority.
 */
export const cassandra: Profile = {
  name: 'cassandra',
  title: 'Apache Cassandra',
  ports: [
    {
      role: 'client',
      ports: [9042, 9142],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'native transport port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'storage',
      ports: [7000, 7001],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: true, perPair: { least: 1, usual: 2 } },
      defaultBind: 'loopback',
      title: 'storage port',
      mayBeIdleCut: false,
      heartbeat: { from: 'some-peer', everyMs: 1_000, bearsMs: 18_000 },
    },
  ],
  quorum: { kind: 'gossip', port: 'storage' },
  advice: {
    listenEverywhere:
      "listen_address set to the pod's address in cassandra.yaml (0.0.0.0 is refused)",
    memberList: 'the seeds in cassandra.yaml',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress: null,
    givesUp: 'when its failure detector marks the others as down (phi_convict_threshold)',
    withoutQuorum:
      'The Cassandra nodes do not reach one another: queries that need more than one replica fail.',
  },
  ownWord: null,
  ready:
    'the storage and native transport ports are open, and where the node is linked with others or tries to be, at least one answers',
  checkedAgainst: 'real servers, 5.0.6 from Maven Central',
};
