import { afterwards } from './afterwards.ts';
import { kubectl, kubectlIn } from './kubernetes.ts';

/** Starts a CoreDNS without any server beyond the cluster in a namespace, and gives its address. */
export async function startNameServer(namespace: string): Promise<string> {
  const path = ['--output=jsonpath={.spec.template.spec.containers[0].image}'];
  const image = await kubectlIn('kube-system', ['get', 'deployment', 'coredns', ...path]);
  const list = { apiVersion: 'v1', kind: 'List', items: objects(namespace, image) };
  await kubectlIn(namespace, ['apply', '--filename=-'], JSON.stringify(list));
  const kinds = [`clusterrole/${namespace}`, `clusterrolebinding/${namespace}`];
  afterwards(() => kubectl(['delete', '--ignore-not-found', ...kinds]));
  await kubectlIn(namespace, ['rollout', 'status', 'deployment/name-server', '--timeout=60s']);
  const service = ['get', 'service', 'name-server', '--output=jsonpath={.spec.clusterIP}'];
  return await kubectlIn(namespace, service);
}

const COREFILE = `.:1053 {
    errors
    ready :8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
}
`;

const LABELS = { app: 'name-server' };

function objects(namespace: string, image: string): readonly object[] {
  const metadata = { name: 'name-server' };
  const rbac = 'rbac.authorization.k8s.io';
  const read = ['list', 'watch'];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: namespace },
      rules: [
        {
          apiGroups: [''],
          resources: ['endpoints', 'services', 'pods', 'namespaces'],
          verbs: read,
        },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: namespace },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: namespace },
      subjects: [{ kind: 'ServiceAccount', name: 'name-server', namespace }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: COREFILE } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: LABELS,
        ports: ['UDP', 'TCP'].map((protocol) => ({
          name: `dns-${protocol.toLowerCase()}`,
          port: 53,
          targetPort: 1053,
          protocol,
        })),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: LABELS },
        template: { metadata: { labels: LABELS }, spec: podSpec(image) },
      },
    },
  ];
}

function podSpec(image: string): object {
  return {
    serviceAccountName: 'name-server',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'coredns',
        image,
        args: ['-conf', '/etc/coredns/Corefile'],
        readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
        // The program's file asks for this one, and is not started without.
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        },
        volumeMounts: [{ name: 'configuration', mountPath: '/etc/coredns' }],
      },
    ],
    volumes: [{ name: 'configuration', configMap: { name: 'name-server' } }],
  };
}
