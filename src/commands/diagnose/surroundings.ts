import type { Surrounding } from '../../model/collection.ts';
import { type Profile, peerPorts } from '../../model/profile.ts';
import { type NamesContext, strangeNames } from './configured-names.ts';
import type { CallLimits, Kubectl } from './kubectl.ts';
import { type Located, OBJECT_LIMITS } from './locate.ts';
import {
  type ConfigMapObject,
  configMapsIn,
  type DisruptionBudgetObject,
  disruptionBudgetsIn,
  endpointSlicesIn,
  objectsIn,
  type PodObject,
  peerAuthenticationsIn,
  servicesIn,
} from './objects.ts';
import { configMapsOf, picks, runningContainers, serverContainer } from './pods.ts';
import {
  endpointSurroundings,
  policySurroundings,
  serviceSurroundings,
} from './service-surroundings.ts';
import { isMeshContainer } from './system.ts';

interface Around {
  readonly surroundings: readonly Surrounding[];
  readonly gaps: readonly string[];
}

const LIMITS: CallLimits = OBJECT_LIMITS;

/** What Services, ConfigMaps and disruption budgets say, as far as the rights go. Never rejects. */
export async function surroundingsOf(
  kubectl: Kubectl,
  located: Located,
  profile: Profile,
): Promise<Around> {
  const gaps: string[] = [];
  const get = async <T>(
    kind: string,
    read: (objects: readonly unknown[]) => T[],
    names: readonly string[] = [],
  ): Promise<readonly T[] | null> => {
    const result = await kubectl.run(['get', kind, ...names, '-o', 'json'], LIMITS);
    const objects = objectsIn(result.out);
    if (result.kind === 'ok' && objects !== null) return read(objects);
    if (result.kind === 'failed' && result.why === 'no-such-kind') return null;
    gaps.push(
      `${kind} cannot be read: ${result.kind === 'ok' ? 'the answer is not JSON' : result.reason}`,
    );
    return null;
  };
  const maps = [...new Set([...located.pods.values()].flatMap(configMapsOf))];
  const pods = [...located.pods.values()];
  const isMeshed = pods.some((pod) => runningContainers(pod).some(isMeshContainer));
  const [services, slices, budgets, configMaps, policies] = await Promise.all([
    get('services', servicesIn),
    get('endpointslices', endpointSlicesIn),
    get('poddisruptionbudgets', disruptionBudgetsIn),
    maps.length === 0 ? [] : get('configmaps', configMapsIn, maps),
    isMeshed ? get('peerauthentications', peerAuthenticationsIn) : [],
  ]);
  const context: NamesContext = {
    pods: located.names,
    addresses: pods.flatMap(({ status }) => (status.podIPs ?? []).map(({ ip }) => ip)),
    service: located.set?.spec.serviceName ?? null,
    services: services?.map(({ metadata }) => metadata.name) ?? null,
    namespace: located.namespace,
    peerPorts: peerPorts(profile),
    memberList: profile.advice.memberList,
  };
  return {
    surroundings: [
      ...(services === null ? [] : serviceSurroundings(located, services)),
      ...endpointSurroundings(located, slices ?? []),
      ...policySurroundings(located, policies ?? []),
      ...strangeNames([...textsOfPods(pods), ...textsOfMaps(configMaps ?? [])], context),
      ...(budgets === null ? [] : budgetSurroundings(located, budgets)),
    ],
    gaps,
  };
}

function textsOfPods(pods: readonly PodObject[]) {
  return pods.flatMap((pod) =>
    runningContainers(pod).map((one) => ({
      where: `container ${one.name} of ${pod.metadata.name}`,
      text: serverContainer(one).text,
    })),
  );
}

function textsOfMaps(maps: readonly ConfigMapObject[]) {
  return maps.flatMap(({ metadata, data }) =>
    Object.entries(data ?? {}).map(([key, text]) => ({
      where: `configmap/${metadata.name}, ${key}`,
      text,
    })),
  );
}

function budgetSurroundings(
  { set, pods, size }: Located,
  budgets: readonly DisruptionBudgetObject[],
): Surrounding[] {
  const [pod] = [...pods.values()];
  const own = budgets.filter(({ spec }) => picks(spec.selector?.matchLabels, pod?.metadata.labels));
  const [budget] = own;
  const title = set === null ? 'these pods' : `statefulset/${set.metadata.name}`;
  if (budget === undefined) {
    return [
      {
        code: 'no-disruption-budget',
        severity: 'info',
        headline: 'no disruption budget protects the quorum',
        summary: `No PodDisruptionBudget selects the pods of ${title}.`,
        evidence: [],
        cause: 'Draining a node may take several members at once.',
        remedy: 'Create one with maxUnavailable: 1.',
      },
    ];
  }
  const bearable = size.kind === 'known' ? Math.floor((size.members - 1) / 2) : null;
  const { maxUnavailable } = budget.spec;
  if (bearable === null || typeof maxUnavailable !== 'number' || maxUnavailable <= bearable)
    return [];
  return [
    {
      code: 'disruption-budget-too-wide',
      severity: 'warning',
      headline: `the disruption budget ${budget.metadata.name} allows the quorum to be lost`,
      summary: `PodDisruptionBudget ${budget.metadata.name} allows ${maxUnavailable} members to be evicted, but only ${bearable} may be lost.`,
      evidence: [`poddisruptionbudget/${budget.metadata.name}: maxUnavailable: ${maxUnavailable}`],
      cause: 'Draining a node may take the quorum with it.',
      remedy: 'Set maxUnavailable: 1.',
    },
  ];
}
