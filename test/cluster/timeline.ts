import { setTimeout as sleep } from 'node:timers/promises';
import { afterwards } from './afterwards.ts';
import { type Ensemble, isReady, type Pod, reportOf } from './ensemble.ts';

/**
 * Who says of a pod that it is ready: its probe, the kubelet, or the client service's EndpointSlice; and `server`, by
 * which the server's container runs in a pod that is not about to go, whatever the quorum.
 */
export type Witness = 'probe' | 'kubelet' | 'endpoints' | 'server';

interface Change {
  readonly atMs: number;
  readonly pod: string;
  readonly witness: Witness;
  readonly ready: boolean;
}

/** Every change of readiness, in the order in which it was seen. */
export interface Timeline {
  /** Seconds on the timeline's own clock. */
  now(): number;
  /** What a witness said of a pod since a time, as seconds after it. */
  since(from: number, pod: string, witness: Witness): readonly { after: number; ready: boolean }[];
  /**
   * Waits until a witness says of a pod what is wanted, at any time after `from`.
   * @returns the seconds from `from` until then. @throws when it has not within `withinMs` from now.
   */
  when(
    from: number,
    pod: string,
    witness: Witness,
    ready: boolean,
    withinMs: number,
  ): Promise<number>;
  stop(): void;
}

const POLL_MS = 150;

interface EndpointSlice {
  readonly endpoints?:
    | readonly {
        readonly conditions: { readonly ready?: boolean };
        readonly targetRef?: { readonly name: string };
      }[]
    | null;
}

/** Begins to watch the pods of an ensemble and the endpoints of its client service, `zookeeper`. */
export function startTimeline(ensemble: Ensemble): Timeline {
  const { api, namespace, pods } = ensemble;
  const changes: Change[] = [];
  const last = new Map<string, boolean>();
  let stopped = false;
  const note = (pod: string, witness: Witness, ready: boolean): void => {
    const key = `${pod} ${witness}`;
    if (stopped || last.get(key) === ready) return;
    last.set(key, ready);
    changes.push({ atMs: performance.now(), pod, witness, ready });
  };
  const stops = [
    api.watch(`/api/v1/namespaces/${namespace}/pods?watch=1`, (event) => {
      const { type, object: pod }: { type: string; object: Pod } = JSON.parse(
        JSON.stringify(event),
      );
      note(pod.metadata.name, 'kubelet', type !== 'DELETED' && isReady(pod));
      note(pod.metadata.name, 'server', type !== 'DELETED' && isServerRunning(pod));
    }),
    api.watch(endpointsPath(namespace), (event) => {
      const { object }: { object: EndpointSlice } = JSON.parse(JSON.stringify(event));
      const ready = new Set(
        object.endpoints
          ?.filter(({ conditions }) => conditions.ready === true)
          .map(({ targetRef }) => targetRef?.name),
      );
      for (const pod of pods) note(pod, 'endpoints', ready.has(pod));
    }),
  ];
  const poll = async (pod: string): Promise<void> => {
    while (!stopped) {
      // A probe that does not answer says nothing.
      const report = await reportOf(ensemble, pod).catch(() => null);
      if (report !== null) note(pod, 'probe', report.ready);
      await sleep(POLL_MS);
    }
  };
  for (const pod of pods) void poll(pod);
  const stop = (): void => {
    stopped = true;
    for (const each of stops) each();
  };
  afterwards(stop);
  const since: Timeline['since'] = (from, pod, witness) =>
    changes
      .filter((change) => change.pod === pod && change.witness === witness)
      .map(({ atMs, ready }) => ({ after: atMs / 1000 - from, ready }))
      .filter((change) => change.after >= 0);
  return {
    now: () => performance.now() / 1000,
    since,
    async when(from, pod, witness, ready, withinMs) {
      const deadline = performance.now() + withinMs;
      while (performance.now() < deadline) {
        const found = since(from, pod, witness).find((change) => change.ready === ready);
        if (found !== undefined) return found.after;
        await sleep(50);
      }
      throw new Error(
        `${witness} of ${pod}: not ${ready ? 'ready' : 'unready'} within ${withinMs} ms`,
      );
    },
    stop,
  };
}

/** Whether the first container that is not the probe's runs in a pod that stays. */
function isServerRunning({ metadata, status }: Pod): boolean {
  const server = status.containerStatuses?.find(({ name }) => name !== 'quorum-probe');
  return server?.state.running !== undefined && metadata.deletionTimestamp === undefined;
}

function endpointsPath(namespace: string): string {
  const ofService = encodeURIComponent('kubernetes.io/service-name=zookeeper');
  return `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?watch=1&labelSelector=${ofService}`;
}

/** How many pods a witness called unready at one moment, at most, since a time. */
export function mostOutAtOnce(
  timeline: Timeline,
  from: number,
  pods: readonly string[],
  witness: Witness,
): number {
  const changes = pods
    .flatMap((pod) => timeline.since(from, pod, witness).map((change) => ({ ...change, pod })))
    .sort((a, b) => a.after - b.after);
  const out = new Set<string>();
  let most = 0;
  for (const { pod, ready } of changes) {
    if (ready) out.delete(pod);
    else out.add(pod);
    most = Math.max(most, out.size);
  }
  return most;
}
