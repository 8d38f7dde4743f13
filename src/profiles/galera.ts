import type { Profile } from '../model/profile.ts';

/**
 * Galera Cluster for MariaDB and MySQL: every two nodes share one connection of the group port
 * (`gcomm/src/gmcast.cpp`), on which each sends at least once a second (`evs.keepalive_period`). State
 * transfers use ports of their own, for as long as they run. A node that is not heard for
 * `evs.suspect_timeout` is put out of the group, and those who are fewer than half of the last primary
 * component by weight (`pc.weight`) become non-primary. A node that leaves in order is no longer counted.
 */
export const galera: Profile = {
  name: 'galera',
  title: 'Galera Cluster',
  ports: [
    {
      role: 'client',
      ports: [3306],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'wildcard',
      title: 'SQL port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'group',
      ports: [4567],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: false, perPair: { least: 1, usual: 1 } },
      defaultBind: 'wildcard',
      title: 'group communication port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 1_000, bearsMs: 5_000 },
    },
    {
      role: 'state-transfer',
      ports: [4444, 4568],
      listens: 'optional',
      links: { kind: 'short-lived' },
      defaultBind: 'wildcard',
      title: 'state transfer port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'pairwise', port: 'group', voters: 'fixed' },
  advice: {
    listenEverywhere: 'gmcast.listen_addr=tcp://0.0.0.0:4567 in wsrep_provider_options',
    memberList: 'wsrep_cluster_address',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress: null,
    givesUp: 'after evs.suspect_timeout (5 s unless set)',
    withoutQuorum:
      'Every Galera node becomes non-primary and refuses queries with "WSREP has not yet prepared node for application use".',
  },
  ownWord: null,
  ready:
    'the node is linked with a majority of the nodes over the group communication port, and its SQL port is open',
  checkedAgainst: "real servers, Debian's 26.4 with MariaDB 10.11",
};
