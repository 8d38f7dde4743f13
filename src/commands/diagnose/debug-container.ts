import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Kubectl } from './kubectl.ts';
import { OBJECT_LIMITS } from './locate.ts';
import { objectsIn } from './objects.ts';
import { printable } from './printable.ts';
import { idleInNode, type Reader } from './read-pod.ts';

/** How long the added container stays running, in seconds: it does nothing, and cannot be taken out again. */
const SLEEP_SECONDS = 600;
const START_MS = 30_000;
const POLL_MS = 500;
const PREFIX = 'quorum-probe-reader-';

export interface DebugEdges {
  readonly kubectl: Kubectl;
  readonly clock: () => number;
  readonly delay: (ms: number) => Promise<void>;
}

/** How to read in the container, or why there is none. */
export type DebugContainer = Reader | { readonly failed: string };

/** What keeps a container running: the image's `sleep`, or the Node.js of the project's own. */
const IDLE: Readonly<Record<Reader['by'], readonly string[]>> = {
  cat: ['sleep', String(SLEEP_SECONDS)],
  node: idleInNode(SLEEP_SECONDS),
};

/**
 * Adds an ephemeral container to a pod and waits until it runs, or takes one that was added before. The
 * project's own image has no `cat` and no `sleep`, and Node.js in their place.
 */
export async function debugContainer(
  edges: DebugEdges,
  pod: string,
  image: string,
): Promise<DebugContainer> {
  const before = await statusesOf(edges.kubectl, pod);
  const running = before.find(({ name, state }) => name.startsWith(PREFIX) && state === 'running');
  if (running !== undefined) return readerOf(running.name);
  const reasons: string[] = [];
  const ways: readonly Reader['by'][] = isOwnImage(image) ? ['node'] : ['cat', 'node'];
  for (const by of ways) {
    const added = await add(edges, pod, image, by);
    if ('container' in added) return added;
    reasons.push(...added.reasons);
    if (!added.mayLackProgram) break;
  }
  return {
    failed: `no ephemeral container of ${printable(image)} could be started: ${reasons.join('; ')}`,
  };
}

/** Whether an image has the name of the project's own, in whatever registry. */
function isOwnImage(image: string): boolean {
  return /(?:^|\/)quorum-probe(?:[:@]|$)/.test(image);
}

/** A name that shows by which program it is read, for the next time. */
function newName(by: Reader['by']): string {
  return `${PREFIX}${by}-${randomBytes(3).toString('hex')}`;
}

function readerOf(container: string): Reader {
  return { container, by: container.startsWith(`${PREFIX}node-`) ? 'node' : 'cat' };
}

/**
 * Under a policy of restricted pods only kubectl's `restricted` profile is admitted; where the image runs as root
 * and the pod says nothing of users, that one cannot start, and `baseline` is taken.
 */
async function add(
  edges: DebugEdges,
  pod: string,
  image: string,
  by: Reader['by'],
): Promise<Reader | { readonly reasons: readonly string[]; readonly mayLackProgram: boolean }> {
  const reasons: string[] = [];
  for (const profile of ['restricted', 'baseline']) {
    const container = newName(by);
    const result = await edges.kubectl.run(
      [
        ...['debug', pod, `--image=${image}`, `--container=${container}`, `--profile=${profile}`],
        ...['--attach=false', '--quiet', '--', ...IDLE[by]],
      ],
      OBJECT_LIMITS,
    );
    if (result.kind === 'failed') {
      reasons.push(result.reason);
      if (result.why === 'forbidden' && /ephemeralcontainers/.test(result.reason)) break;
      continue;
    }
    const reason = await started(edges, pod, container);
    if (reason === null) return { container, by };
    if (reason === ENDED)
      return { reasons: [`it has no ${by === 'cat' ? 'sleep' : 'Node.js'}`], mayLackProgram: true };
    reasons.push(reason);
  }
  return { reasons, mayLackProgram: false };
}

const ENDED = 'it ended at once';

/** Waits until a container runs; resolves to `null` then, and else to why it does not. */
async function started(
  { kubectl, clock, delay }: DebugEdges,
  pod: string,
  name: string,
): Promise<string | null> {
  const endMs = clock() + START_MS;
  for (;;) {
    const status = (await statusesOf(kubectl, pod)).find((one) => one.name === name);
    if (status?.state === 'running') return null;
    if (status?.state === 'ended') return ENDED;
    const isRefused = /Config|ErrImage|BackOff|InvalidImage/.test(status?.reason ?? '');
    if (isRefused) return status?.reason ?? 'it is refused';
    if (clock() > endMs)
      return `it does not run after ${START_MS / 1000} s (${status?.reason ?? 'no status'})`;
    await delay(POLL_MS);
  }
}

interface Status {
  readonly name: string;
  readonly state: 'running' | 'waiting' | 'ended';
  readonly reason: string;
}

const statuses = z.looseObject({
  status: z.looseObject({
    ephemeralContainerStatuses: z
      .array(
        z.looseObject({
          name: z.string(),
          state: z.looseObject({
            running: z.looseObject({}).nullish(),
            terminated: z.looseObject({}).nullish(),
            waiting: z.looseObject({ reason: z.string().nullish() }).nullish(),
          }),
        }),
      )
      .nullish()
      .catch(null),
  }),
});

async function statusesOf(kubectl: Kubectl, pod: string): Promise<Status[]> {
  const result = await kubectl.run(['get', 'pod', pod, '-o', 'json'], OBJECT_LIMITS);
  const [object] = objectsIn(result.out) ?? [];
  const found = statuses.safeParse(object).data?.status.ephemeralContainerStatuses ?? [];
  return found.map(({ name, state }) => ({
    name,
    state: state.running ? 'running' : state.terminated ? 'ended' : 'waiting',
    reason: printable(state.waiting?.reason ?? ''),
  }));
}
