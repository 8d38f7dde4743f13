import { APART_MS } from '../../assess/diagnosis/paths.ts';
import type {
  CollectedPod,
  Collection,
  KnownProfile,
  KnownSize,
  PodFacts,
  PodRead,
} from '../../model/collection.ts';
import type { Profile } from '../../model/profile.ts';
import { type Answers, askPod, questionsFor } from './ask-pod.ts';
import type { Located } from './locate.ts';
import type { PodObject } from './objects.ts';
import { factsOf } from './pods.ts';
import { type ReadEdges, readPod } from './read-pod.ts';
import { surroundingsOf } from './surroundings.ts';
import { adminPortOf, probePortOf, readableContainers } from './system.ts';

export interface CollectEdges extends ReadEdges {
  readonly delay: (ms: number) => Promise<void>;
  /** Is told what is being done, for a person who waits. */
  readonly onProgress: (text: string) => void;
}

/** What is to be collected. */
export interface CollectPlan {
  readonly target: string;
  readonly located: Located;
  readonly profile: Profile;
  readonly profileBy: string;
  readonly size: KnownSize;
  /** All members, in their order. */
  readonly names: readonly string[];
  /** Gives the container to read a pod in, where one was added for it. */
  readonly helper: (pod: string) => Promise<string | { readonly failed: string } | null>;
}

/** Two reads further apart than the least by this, since a clock may step by a millisecond. */
const SPARE_MS = 50;

/** Asks every pod, side by side. Never rejects: what could not be had is in the collection. */
export async function collect(plan: CollectPlan, edges: CollectEdges): Promise<Collection> {
  const { located, names, profile, profileBy } = plan;
  const at = edges.wallClock().toISOString();
  const [reads, answers, around] = await Promise.all([
    readTwice(plan, edges),
    Promise.all(names.map((name) => askOne(plan, edges, name))),
    surroundingsOf(edges.kubectl, located, profile),
  ]);
  const known: KnownProfile = { kind: 'known', name: profile.name, by: profileBy };
  return {
    at,
    target: plan.target,
    namespace: located.namespace,
    profile: known,
    size: plan.size,
    pods: names.map((name, index): CollectedPod => {
      const { gaps: _, ...answered } = answers[index] ?? NOTHING_ASKED;
      return { facts: factsFor(located, name), reads: reads[index] ?? NEVER_READ, ...answered };
    }),
    surroundings: around.surroundings,
    gaps: [...located.gaps, ...answers.flatMap(({ gaps }) => gaps), ...around.gaps],
    damage: [],
  };
}

const NOTHING_ASKED: Answers = { srvr: null, envoy: null, report: null, gaps: [] };
const NEVER: PodRead = { kind: 'failed', reason: 'it was not read' };
const NEVER_READ = [NEVER, NEVER] as const;

function factsFor({ pods }: Located, name: string): PodFacts {
  const pod = pods.get(name);
  if (pod !== undefined) return factsOf(pod);
  return {
    name,
    addresses: [],
    node: null,
    hostNetwork: false,
    phase: 'Absent',
    ready: null,
    troubles: [],
    restarts: 0,
  };
}

/** All pods once, and all again, so that the two reads of each two pods overlap as little as can be. */
async function readTwice(
  plan: CollectPlan,
  edges: CollectEdges,
): Promise<(readonly [PodRead, PodRead])[]> {
  const { names, located, profile } = plan;
  let done = 0;
  const reader = async (name: string): Promise<() => Promise<PodRead>> => {
    const pod = located.pods.get(name);
    const containers = pod === undefined ? [] : await containersOf(plan, pod, profile);
    return async () => {
      const read = await readOne(edges, name, pod, containers);
      done += 1;
      edges.onProgress(`tables of ${names.length} pods: ${done} of ${names.length * 2} reads`);
      return read;
    };
  };
  const readers = await Promise.all(names.map(reader));
  const first = await Promise.all(readers.map((read) => read()));
  const ends = first.flatMap((read) => (read.kind === 'read' ? [read.endMs] : []));
  if (ends.length > 0) {
    await edges.delay(Math.max(0, Math.max(...ends) + APART_MS + SPARE_MS - edges.clock()));
  }
  return await Promise.all(
    readers.map(async (read, at) => {
      const before = first[at] ?? NEVER;
      // What did not work once would only cost the same time again.
      return [before, before.kind === 'failed' ? before : await read()] as const;
    }),
  );
}

async function containersOf(
  { helper }: CollectPlan,
  pod: PodObject,
  profile: Profile,
): Promise<readonly string[] | string> {
  const added = await helper(pod.metadata.name);
  if (added === null) return readableContainers(pod, profile);
  return typeof added === 'string' ? [added] : added.failed;
}

async function readOne(
  edges: CollectEdges,
  name: string,
  pod: PodObject | undefined,
  containers: readonly string[] | string,
): Promise<PodRead> {
  if (pod === undefined) return { kind: 'failed', reason: 'there is no such pod' };
  if (typeof containers === 'string') return { kind: 'failed', reason: containers };
  const { phase, troubles } = factsOf(pod);
  if (phase !== 'Running') {
    return { kind: 'failed', reason: `its phase is ${[phase, ...troubles].join(', ')}` };
  }
  return await readPod(edges, name, containers);
}

async function askOne(
  { located, profile }: CollectPlan,
  { kubectl }: CollectEdges,
  name: string,
): Promise<Answers> {
  const pod = located.pods.get(name);
  if (pod === undefined || factsOf(pod).phase !== 'Running') return NOTHING_ASKED;
  const questions = questionsFor(profile, {
    envoyAdmin: adminPortOf(pod),
    probe: probePortOf(pod),
  });
  return await askPod(kubectl, name, located.namespace, profile, questions);
}
