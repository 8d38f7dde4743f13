import { kubectlIn } from './kubernetes.ts';

/** A system as a user runs it, to which an example of `deploy/` adds the probe. */
export interface System {
  readonly name: string;
  /** The example's folder below `deploy/`. */
  readonly component: string;
  readonly objects: { readonly service: object; readonly statefulSet: object };
  /** What makes one cluster of the servers that run, where they do not find each other themselves. */
  readonly form?: (namespace: string, pods: readonly string[]) => Promise<unknown>;
}

/** Three members of etcd, which know each other by name. */
export function etcd(image: string): System {
  const name = 'etcd';
  const members = [0, 1, 2].map((n) => `${name}-${n}=http://${name}-${n}.${name}:2380`).join();
  const args = [
    '--name=$(POD_NAME)',
    '--data-dir=/data/etcd',
    '--listen-peer-urls=http://0.0.0.0:2380',
    '--listen-client-urls=http://0.0.0.0:2379',
    `--advertise-client-urls=http://$(POD_NAME).${name}:2379`,
    `--initial-advertise-peer-urls=http://$(POD_NAME).${name}:2380`,
    `--initial-cluster=${members}`,
  ];
  return {
    name,
    component: 'examples/etcd',
    objects: objectsOf(name, image, ['etcd', ...args], [2379, 2380]),
  };
}

/** Three masters of a Redis Cluster, made one by redis-cli as its documentation says. */
export function redisCluster(image: string): System {
  const name = 'redis';
  const command = ['redis-server', '--cluster-enabled', 'yes', '--dir', '/data', '--save', ''];
  return {
    name,
    component: 'examples/redis-cluster',
    objects: objectsOf(name, image, [...command, '--protected-mode', 'no'], [6379, 16_379]),
    form: async (namespace, pods) => {
      const [first = ''] = pods;
      const addresses = await kubectlIn(namespace, [
        ...['get', 'pods', `--selector=app=${name}`],
        '--output=jsonpath={range .items[*]}{.status.podIP}:6379{" "}{end}',
      ]);
      const create = ['redis-cli', '--cluster', 'create', ...addresses.trim().split(' ')];
      const exec = ['exec', first, `--container=${name}`, '--'];
      await kubectlIn(namespace, [...exec, ...create, '--cluster-yes']);
    },
  };
}

function objectsOf(
  name: string,
  image: string,
  command: readonly string[],
  ports: readonly number[],
): System['objects'] {
  const labels = { app: name };
  const container = {
    name,
    image,
    command,
    env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    ports: ports.map((containerPort) => ({ name: `tcp-${containerPort}`, containerPort })),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const spec = {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container],
    volumes: [{ name: 'data', emptyDir: {} }],
  };
  const metadata = { name };
  return {
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: labels,
        ports: ports.map((port) => ({ name: `tcp-${port}`, port })),
      },
    },
    statefulSet: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        serviceName: name,
        replicas: 3,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
      },
    },
  };
}
