import type { Profile } from '../model/profile.ts';

/**
 * Elasticsearch: each node opens 13 connections to every other: 2 for recovery, 3 for bulk, 6 regular,
 * 1 for cluster state, 1 for pings; none for recovery where it holds no data itself, none for cluster
 * state where it is not master-eligible itself. Settings leave at least one of each other kind, and the
 * close of one closes all, so that a lone connection is only a look at who is there
 * (`server/src/main/java/org/elasticsearch`: `transport/TransportSettings`, `transport/ConnectionProfile`,
 * `transport/TcpTransport`, `discovery/HandshakingTransportAddressConnector`).
 * Each second the elected master and every other node exchange a check on one ping connection of each
 * direction; the other nodes send each other nothing. TCP keepalive is on, after 300 s at most.
 * A node is given up after three checks of 10 s (`FollowersChecker` and `LeaderChecker` in
 * `cluster/coordination`). `network.host` is `_local_` by default. Only master-eligible nodes vote: the others are observers.
 */
export const elasticsearch: Profile = {
  name: 'elasticsearch',
  title: 'Elasticsearch',
  ports: [
    {
      role: 'http',
      ports: [9200],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'HTTP port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'transport',
      ports: [9300],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: true, perPair: { least: 3, usual: 13 } },
      defaultBind: 'loopback',
      title: 'transport port',
      mayBeIdleCut: false,
      heartbeat: { from: 'some-peer', everyMs: 1_000, bearsMs: 30_000 },
    },
  ],
  quorum: { kind: 'pairwise', port: 'transport', voters: 'fixed' },
  advice: {
    listenEverywhere: 'network.host: 0.0.0.0 or _site_ in elasticsearch.yml',
    memberList: 'discovery.seed_hosts and cluster.initial_master_nodes in elasticsearch.yml',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress:
      'Java keeps an address for es.networkaddress.cache.ttl (60 s unless set) and hands it out until then.',
    givesUp: 'after three failed checks of 10 s each (cluster.fault_detection)',
    withoutQuorum: 'Elasticsearch has no elected master: it refuses writes and changes to indices.',
  },
  ownWord: null,
  ready:
    'the node is linked both ways with a majority of the master-eligible nodes, and its HTTP port is open',
  checkedAgainst: 'real servers, 8.19.21 from Maven Central',
};
