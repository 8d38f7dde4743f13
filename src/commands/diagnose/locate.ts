import { Problem } from '../../config/problem.ts';
import type { KnownSize } from '../../model/collection.ts';
import type { Kubectl, KubectlResult } from './kubectl.ts';
import {
  objectsIn,
  type PodObject,
  podsIn,
  type StatefulSetObject,
  statefulSetsIn,
} from './objects.ts';
import { ownerOf, selectorText } from './pods.ts';
import { type Target, targetText } from './target.ts';

/** The members of an ensemble as Kubernetes knows them. */
export interface Located {
  readonly namespace: string | null;
  /** The one StatefulSet that owns them; `null` where there is none, several, or no right to read it. */
  readonly set: StatefulSetObject | null;
  readonly size: KnownSize;
  /** All members, in their order, those without a pod included. */
  readonly names: readonly string[];
  readonly pods: ReadonlyMap<string, PodObject>;
  readonly gaps: readonly string[];
}

/** For lists of objects; the API server may be far away. */
export const OBJECT_LIMITS = { timeoutMs: 12_000, maxBytes: 32 * 1024 * 1024 };

/** Members above this are not asked: each costs several calls. */
const MOST_MEMBERS = 64;

/** Finds the pods of a target. Rejects with a Problem where nothing can be judged without them. */
export async function locate(kubectl: Kubectl, target: Target): Promise<Located> {
  const located = await find(kubectl, target);
  if (located.names.length === 0) {
    throw new Problem(
      `${targetText(target)} has no pod${inNamespace(located)}; see kubectl get pods`,
    );
  }
  if (located.names.length > MOST_MEMBERS) {
    throw new Problem(
      `${targetText(target)} has ${located.names.length} pods; at most ${MOST_MEMBERS} are asked: name one ensemble`,
    );
  }
  return located;
}

function inNamespace({ namespace }: Pick<Located, 'namespace'>): string {
  return namespace === null ? '' : ` in namespace ${namespace}`;
}

async function find(kubectl: Kubectl, target: Target): Promise<Located> {
  if (target.kind !== 'statefulset') {
    const pods = await podsOf(kubectl, target);
    return await ofPods(kubectl, target, pods);
  }
  const result = await kubectl.run(
    ['get', 'statefulset', target.name, '-o', 'json'],
    OBJECT_LIMITS,
  );
  const [set] = objectsOf(result, statefulSetsIn);
  if (set === undefined) {
    if (result.kind === 'failed' && result.why !== 'forbidden') throw fatal(target, result);
    const all = await podsBy(kubectl, target, []);
    const pods = all.filter((pod) => ownerOf(pod) === target.name);
    const gaps = [`the StatefulSet cannot be read: ${reasonOf(result)}`];
    return { ...withoutSet(pods, 'no right to read the StatefulSet'), gaps };
  }
  const all = await podsBy(kubectl, target, ['-l', selectorText(set)]);
  const pods = all.filter((pod) => ownerOf(pod) === set.metadata.name);
  return ofSet(set, pods);
}

function ofSet(set: StatefulSetObject, pods: readonly PodObject[]): Located {
  const { replicas, ordinals } = set.spec;
  const first = ordinals?.start ?? 0;
  const members = replicas ?? 1;
  const names = Array.from({ length: Math.min(members, MOST_MEMBERS + 1) }, (_, at) =>
    [set.metadata.name, first + at].join('-'),
  );
  const beyond = pods.filter(({ metadata: { name } }) => !names.includes(name));
  return {
    namespace: set.metadata.namespace ?? null,
    set,
    size: { kind: 'known', members, by: `replicas of statefulset/${set.metadata.name}` },
    names,
    pods: byName(pods),
    gaps: beyond.map(
      ({ metadata: { name } }) => `pod ${name} is beyond the ${members} replicas and is left out`,
    ),
  };
}

/** Pods by name or label: their StatefulSet says how many there should be. */
async function ofPods(
  kubectl: Kubectl,
  target: Target,
  pods: readonly PodObject[],
): Promise<Located> {
  const owners = [...new Set(pods.map(ownerOf))];
  const [owner] = owners;
  if (owners.length !== 1 || owner === null || owner === undefined) {
    return withoutSet(pods, 'no one StatefulSet owns these pods');
  }
  const result = await kubectl.run(['get', 'statefulset', owner, '-o', 'json'], OBJECT_LIMITS);
  const [set] = objectsOf(result, statefulSetsIn);
  if (set === undefined) {
    const gaps = [`statefulset/${owner} cannot be read: ${reasonOf(result)}`];
    return { ...withoutSet(pods, `no right to read statefulset/${owner}`), gaps };
  }
  const whole = ofSet(set, pods);
  if (target.kind === 'pods') return whole;
  const missing = whole.names.filter((name) => !whole.pods.has(name));
  const gaps = missing.map(
    (name) => `pod ${name} of statefulset/${owner} is not among the pods found`,
  );
  return { ...whole, gaps: [...whole.gaps, ...gaps] };
}

function withoutSet(pods: readonly PodObject[], reason: string): Located {
  const names = pods.map(({ metadata: { name } }) => name);
  return {
    namespace: pods[0]?.metadata.namespace ?? null,
    set: null,
    size: { kind: 'unknown', reason },
    names: names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    pods: byName(pods),
    gaps: [],
  };
}

async function podsOf(kubectl: Kubectl, target: Exclude<Target, { kind: 'statefulset' }>) {
  return await podsBy(
    kubectl,
    target,
    target.kind === 'selector' ? ['-l', target.selector] : target.names,
  );
}

async function podsBy(kubectl: Kubectl, target: Target, which: readonly string[]) {
  const result = await kubectl.run(['get', 'pods', ...which, '-o', 'json'], OBJECT_LIMITS);
  const pods = objectsOf(result, podsIn);
  if (pods.length === 0 && result.kind === 'failed') throw fatal(target, result);
  const missing =
    target.kind === 'pods'
      ? target.names.find((name) => !pods.some(({ metadata }) => metadata.name === name))
      : undefined;
  if (missing !== undefined) {
    throw new Problem(
      `there is no pod ${missing}; name the pods as kubectl get pods prints them, or write statefulset/NAME`,
    );
  }
  return pods;
}

function objectsOf<T>(result: KubectlResult, read: (objects: readonly unknown[]) => T[]): T[] {
  return read(objectsIn(result.out) ?? []);
}

function reasonOf(result: KubectlResult): string {
  return result.kind === 'failed' ? result.reason : 'the answer is not understood';
}

function fatal(target: Target, result: Extract<KubectlResult, { kind: 'failed' }>): Problem {
  const { why, reason } = result;
  if (why === 'no-kubectl') {
    return new Problem(`${reason}; install kubectl, or put it on the PATH`);
  }
  const what = why === 'timeout' ? `the cluster gives ${reason}` : reason;
  const advice =
    why === 'forbidden'
      ? 'ask for the right to get pods'
      : why === 'not-found'
        ? 'see kubectl get statefulsets, and give -n NAMESPACE'
        : 'check kubectl with the same --context and -n';
  return new Problem(`${targetText(target)} cannot be found: ${what}; ${advice}`);
}

function byName(pods: readonly PodObject[]): ReadonlyMap<string, PodObject> {
  return new Map(pods.map((pod) => [pod.metadata.name, pod]));
}
