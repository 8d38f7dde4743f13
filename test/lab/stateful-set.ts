import { setTimeout as sleep } from 'node:timers/promises';
import type { Ensemble, Member } from './ensemble.ts';
import type { Resolver } from './resolver.ts';

/** What a StatefulSet and its headless service say about pods that are not ready. */
export interface Policy {
  /** `OrderedReady` makes a pod only when the one before it is ready. */
  readonly management: 'OrderedReady' | 'Parallel';
  /** Whether the service publishes pods before they are ready. */
  readonly publishNotReadyAddresses: boolean;
}

const PROBE_PERIOD_MS = 1000;

/**
 * Does what the controller, the kubelet and the cluster's DNS do between them: makes the pods,
 * asks their readiness each second and publishes their names by it. Ends when all are ready.
 * @throws when they are not within `withinMs`.
 */
export async function rollOut(
  { members, watch }: Ensemble,
  resolver: Resolver,
  policy: Policy,
  withinMs: number,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  const made: Member[] = [];
  const isReady = ({ pod }: Member): boolean => watch.states[pod.index]?.readyz === 200;
  for (;;) {
    const shown = made.filter((member) => policy.publishNotReadyAddresses || isReady(member));
    await resolver.publish(shown.map(({ pod }) => pod));
    if (made.length === members.length && made.every(isReady)) return;
    const next = members.slice(
      made.length,
      policy.management === 'Parallel' ? undefined : made.length + 1,
    );
    if (policy.management === 'Parallel' || made.every(isReady)) {
      for (const member of next) {
        await Promise.all([member.server.start(), member.agent.start()]);
        made.push(member);
      }
    }
    if (Date.now() > deadline) {
      const states = made.map((member) => `${member.pod.name} ready ${isReady(member)}`);
      throw new Error(`not rolled out within ${withinMs} ms: ${states.join(', ')}`);
    }
    await sleep(PROBE_PERIOD_MS);
  }
}

/** Ends every container of every pod, as when a whole set is deleted. */
export async function deleteAll({ members }: Ensemble, resolver: Resolver): Promise<void> {
  await Promise.all(members.flatMap(({ server, agent }) => [server.stop(), agent.stop()]));
  await resolver.publish([]);
}
