import * as z from 'zod';
import { afterwards } from './afterwards.ts';
import { IMAGES } from './images.ts';
import { type Api, kubectl, kubectlIn } from './kubernetes.ts';

/** The labels of one series of an answer. */
export type Series = Readonly<Record<string, string>>;

export interface Prometheus {
  query(expression: string): Promise<readonly Series[]>;
  rules(): Promise<z.infer<typeof rulesSchema>['data']>;
}

interface Wanted {
  readonly api: Api;
  readonly namespace: string;
  readonly rules: string;
  readonly scrapeConfigs: readonly object[];
  /** ConfigMaps that may come later, whose `*.scrape.yaml` and `*.rules.yaml` it then loads too. */
  readonly later?: readonly string[];
}

const answerSchema = z.looseObject({
  data: z.looseObject({
    result: z.array(z.looseObject({ metric: z.record(z.string(), z.string()) })),
  }),
});

const rulesSchema = z.looseObject({
  data: z.looseObject({
    groups: z.array(
      z.looseObject({ rules: z.array(z.looseObject({ name: z.string(), health: z.string() })) }),
    ),
  }),
});

/** Starts Prometheus as a pod that may list the cluster's pods, as its service discovery needs. */
export async function startPrometheus(wanted: Wanted): Promise<Prometheus> {
  const { api, namespace } = wanted;
  const list = { apiVersion: 'v1', kind: 'List', items: objects(wanted) };
  await kubectlIn(namespace, ['apply', '--filename=-'], JSON.stringify(list));
  const kinds = [`clusterrole/${namespace}`, `clusterrolebinding/${namespace}`];
  afterwards(() => kubectl(['delete', '--ignore-not-found', ...kinds]));
  await kubectlIn(namespace, ['wait', '--for=condition=Ready', 'pod/prometheus', '--timeout=60s']);
  const get = async (path: string): Promise<unknown> => {
    const pod = `/api/v1/namespaces/${namespace}/pods/prometheus:9090/proxy`;
    return JSON.parse((await api.get(`${pod}/api/v1/${path}`)).body);
  };
  return {
    async query(expression) {
      const answer = answerSchema.parse(await get(`query?query=${encodeURIComponent(expression)}`));
      return answer.data.result.map(({ metric }) => metric);
    },
    rules: async () => rulesSchema.parse(await get('rules')).data,
  };
}

function objects({ namespace, rules, scrapeConfigs, later = [] }: Wanted): readonly object[] {
  const rbac = 'rbac.authorization.k8s.io';
  const metadata = { name: 'prometheus' };
  const configuration = {
    global: { evaluation_interval: '5s' },
    rule_files: ['/etc/prometheus/rules.yaml', '/etc/later/*.rules.yaml'],
    scrape_config_files: ['/etc/later/*.scrape.yaml'],
    scrape_configs: scrapeConfigs,
  };
  const data = { 'prometheus.yml': JSON.stringify(configuration), 'rules.yaml': rules };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: namespace },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: namespace },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: namespace },
      subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: podWith(later) },
  ];
}

const POD = {
  serviceAccountName: 'prometheus',
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65_534,
    fsGroup: 65_534,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'prometheus',
      image: IMAGES.prometheus,
      args: [
        ...['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/data'],
        ...['--enable-feature=auto-reload-config', '--config.auto-reload-interval=5s'],
      ],
      readinessProbe: { httpGet: { path: '/-/ready', port: 9090 }, periodSeconds: 1 },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      volumeMounts: [
        { name: 'configuration', mountPath: '/etc/prometheus' },
        { name: 'later', mountPath: '/etc/later' },
        { name: 'data', mountPath: '/data' },
      ],
    },
  ],
  volumes: [
    { name: 'configuration', configMap: { name: 'prometheus' } },
    { name: 'data', emptyDir: {} },
  ],
};

function podWith(later: readonly string[]): object {
  const sources = later.map((name) => ({ configMap: { name, optional: true } }));
  const volume = sources.length === 0 ? { emptyDir: {} } : { projected: { sources } };
  return { ...POD, volumes: [...POD.volumes, { name: 'later', ...volume }] };
}
