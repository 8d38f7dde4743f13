import type { Profile } from '../model/profile.ts';

/**
 * NATS with JetStream: every two servers share a pool of three route connections and one more for the
 * system account, all dialled by one end (`DEFAULT_ROUTE_POOL_SIZE` in `server/const.go`, `addRoute` in
 * `server/route.go`). The leader of the meta group sends a heartbeat each second on one of them
 * (`hbInterval` in `server/raft.go`), and a follower that hears none elects after 4 to 9 s; the health of one that
 * was cut off turned bad after 11.7 s. A route's
 * host name is resolved at each attempt to connect (`getRandomIP` in `server/server.go`).
 */
export const nats: Profile = {
  name: 'nats',
  title: 'NATS JetStream',
  ports: [
    {
      role: 'client',
      ports: [4222],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'wildcard',
      title: 'client port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'route',
      ports: [6222],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: false, perPair: { least: 1, usual: 4 } },
      defaultBind: 'wildcard',
      title: 'route port',
      mayBeIdleCut: false,
      heartbeat: { from: 'some-peer', everyMs: 1_000, bearsMs: 12_000 },
    },
  ],
  quorum: { kind: 'pairwise', port: 'route', voters: 'fixed' },
  advice: {
    listenEverywhere: 'cluster { listen: "0.0.0.0:6222" } in the server configuration',
    memberList: 'cluster.routes in the server configuration',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: 'at each attempt to connect a route',
    staleAddress: null,
    givesUp: 'after 4 to 9 s without a heartbeat of the meta leader',
    withoutQuorum:
      'JetStream creates and stores nothing; core NATS keeps working between linked servers.',
  },
  ownWord: null,
  ready:
    'the server is linked with a majority of the servers over the route port, and its client port is open',
  checkedAgainst: 'real servers, 2.15.1 from PyPI',
};
