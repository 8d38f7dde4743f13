import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Kubectl } from './kubectl.ts';
import { OBJECT_LIMITS } from './locate.ts';
import { objectsIn } from './objects.ts';
import { printable } from './printable.ts';

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

/** The name of the running container, or why there is none. */
export type DebugContainer = string | { readonly failed: string };

/**
 * Adds an ephemeral container to a pod and waits until it runs, or takes one that was added before. Under a
 * policy of restricted pods only kubectl's `restricted` profile is admitted; where the image runs as root
 * and the pod says nothing of users, that one cannot start, and `baseline` is taken.
 */
export async function debugContainer(
  edges: DebugEdges,
  pod: string,
  image: string,
): Promise<DebugContainer> {
  const { kubectl } = edges;
  const before = await statusesOf(kubectl, pod);
  const running = before.find(({ name, state }) => name.startsWith(PREFIX) && state === 'running');
  if (running !== undefined) return running.name;
  const name = `${PREFIX}${randomBytes(3).toString('hex')}`;
  const reasons: string[] = [];
  for (const profile of ['restricted', 'baseline']) {
    const own = profile === 'restricted' ? name : `${name}b`;
    const result = await kubectl.run(
      [
        ...['debug', pod, `--image=${image}`, `--container=${own}`, `--profile=${profile}`],
        ...['--attach=false', '--quiet', '--', 'sleep', String(SLEEP_SECONDS)],
      ],
      OBJECT_LIMITS,
    );
    if (result.kind === 'failed') {
      reasons.push(result.reason);
      if (result.why === 'forbidden' && /ephemeralcontainers/.test(result.reason)) break;
      continue;
    }
    const reason = await started(edges, pod, own);
    if (reason === null) return own;
    reasons.push(reason);
  }
  return {
    failed: `no ephemeral container of ${printable(image)} could be started: ${reasons.join('; ')}`,
  };
}

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
    if (status?.state === 'ended') return 'it ended at once: the image has no sleep';
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
