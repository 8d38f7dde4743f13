import type { Profile } from '../model/profile.ts';

/**
 * Hazelcast: each member sends every other a heartbeat each 5 s (`hazelcast.heartbeat.interval.seconds`) and removes
 * one that it has not heard of for 60 s (`hazelcast.max.no.heartbeat.seconds`, `ClusterHeartbeatManager` in
 * `internal/cluster/impl`). Members that start at the same moment dial each other; one that joins later dials the others, and
 * its one link with each serves both ways. Clients use the same port. There is no majority: halves of a
 * divided cluster go on apart and are merged later, unless split-brain protection is set for a data structure.
 */
export const hazelcast: Profile = {
  name: 'hazelcast',
  title: 'Hazelcast',
  ports: [
    {
      role: 'member',
      ports: [5701],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: false, perPair: { least: 1, usual: 1 } },
      defaultBind: 'wildcard',
      title: 'member port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 5_000, bearsMs: 60_000 },
    },
  ],
  quorum: { kind: 'gossip', port: 'member' },
  advice: {
    listenEverywhere: 'hazelcast.socket.bind.any=true',
    memberList: 'network.join in hazelcast.yaml',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress: null,
    givesUp: 'after 60 s without a heartbeat (hazelcast.max.no.heartbeat.seconds)',
    withoutQuorum:
      'The Hazelcast members do not reach one another: each serves what it holds, and data may diverge.',
  },
  ownWord: null,
  ready:
    'the member port is open, and where the member is linked with others or tries to be, at least one answers',
  checkedAgainst: 'real servers, 5.7.0 from Maven Central',
};
