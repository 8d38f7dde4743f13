import type { Profile } from '../model/profile.ts';

/**
 * Redis Sentinel: each sentinel keeps one command link to every other (`sentinelReconnectInstance` in
 * `src/sentinel.c`; the second, for subscriptions, goes to Redis servers only) and pings over it each
 * second (`SENTINEL_PING_PERIOD`); down is who does not answer for `down-after-milliseconds`, 30 s unless set.
 * A failover needs the votes of a majority of all sentinels. `sentinel.conf` binds no address.
 */
export const redisSentinel: Profile = {
  name: 'redis-sentinel',
  title: 'Redis Sentinel',
  ports: [
    {
      role: 'sentinel',
      ports: [26379],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: true, perPair: { least: 1, usual: 1 } },
      defaultBind: 'wildcard',
      title: 'sentinel port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 1_000, bearsMs: 30_000 },
    },
    {
      role: 'redis',
      ports: [6379],
      listens: 'optional',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'Redis port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'pairwise', port: 'sentinel', voters: 'fixed' },
  advice: {
    listenEverywhere: 'bind * -::* in sentinel.conf, with a password or protected-mode no',
    memberList:
      'sentinel monitor in sentinel.conf; sentinels learn of each other through the master',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress:
      'SENTINEL RESET MASTER-NAME, on one sentinel after another, forgets old addresses; sentinel resolve-hostnames and announce-hostnames yes use names from then on.',
    givesUp: null,
    withoutQuorum: 'No sentinel can start a failover; the Redis servers keep running.',
  },
  ownWord: null,
  ready: 'the sentinel is linked both ways with a majority of all sentinels',
  checkedAgainst: "real servers, Debian's 7.0; Valkey 9.1.2 from PyPI",
};
