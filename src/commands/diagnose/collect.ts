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
import { type ReadEdges, type Reader, readPod } from './read-pod.ts';
import { surroundingsOf } from './surroundings.ts';
import { adminPortOf, probePortOf, readersOf } from './system.ts';

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
  /** Adds a container to read a pod in; `null` where none is to be added. */
  readonly helper: (pod: string) => Promise<Reader | { readonly failed: string } | null>;
}

/** Two reads further apart than the least by this, since a clock may step by a millisecond. */
const SPARE_MS = 50;

/** Asks every pod, side by side. Never rejects: what could not be had is in the collection. */
export async function collect(plan: CollectPlan, edges: CollectEdges): Promise<Collection> {
  const { located, names, profile, profileBy } = plan;
  const at = edges.wallClock().toISOString();
  const around = surroundingsOf(edges.kubectl, located, profile);
  const first = await readAll(plan, edges);
  // While the second read is waited for, so that the answers and the tables are of about the same time.
  const [answers, second] = await Promise.all([
    Promise.all(names.map((name) => askOne(plan, edges, name))),
    readAgain(first, edges),
  ]);
  const { surroundings, gaps } = await around;
  const known: KnownProfile = { kind: 'known', name: profile.name, by: profileBy };
  return {
    at,
    target: plan.target,
    namespace: located.namespace,
    profile: known,
    size: plan.size,
    pods: names.map((name, index): CollectedPod => {
      const { gaps: _, ...answered } = answers[index] ?? NOTHING_ASKED;
      const reads = [first[index]?.read ?? NEVER, second[index] ?? NEVER] as const;
      return { facts: factsFor(located, name), reads, ...answered };
    }),
    surroundings,
    gaps: [...located.gaps, ...answers.flatMap((one) => one.gaps), ...gaps],
    damage: [],
  };
}

const NOTHING_ASKED: Answers = { srvr: null, envoy: null, report: null, gaps: [] };
const NEVER: PodRead = { kind: 'failed', why: 'unreadable', reason: 'it was not read' };

/** Phases in which no container can run. */
const NOT_RUNNING: ReadonlySet<string> = new Set(['Pending', 'Failed', 'Succeeded']);

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

/** A pod's first read, and the way to read it once more. */
interface FirstRead {
  readonly read: PodRead;
  readonly again: () => Promise<PodRead>;
}

/** All pods once, side by side. */
async function readAll(plan: CollectPlan, edges: CollectEdges): Promise<FirstRead[]> {
  const { names, located, profile } = plan;
  let done = 0;
  const readers = await Promise.all(
    names.map(async (name): Promise<() => Promise<PodRead>> => {
      const pod = located.pods.get(name);
      const ways = pod === undefined ? [] : await readersIn(plan, pod, profile);
      return async () => {
        const read = await readOne(edges, name, pod, ways);
        done += 1;
        edges.onProgress(`tables of ${names.length} pods: ${done} of ${names.length * 2} reads`);
        return read;
      };
    }),
  );
  return await Promise.all(readers.map(async (again) => ({ read: await again(), again })));
}

/** All pods again, when the first reads of all are long enough ago. */
async function readAgain(first: readonly FirstRead[], edges: CollectEdges): Promise<PodRead[]> {
  const ends = first.flatMap(({ read }) => (read.kind === 'read' ? [read.endMs] : []));
  if (ends.length > 0) {
    await edges.delay(Math.max(0, Math.max(...ends) + APART_MS + SPARE_MS - edges.clock()));
  }
  // What did not work once would only cost the same time again.
  return await Promise.all(
    first.map(({ read, again }) => (read.kind === 'failed' ? read : again())),
  );
}

async function readersIn(
  { helper }: CollectPlan,
  pod: PodObject,
  profile: Profile,
): Promise<readonly Reader[] | string> {
  const added = await helper(pod.metadata.name);
  if (added === null) return readersOf(pod, profile);
  return 'failed' in added ? added.failed : [added];
}

async function readOne(
  edges: CollectEdges,
  name: string,
  pod: PodObject | undefined,
  ways: readonly Reader[] | string,
): Promise<PodRead> {
  if (pod === undefined)
    return { kind: 'failed', why: 'not-running', reason: 'there is no such pod' };
  if (typeof ways === 'string') return { kind: 'failed', why: 'unreadable', reason: ways };
  const { phase, troubles } = factsOf(pod);
  if (phase !== 'Running') {
    const why = NOT_RUNNING.has(phase) ? 'not-running' : 'unreadable';
    return { kind: 'failed', why, reason: `its phase is ${[phase, ...troubles].join(', ')}` };
  }
  return await readPod(edges, name, ways);
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
    probe: probePortOf(pod, profile),
  });
  return await askPod(kubectl, name, located.namespace, profile, questions);
}
