import type { Report } from '../../src/model/report.ts';
import { type Api, kubectlIn } from './kubernetes.ts';
import { eventually } from './retry.ts';

/** The port that every probe answers on. */
const PROBE_PORT = 4888;

/** The pods of one StatefulSet, each with a probe. */
export interface Ensemble {
  readonly namespace: string;
  readonly api: Api;
  readonly pods: readonly string[];
}

/** What a pod's probe answers to a path, through the API server. */
export function askProbe({ namespace, api }: Ensemble, pod: string, path: string) {
  return api.get(`/api/v1/namespaces/${namespace}/pods/${pod}:${PROBE_PORT}/proxy${path}`);
}

/** What a pod's probe reports; throws where it does not answer. */
export async function reportOf(ensemble: Ensemble, pod: string): Promise<Report> {
  const { status, body } = await askProbe(ensemble, pod, '/api/v1/report');
  if (status !== 200) throw new Error(`${pod} answers ${status}: ${body.slice(0, 200)}`);
  return JSON.parse(body);
}

/** As much of a pod as the cases read. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount: number;
  readonly ready: boolean;
  readonly state: { readonly running?: object; readonly waiting?: { readonly reason?: string } };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number } };
}

export async function podOf(namespace: string, pod: string): Promise<Pod> {
  return JSON.parse(await kubectlIn(namespace, ['get', 'pod', pod, '--output=json']));
}

/** The containers that go on running, ordinary ones and native sidecars. */
export function containersOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
}

/** Whether the pod is ready, and is not about to go. */
export function isReady({ metadata, status }: Pod): boolean {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && metadata.deletionTimestamp === undefined;
}

/**
 * Waits until every pod is ready and every probe says that all is well, with one leader among them.
 * @returns the leader's pod and the others.
 */
export async function healthy(
  ensemble: Ensemble,
  withinMs: number,
): Promise<{ leader: string; followers: readonly string[] }> {
  const { namespace, pods } = ensemble;
  return eventually({
    what: `all pods of ${namespace} are ready and healthy`,
    withinMs,
    async ask() {
      const states = await Promise.all(
        pods.map(async (name) => {
          const [pod, report] = await Promise.all([
            podOf(namespace, name),
            reportOf(ensemble, name),
          ]);
          return { name, pod, report };
        }),
      );
      const wrong = states.find(({ pod, report }) => !isReady(pod) || report.verdict !== 'healthy');
      if (wrong !== undefined) throw new Error(describe(wrong.name, wrong.pod, wrong.report));
      const roleOf = (role: string) =>
        states.filter(({ report }) => report.role === role).map(({ name }) => name);
      const [leader, ...more] = roleOf('leader');
      return leader === undefined || more.length > 0
        ? null
        : { leader, followers: roleOf('learner') };
    },
  });
}

function describe(name: string, pod: Pod, { verdict, role, findings }: Report): string {
  const found = findings.map(({ code }) => code).join(', ') || 'none';
  return `${name}: ready ${isReady(pod)}, ${role}, ${verdict}, findings: ${found}`;
}
