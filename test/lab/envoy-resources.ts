import type { EnvoyOptions } from './mesh.ts';
import { PORTS } from './zookeeper.ts';

/** Where a pod's certificate, its key and its mesh's root are. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
  readonly root: string;
}

const SERVICE = 'zk.lab.svc.cluster.local';

/** What Istio's `listener_builder.go` and `listener_inbound.go` make for the ports between members. */
export function listenersOf(
  { idleTimeoutS, mtls }: EnvoyOptions,
  identity: Identity,
): readonly unknown[] {
  const chain = (cluster: string): object => ({ filters: [tcpProxy(cluster, idleTimeoutS)] });
  const type = { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener' };
  return [
    {
      ...type,
      name: 'virtualOutbound',
      address: address('0.0.0.0', 15_001),
      use_original_dst: true,
      filter_chains: [chain('PassthroughCluster')],
    },
    ...Object.values(PORTS).map((port) => ({
      ...type,
      name: `0.0.0.0_${port}`,
      address: address('0.0.0.0', port),
      bind_to_port: false,
      filter_chains: [chain(`outbound|${port}||${SERVICE}`)],
    })),
    {
      ...type,
      name: 'virtualInbound',
      address: address('0.0.0.0', 15_006),
      listener_filters: [
        {
          name: 'envoy.filters.listener.original_dst',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
          },
        },
      ],
      filter_chains: Object.values(PORTS).map((port) => ({
        filter_chain_match: { destination_port: port },
        ...chain(`inbound|${port}||`),
        ...(isMutual(port, mtls) ? asServer(identity) : {}),
      })),
      default_filter_chain: chain('InboundPassthroughCluster'),
    },
  ];
}

function tcpProxy(cluster: string, idleTimeoutS: number): object {
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
      stat_prefix: cluster,
      cluster,
      idle_timeout: `${idleTimeoutS}s`,
    },
  };
}

/** What Istio's `cluster_builder.go` makes for them. */
export function clustersOf(
  { delivery, mtls }: EnvoyOptions,
  identity: Identity,
): readonly unknown[] {
  const ports = Object.values(PORTS);
  const deliver = delivery === 'passthrough' ? () => FROM_127_0_0_6 : toLoopback;
  const clusters = [
    { name: 'PassthroughCluster', ...ORIGINAL_DESTINATION },
    // The members of a headless service are dialled where the application dialled them.
    ...ports.map((port) => ({
      name: `outbound|${port}||${SERVICE}`,
      ...ORIGINAL_DESTINATION,
      ...(isMutual(port, mtls) ? asClient(identity) : {}),
    })),
    ...ports.map((port) => ({ name: `inbound|${port}||`, ...deliver(port) })),
    { name: 'InboundPassthroughCluster', ...FROM_127_0_0_6 },
  ];
  return clusters.map((cluster) => ({
    '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
    connect_timeout: '10s',
    ...cluster,
  }));
}

const ORIGINAL_DESTINATION = { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' };
const FROM_127_0_0_6 = {
  ...ORIGINAL_DESTINATION,
  upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
};

function toLoopback(port: number): object {
  const endpoint = { address: address('127.0.0.1', port) };
  return {
    type: 'STATIC',
    load_assignment: {
      cluster_name: `inbound|${port}||`,
      endpoints: [{ lb_endpoints: [{ endpoint }] }],
    },
  };
}

/** An address as Envoy's API has it. */
export function address(host: string, port: number, more: object = {}): object {
  return { socket_address: { address: host, port_value: port, ...more } };
}

/** Clients are outside the mesh: their port stays plain, as by `portLevelMtls`. */
function isMutual(port: number, mtls: EnvoyOptions['mtls']): boolean {
  return mtls === 'strict' && port !== PORTS.client;
}

function asServer(identity: Identity): object {
  return transportSocket({
    '@type': `${TLS}DownstreamTlsContext`,
    require_client_certificate: true,
    common_tls_context: tlsContext(identity),
  });
}

function asClient(identity: Identity): object {
  return transportSocket({
    '@type': `${TLS}UpstreamTlsContext`,
    common_tls_context: tlsContext(identity),
  });
}

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.';

function transportSocket(context: object): object {
  return {
    transport_socket: { name: 'envoy.transport_sockets.tls', typed_config: context },
  };
}

function tlsContext({ certificate, key, root }: Identity): object {
  return {
    alpn_protocols: ['istio'],
    tls_certificates: [
      { certificate_chain: { filename: certificate }, private_key: { filename: key } },
    ],
    validation_context: { trusted_ca: { filename: root } },
  };
}
