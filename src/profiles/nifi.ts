import type { Profile } from '../model/profile.ts';

/**
 * NiFi: a node opens a new connection for each message to the cluster coordinator, a heartbeat every 5 s
 * (`AbstractNodeProtocolSender` in `nifi-framework-cluster-protocol`), which the coordinator closes after
 * its answer (`SocketListener`), so that healthy members hold no link. Before each heartbeat it asks
 * ZooKeeper, a system of its own, who coordinates (`ClusterProtocolHeartbeater`). Whether it or the
 * coordinator is cut off, an unanswered connection does not tell. Load balancing connects on demand and
 * lets go after 30 s. `nifi.properties` ships with an empty `nifi.cluster.node.protocol.port` and the web
 * server on 127.0.0.1.
 */
export const nifi: Profile = {
  name: 'nifi',
  title: 'Apache NiFi',
  ports: [
    {
      role: 'client',
      ports: [8443, 8080],
      listens: 'every-member',
      links: { kind: 'clients' },
      defaultBind: 'loopback',
      title: 'web port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'cluster',
      ports: [11443],
      listens: 'every-member',
      links: { kind: 'short-lived' },
      defaultBind: 'wildcard',
      title: 'cluster protocol port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
    {
      role: 'load-balance',
      ports: [6342],
      listens: 'optional',
      links: { kind: 'short-lived' },
      defaultBind: 'wildcard',
      title: 'load balance port',
      mayBeIdleCut: true,
      heartbeat: null,
    },
  ],
  quorum: { kind: 'none' },
  advice: {
    listenEverywhere: "nifi.web.https.host and nifi.cluster.node.address set to the pod's name",
    memberList: 'nifi.zookeeper.connect.string, through which the nodes find the coordinator',
    keepalive: null,
    memberListChanges: null,
    resolvesNames: null,
    staleAddress: null,
    givesUp: null,
    withoutQuorum: 'No NiFi node has its web and cluster ports open.',
  },
  ownWord: null,
  ready: 'the web and cluster protocol ports are open; its connections are too short to show more',
  checkedAgainst:
    "NiFi's own framework, 1.28.1 from Maven Central; a stand-in for its web application",
};
