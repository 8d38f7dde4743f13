import type { Profile } from '../model/profile.ts';

/**
 * etcd: each member dials every other for two streams, on which the other sends (`startPeer` and
 * `streamReader` in `server/etcdserver/api/rafthttp`), and a stream carries a heartbeat at least every
 * third of 5 s. Further links, for the pipeline and probes, come and go. `--listen-peer-urls` and
 * `--listen-client-urls` are on localhost by default (`server/embed/config.go`). A stream on which nothing
 * comes for 5 s is given up (`ConnReadTimeout` in `rafthttp/peer.go`).
 */
export const etcd: Profile = {
  name: 'etcd',
  title: 'etcd',
  ports: [
    {
      role: 'client',
      ports: [2379],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'client port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'peer',
      ports: [2380],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: true, perPair: { least: 1, usual: 2 } },
      defaultBind: 'loopback',
      title: 'peer port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 1_667, bearsMs: 5_000 },
    },
  ],
  quorum: { kind: 'pairwise', port: 'peer', voters: 'fixed' },
  advice: {
    listenEverywhere: '--listen-peer-urls=http://0.0.0.0:2380',
    memberList: '--initial-cluster, later etcdctl member list',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress:
      'Where a peer URL is an address, etcdctl member update ID --peer-urls=https://NAME:2380 puts the name in its place.',
    givesUp: 'after its election timeout (--election-timeout, 1 s unless set)',
    withoutQuorum: 'etcd refuses writes and linearizable reads.',
  },
  ownWord: null,
  ready:
    'the member is linked both ways with a majority of the voters over the peer port, and its client port is open',
  checkedAgainst: "real servers, Debian's 3.4 and 3.7.3 from its Go module",
};
