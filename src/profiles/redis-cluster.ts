import type { Profile } from '../model/profile.ts';

/**
 * Redis Cluster: every node keeps one bus link to each other node (`clusterCron` in `src/cluster.c`,
 * `src/cluster_legacy.c` since 7.2), on the client port plus 10000, and pings over it each second.
 * `clusterUpdateState` there calls the cluster down where fewer than half the masters plus one are
 * reachable. A node that was not heard of for half of `cluster-node-timeout` (15 s) is pinged whatever
 * else is pinged each second, which is one node at random. A failover makes a replica a master. The shipped `redis.conf` binds `127.0.0.1 -::1`.
 */
export const redisCluster: Profile = {
  name: 'redis-cluster',
  title: 'Redis Cluster',
  ports: [
    {
      role: 'client',
      ports: [6379],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'client port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'bus',
      ports: [16379],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: true, perPair: { least: 1, usual: 1 } },
      defaultBind: 'loopback',
      title: 'cluster bus port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 7_500, bearsMs: 15_000 },
    },
  ],
  quorum: { kind: 'pairwise', port: 'bus', voters: 'moving' },
  advice: {
    listenEverywhere: 'bind * -::* in redis.conf, with a password or protected-mode no',
    memberList: 'CLUSTER NODES, kept in nodes.conf; CLUSTER MEET joins them',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress:
      'redis-cli CLUSTER MEET ADDRESS PORT, with the new address, tells this server where the node is now.',
    givesUp: 'after cluster-node-timeout (15 s unless set)',
    withoutQuorum: 'Redis Cluster answers CLUSTERDOWN to every query.',
  },
  ownWord: null,
  ready:
    'the node is linked both ways with a majority of the masters over the bus, and its client port is open',
  checkedAgainst:
    "real servers, Debian's 7.0, three masters, and with replicas; Valkey 9.1.2 from PyPI, three masters",
};
