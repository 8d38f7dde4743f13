import type { Profile } from '../model/profile.ts';

/**
 * ClickHouse Keeper: NuRaft over the raft port (`raft_configuration` in `programs/keeper/keeper_config.xml` of
 * ClickHouse). The leader sends each follower a heartbeat every 500 ms over a connection that it opened itself and
 * keeps, and a candidate dials all to ask for votes (`src/asio_service.cxx`, `src/handle_vote.cxx` in eBay/NuRaft);
 * a name is resolved at each new connection. An election begins after 1 to 2 s without a heartbeat
 * (`election_timeout_lower_bound_ms` and `_upper_bound_ms` in `src/Coordination/CoordinationSettings`).
 */
export const clickhouseKeeper: Profile = {
  name: 'clickhouse-keeper',
  title: 'ClickHouse Keeper',
  ports: [
    {
      role: 'client',
      ports: [9181],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'client port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'raft',
      ports: [9234],
      listens: 'voters',
      links: { kind: 'hub', perPair: { least: 1, usual: 1 } },
      defaultBind: 'wildcard',
      title: 'raft port',
      mayBeIdleCut: false,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'star', port: 'raft', dials: 'leader' },
  advice: {
    listenEverywhere: '<listen_host>0.0.0.0</listen_host> in keeper_config.xml',
    memberList: 'raft_configuration in keeper_config.xml',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: 'at each new connection',
    staleAddress:
      'With pod names instead of addresses as hostname in raft_configuration, each connection resolves them again.',
    givesUp: 'after an election timeout without a heartbeat (1 to 2 s)',
    withoutQuorum:
      'Keeper has no leader: it serves no client, and replicated tables of ClickHouse turn read-only.',
  },
  ownWord: null,
  ready:
    'the server leads with a majority of the servers linked, or holds a working link with the leader over the raft port',
  checkedAgainst: null,
};
