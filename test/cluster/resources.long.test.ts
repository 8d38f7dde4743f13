/**
 * What the kubelet reports of the probe's memory and processor time after ten minutes: `npm run test:cluster --
 * resources`. It runs only where it is named.
 */
import { before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterCase } from './case.ts';
import { askProbe, type Ensemble, healthy, podOf } from './ensemble.ts';
import { type Api, startApi } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';
import { apply, renderExample } from './overlay.ts';

const PODS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
const VARIANTS = [
  { name: 'observe', components: ['observe'] },
  { name: 'gate', components: ['observe', 'gate'] },
  { name: 'native-gate-hold', components: ['native-sidecar', 'native-sidecar-gate', 'hold'] },
] as const;
const WATCHED_MS = 10 * 60_000;
const SCRAPE_MS = 15_000;
const START_MS = 300_000;
/** What every container's memory limit is. */
const LIMIT_MIB = 128;

let api: Api;
const ensembles: Ensemble[] = [];

before(async () => {
  api = await startApi();
  for (const { name, components } of VARIANTS) {
    const namespace = await makeNamespace(name);
    const ensemble = { namespace, api, pods: PODS };
    const paths = components.map((component) => `components/${component}`);
    await apply(namespace, await renderExample({ components: paths }));
    await healthy(ensemble, START_MS);
    ensembles.push(ensemble);
  }
});

/** One container as /stats/summary has it. */
interface Container {
  readonly name: string;
  readonly memory: {
    readonly workingSetBytes: number;
    readonly usageBytes: number;
    readonly rssBytes: number;
  };
  readonly cpu: { readonly usageNanoCores: number };
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly Container[];
  }[];
}

clusterCase('whole', 'the probe stays far below its limit for ten minutes of scrapes', async () => {
  const until = performance.now() + WATCHED_MS;
  const samples = new Map<string, Container[]>(ensembles.map(({ namespace }) => [namespace, []]));
  while (performance.now() < until) {
    await Promise.allSettled(
      ensembles.flatMap((one) => one.pods.map((pod) => askProbe(one, pod, '/metrics'))),
    );
    for (const { namespace, container } of await probesOf(ensembles)) {
      samples.get(namespace)?.push(container);
    }
    await sleep(SCRAPE_MS);
  }
  const lines = ensembles.map(({ namespace }, index) => {
    const last = samples.get(namespace)?.slice(-PODS.length) ?? [];
    const all = samples.get(namespace) ?? [];
    const most = Math.max(...all.map(({ memory }) => memory.usageBytes / 2 ** 20));
    if (!(most < LIMIT_MIB)) throw new Error(`${namespace} used ${most} MiB`);
    const range = (read: (container: Container) => number) => spread(last.map(read));
    const mib = (read: (container: Container) => number) => range((one) => read(one) / 2 ** 20);
    const cpu = spread(halves(all).map(({ cpu }) => cpu.usageNanoCores / 1e6));
    return [
      VARIANTS[index]?.name,
      `working set ${mib(({ memory }) => memory.workingSetBytes)} MiB`,
      `usage ${mib(({ memory }) => memory.usageBytes)} MiB (at most ${most.toFixed(1)})`,
      `resident ${mib(({ memory }) => memory.rssBytes)} MiB`,
      `CPU ${cpu} m`,
    ].join(', ');
  });
  return lines.join('; ');
});

/** The second half of the samples: what a start costs is over. */
function halves<T>(all: readonly T[]): readonly T[] {
  return all.slice(Math.floor(all.length / 2));
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
}

/** The probes' containers, as the kubelets of their nodes report them. */
async function probesOf(
  all: readonly Ensemble[],
): Promise<readonly { namespace: string; container: Container }[]> {
  const nodes = new Set<string>();
  for (const { namespace, pods } of all) {
    for (const pod of pods) nodes.add((await podOf(namespace, pod)).spec.nodeName ?? '');
  }
  const summaries = await Promise.all(
    [...nodes].map(async (node): Promise<Summary> => {
      return JSON.parse((await api.get(`/api/v1/nodes/${node}/proxy/stats/summary`)).body);
    }),
  );
  return summaries.flatMap(({ pods }) =>
    pods
      .filter(({ podRef }) => all.some(({ namespace }) => namespace === podRef.namespace))
      .flatMap(({ podRef, containers = [] }) =>
        containers
          .filter(({ name }) => name === 'quorum-probe')
          .map((container) => ({ namespace: podRef.namespace, container })),
      ),
  );
}
