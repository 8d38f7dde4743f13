import type { Profile } from '../model/profile.ts';

/**
 * Consul's servers: hashicorp/raft over the server port. The leader dials each follower, for heartbeats and
 * for a pipeline of entries, and a candidate dials all to ask for votes (`replication.go`, `raft.go`);
 * followers forward clients' requests to the leader over the same port (`agent/consul/rpc.go`), and clients'
 * agents dial it too. A leader that reaches no majority for `LeaderLeaseTimeout` steps down.
 */
export const consul: Profile = {
  name: 'consul',
  title: 'Consul servers',
  ports: [
    {
      role: 'client',
      ports: [8500, 8501],
      listens: 'optional',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'HTTP port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'server',
      ports: [8300],
      listens: 'voters',
      links: { kind: 'hub', perPair: { least: 1, usual: 3 } },
      defaultBind: 'wildcard',
      title: 'server port',
      mayBeIdleCut: false,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'star', port: 'server', dials: 'leader' },
  advice: {
    listenEverywhere: 'bind_addr = "0.0.0.0" in the configuration',
    memberList: 'retry_join, later consul operator raft list-peers',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress:
      'consul operator raft list-peers shows the addresses that raft has; a server that joins again under its node id is entered with the new one.',
    givesUp: 'after an election timeout without a heartbeat (1 to 2 s, times raft_multiplier)',
    withoutQuorum:
      'Consul has no leader: it refuses writes and consistent reads; stale reads and DNS keep working.',
  },
  ownWord: null,
  ready:
    'the server leads with a majority of the servers linked, or holds a working link with the leader over the server port',
  checkedAgainst: null,
};
