import { asClient, asServer, type Identity, isMutual } from './envoy-tls.ts';
import type { EnvoyOptions } from './mesh.ts';
import { PORTS } from './zookeeper.ts';

/** The headless service of the members, all of whose ports are those that the servers listen on. */
const SERVICE = 'zk-headless.lab.svc.cluster.local';
const LISTENER = { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener' };

/** What Istio's `listener_builder.go`, `listener.go` and `listener_inbound.go` make for the ports between members. */
export function listenersOf(
  options: EnvoyOptions,
  identity: Identity,
  peers: readonly string[],
): readonly unknown[] {
  const chain = (cluster: string): object => chainTo(cluster, options);
  return [
    {
      ...LISTENER,
      name: 'virtualOutbound',
      traffic_direction: 'OUTBOUND',
      address: address('0.0.0.0', 15_001),
      use_original_dst: true,
      filter_chains: [chain('PassthroughCluster')],
    },
    // Of a headless service each member has listeners of its own, this pod excepted.
    ...peers.flatMap((peer) =>
      Object.values(PORTS).map((port) => ({
        ...LISTENER,
        name: `${peer}_${port}`,
        traffic_direction: 'OUTBOUND',
        address: address(peer, port),
        bind_to_port: false,
        filter_chains: [chain(`outbound|${port}||${SERVICE}`)],
      })),
    ),
    virtualInbound(options, identity),
  ];
}

/** Catch-all chains stand among those of the ports; which one serves is a matter of port, TLS and ALPN. */
function virtualInbound(options: EnvoyOptions, identity: Identity): object {
  const { mtls } = options;
  const ports = Object.values(PORTS);
  const toPort = (port: number): object[] => {
    const match = { destination_port: port };
    const chain = { name: `0.0.0.0_${port}`, ...chainTo(`inbound|${port}||`, options) };
    return takes(isMutual(port, mtls), match, chain, identity);
  };
  const rest = { name: 'virtualInbound', ...chainTo('InboundPassthroughCluster', options) };
  return {
    ...LISTENER,
    name: 'virtualInbound',
    traffic_direction: 'INBOUND',
    address: address('0.0.0.0', 15_006),
    listener_filters: [
      listenerFilter('original_dst', 'OriginalDst'),
      {
        ...listenerFilter('tls_inspector', 'TlsInspector'),
        // Istiod inspects only ports whose chains ask for TLS.
        filter_disabled: anyOf(ports.filter((port) => !isMutual(port, mtls))),
      },
    ],
    filter_chains: [
      {
        name: 'virtualInbound-blackhole',
        filter_chain_match: { destination_port: 15_006 },
        ...chainTo('BlackHoleCluster', options),
      },
      ...takes(mtls === 'strict', {}, rest, identity),
      ...ports.flatMap(toPort),
    ],
  };
}

function takes(mutual: boolean, match: object, chain: object, identity: Identity): object[] {
  return mutual
    ? [
        {
          ...chain,
          filter_chain_match: { ...match, transport_protocol: 'tls' },
          ...asServer(identity),
        },
      ]
    : [{ ...chain, filter_chain_match: { ...match, transport_protocol: 'raw_buffer' } }];
}

function anyOf(ports: readonly number[]): object {
  const rules = ports.map((port) => ({
    destination_port_range: { start: port, end: port + 1 },
  }));
  return {
    or_match: { rules: [...rules, { destination_port_range: { start: 15_006, end: 15_007 } }] },
  };
}

function listenerFilter(name: string, message: string): object {
  const type = `type.googleapis.com/envoy.extensions.filters.listener.${name}.v3.${message}`;
  return { name: `envoy.filters.listener.${name}`, typed_config: { '@type': type } };
}

function chainTo(cluster: string, { idleTimeoutS }: EnvoyOptions): object {
  return { filters: [tcpProxy(cluster, idleTimeoutS)] };
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
    { name: 'BlackHoleCluster', type: 'STATIC' },
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
