import type { Profile } from '../model/profile.ts';
import { elasticsearch } from './elasticsearch.ts';

/**
 * OpenSearch kept the transport and the coordination of Elasticsearch 7.10: connection kinds and their
 * numbers in `server/src/main/java/org/opensearch/transport/ConnectionProfile.java`, the settings
 * `transport.connections_per_node.*` in `TransportSettings.java`. A node that may lead is a cluster manager.
 */
export const opensearch: Profile = {
  ...elasticsearch,
  name: 'opensearch',
  title: 'OpenSearch',
  advice: {
    ...elasticsearch.advice,
    listenEverywhere: 'network.host: 0.0.0.0 or _site_ in opensearch.yml',
    memberList: 'discovery.seed_hosts and cluster.initial_cluster_manager_nodes in opensearch.yml',
    staleAddress: null,
    withoutQuorum:
      'OpenSearch has no elected cluster manager: it refuses writes and changes to indices.',
  },
  ready:
    'the node is linked both ways with a majority of the nodes that may be cluster manager, and its HTTP port is open',
  checkedAgainst: 'real servers, 2.19.6 from Maven Central',
};
