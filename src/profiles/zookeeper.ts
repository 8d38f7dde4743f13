import type { Profile } from '../model/profile.ts';

/**
 * ZooKeeper: `QuorumPeer` opens the client and election ports in every state, `Leader` alone binds the
 * quorum port, learners dial it, and `QuorumCnxManager` redials election links only for the next election
 * and sets keepalive on them only with `zookeeper.tcpKeepAlive`. The leader pings each learner every half
 * tick and is answered (`Leader.lead`, `Learner.ping`), and either gives the other up after `syncLimit`
 * ticks; a tick of 2000 ms and a limit of 5 are those of `zoo_sample.cfg` and of the images.
 */
export const zookeeper: Profile = {
  name: 'zookeeper',
  title: 'Apache ZooKeeper',
  ports: [
    {
      role: 'client',
      ports: [2181, 2281],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'wildcard',
      title: 'client port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'quorum',
      ports: [2888],
      listens: 'leader',
      links: { kind: 'hub', perPair: { least: 1, usual: 1 } },
      defaultBind: 'pod',
      title: 'quorum port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 1_000, bearsMs: 10_000 },
    },
    {
      role: 'election',
      ports: [3888],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: false, perPair: { least: 1, usual: 1 } },
      defaultBind: 'pod',
      title: 'election port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'hub', port: 'quorum', election: 'election' },
  advice: {
    listenEverywhere: 'quorumListenOnAllIPs=true in zoo.cfg',
    memberList: 'the server.N= lines of zoo.cfg',
    keepalive: 'start the servers with -Dzookeeper.tcpKeepAlive=true',
    memberListChanges: 'let --members-file follow zoo.cfg.dynamic where reconfiguration is in use',
    resolvesNames: 'it resolves names again when it redials',
    staleAddress:
      'Java keeps an address for networkaddress.cache.ttl (30 s unless set) and hands it out until then.',
    givesUp: 'after syncLimit ticks',
    withoutQuorum: 'ZooKeeper serves no clients until a majority is back.',
  },
  ownWord: 'srvr',
  ready:
    'the member leads with a majority of voters linked, or holds a working link to the leader, and its client port is open',
  checkedAgainst: "real servers, Debian's 3.8 and 3.9.5 from Maven Central",
};
