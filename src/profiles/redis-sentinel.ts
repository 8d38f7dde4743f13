import type { Profile } from '../model/profile.ts';

/**
 * Redis Sentinel: each sentinel keeps one command link to every other (`sentinelReconnectInstance` in
 * `src/sentinel.c`; the second, for subscriptions, goes to Redis servers only) and pings over it each
 * second. A failover needs the votes of a majority of all sentinels. `sentinel.conf` binds no address.
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
    },
    {
      role: 'redis',
      ports: [6379],
      listens: 'optional',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'Redis port',
      mayBeIdleCut: true,
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
    givesUp: null,
    withoutQuorum: 'No sentinel can start a failover; the Redis servers go on as they are.',
  },
  ownWord: null,
  ready: 'the sentinel is linked both ways with a majority of all sentinels',
  checkedAgainst: "real servers, Debian's 7.0",
};
