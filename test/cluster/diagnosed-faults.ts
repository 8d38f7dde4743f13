import type { Breaker } from './breaker.ts';
import { diagnosis, HEALTHY, START_MS, shows } from './diagnosing.ts';
import { containersOf, podOf } from './ensemble.ts';
import { kubectlIn } from './kubernetes.ts';
import { eventually } from './retry.ts';

/** A ZooKeeper ensemble that is to be broken and diagnosed. */
export interface Stage {
  readonly namespace: string;
  readonly breaker: Breaker;
}

const MEMBERS = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'];
/** The kubelet waits for 10 s, then 20 s, 40 s, … before it starts a container again. */
const KILLED_MS = 420_000;

/** Waits until diagnose calls the ensemble healthy. */
export function healthy({ namespace }: Stage): Promise<string> {
  return shows(namespace, { line: HEALTHY, code: 0, withinMs: START_MS });
}

/** Each breaks an ensemble, waits for the right first line, mends it, and gives what the table is to show. */
export const FAULTS: readonly (readonly [string, (stage: Stage) => Promise<string>])[] = [
  ['a member that is cut off', cutOff],
  ['the direction that loses packets', oneWay],
  ['a server that hangs', hung],
  ['two servers that are killed, while they are down', killed],
];

async function cutOff(stage: Stage): Promise<string> {
  const { namespace, breaker } = stage;
  const heal = await breaker.cut(namespace, 'zookeeper-2');
  const line = /2 of 3 voters .*zookeeper-2 is partitioned from both/;
  const shown = await shows(namespace, { line, code: 1 });
  await heal();
  await healthy(stage);
  return shown;
}

async function oneWay(stage: Stage): Promise<string> {
  const { namespace, breaker } = stage;
  const { ensemble } = await diagnosis(namespace);
  const [leader = ''] = ensemble?.leaders ?? [];
  const follower = MEMBERS.find((pod) => pod !== leader) ?? '';
  const heal = await breaker.lose(namespace, leader, follower);
  const line = new RegExp(`what ${leader} sends does not reach ${follower}`);
  const shown = await shows(namespace, { line, code: 1 });
  await heal();
  await healthy(stage);
  return shown;
}

async function hung(stage: Stage): Promise<string> {
  const { namespace, breaker } = stage;
  await breaker.signal(namespace, 'zookeeper-1', 'zookeeper', 'STOP');
  const shown = await shows(namespace, { line: /zookeeper-1 hangs/, code: 1 });
  await breaker.signal(namespace, 'zookeeper-1', 'zookeeper', 'CONT');
  await healthy(stage);
  return shown;
}

async function killed(stage: Stage): Promise<string> {
  const { namespace, breaker } = stage;
  const victims = ['zookeeper-0', 'zookeeper-1'];
  const stateOf = async (pod: string) => {
    const all = containersOf(await podOf(namespace, pod));
    return all.find(({ name }) => name === 'zookeeper')?.state;
  };
  // The kubelet starts them again at once, and each time later: soon both are down for as long as a diagnosis takes.
  const first = () =>
    eventually({
      what: 'both wait to be started again',
      withinMs: KILLED_MS,
      async ask() {
        const states = await Promise.all(victims.map(stateOf));
        for (const [at, state] of states.entries()) {
          const pod = victims[at] ?? '';
          // It may have ended by itself meanwhile.
          if (state?.running) await breaker.kill(namespace, pod, 'zookeeper').catch(() => {});
        }
        return states.every((state) => state?.waiting?.reason === 'CrashLoopBackOff') || null;
      },
    });
  const line = /No quorum: .*; zookeeper-0 and zookeeper-1 do not run/;
  const shown = await shows(namespace, { line, code: 1, withinMs: KILLED_MS, first });
  // New pods do not wait.
  await kubectlIn(namespace, ['delete', 'pod', ...victims]);
  await healthy(stage);
  return shown;
}
