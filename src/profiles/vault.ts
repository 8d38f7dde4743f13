import type { Profile } from '../model/profile.ts';

/**
 * Vault and OpenBao with integrated storage: hashicorp/raft over the cluster port
 * (`physical/raft/streamlayer.go`), where the leader dials the others. Requests that a standby forwards to
 * the active node use the same port. A sealed server takes no part and does not listen there.
 */
export const vault: Profile = {
  name: 'vault',
  title: 'Vault and OpenBao (integrated storage)',
  ports: [
    {
      role: 'client',
      ports: [8200],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'API port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'cluster',
      ports: [8201],
      listens: 'voters',
      links: { kind: 'hub', perPair: { least: 1, usual: 2 } },
      defaultBind: 'loopback',
      title: 'cluster port',
      mayBeIdleCut: false,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'star', port: 'cluster', dials: 'leader' },
  advice: {
    listenEverywhere: 'cluster_address = "0.0.0.0:8201" in the listener "tcp" block',
    memberList: 'retry_join in the storage "raft" block, later vault operator raft list-peers',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress:
      'vault operator raft list-peers shows the addresses that raft has; cluster_addr with the name of the pod follows it.',
    givesUp:
      'after an election timeout without a heartbeat (some seconds, times performance_multiplier)',
    withoutQuorum: 'Vault has no active node: every request that needs storage fails.',
  },
  ownWord: null,
  ready:
    'the server leads with a majority of the servers linked, or holds a working link with the leader over the cluster port',
  checkedAgainst: null,
};
