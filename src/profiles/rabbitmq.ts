import type { Profile } from '../model/profile.ts';

/**
 * RabbitMQ: each pair of nodes holds one connection of the Erlang distribution, whichever dialled, on
 * the AMQP port plus 20000, with ticks every quarter of `net_ticktime` (60 s)
 * (https://www.rabbitmq.com/docs/networking, https://www.rabbitmq.com/docs/nettick). epmd is asked for
 * a node's port and left again. Quorum queues and `pause_minority` need a majority of the nodes.
 */
export const rabbitmq: Profile = {
  name: 'rabbitmq',
  title: 'RabbitMQ',
  ports: [
    {
      role: 'client',
      ports: [5672, 5671],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'wildcard',
      title: 'AMQP port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'distribution',
      ports: [25672],
      listens: 'every-member',
      links: { kind: 'pairwise', bothWays: false, perPair: { least: 1, usual: 1 } },
      defaultBind: 'wildcard',
      title: 'inter-node port',
      mayBeIdleCut: false,
      heartbeat: { from: 'every-peer', everyMs: 15_000, bearsMs: 60_000 },
    },
    {
      role: 'epmd',
      ports: [4369],
      listens: 'optional',
      links: { kind: 'short-lived' },
      defaultBind: 'wildcard',
      title: 'epmd port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'pairwise', port: 'distribution', voters: 'fixed' },
  advice: {
    listenEverywhere: 'no inet_dist_use_interface in the kernel settings, and no ERL_EPMD_ADDRESS',
    memberList: 'cluster_formation in rabbitmq.conf, or rabbitmqctl join_cluster',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress: null,
    givesUp: 'after net_ticktime (60 s unless set)',
    withoutQuorum: 'Quorum queues stop, and with pause_minority every node pauses.',
  },
  ownWord: null,
  ready:
    'the node is linked with a majority of the nodes over the Erlang distribution, and its AMQP port is open',
  checkedAgainst: "real servers, Debian's 3.10, `net_ticktime` 8",
};
