/** The images that the cases run, as a cluster pulls them. The node's provider lays them out itself. */
export const IMAGES = {
  /** The project's own, which must be on the nodes already, or where they can pull it. */
  probe: process.env['QUORUM_CLUSTER_IMAGE'] ?? 'docker.io/library/quorum-probe:0.1.0',
  zookeeper: 'docker.io/library/zookeeper:3.9',
  etcd: 'quay.io/coreos/etcd:v3.4.23',
  redis: 'docker.io/library/redis:7.0.15',
  prometheus: 'docker.io/prom/prometheus:v3.16.0',
} as const;
