import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stageAgent, startAgent } from '../agent.ts';
import { sourcesAgree, startAgents } from '../both-sources.ts';
import { type Container, container } from '../ensemble.ts';
import { createFabric, type Fabric, type Pod } from '../fabric.ts';
import { enter, type Running, UIDS } from '../processes.ts';
import { run } from '../run-command.ts';
import { startWatch, type Watch } from '../watch.ts';
import { workspace } from '../workspace.ts';
import { startWord, type Word } from './word.ts';

/** A clustered system of the lab, as the scenarios need it. */
export interface System {
  /** The profile's name, which the tables show too. */
  readonly profile: string;
  /** Tells several ensembles of one run apart. */
  readonly label: string;
  readonly size: number;
  /** Pods without a vote. */
  readonly observers: readonly number[];
  /** Writes one server's files; its directory outlives restarts, as a volume does. */
  readonly prepare: (place: Place) => Promise<void>;
  readonly start: (place: Place) => Running;
  /** Joins servers that all run into one cluster; called once. */
  readonly form: (places: readonly Place[]) => Promise<void>;
  /** Whether the server reports itself as a part of a working cluster, by its own tool; false when silent. */
  readonly says: (place: Place) => Promise<boolean>;
  readonly wordEveryMs: number;
}

/** Where one member lives. */
export interface Place {
  readonly directory: string;
  readonly pod: Pod;
  readonly fabric: Fabric;
}

export interface SystemMember extends Place {
  readonly server: Container;
  readonly agent: Container;
}

export interface SystemEnsemble {
  readonly system: System;
  readonly fabric: Fabric;
  readonly members: readonly SystemMember[];
  readonly watch: Watch;
  readonly word: Word;
  stop(): Promise<void>;
}

/**
 * Makes the pods, starts every server and agent, the agents with `options` beside what they need, and
 * waits until servers and agents call it whole.
 */
export async function startSystem(
  system: System,
  options: readonly string[] = [],
): Promise<SystemEnsemble> {
  const code = await stageAgent();
  const fabric = await createFabric(system.label, system.size);
  const members = await Promise.all(
    fabric.pods.map((pod) => createMember(system, code, fabric, pod, options)),
  );
  const watch = startWatch(fabric, null);
  await Promise.all(members.flatMap(({ server, agent }) => [server.start(), agent.start()]));
  const word = startWord(
    members.map((member) => () => system.says(member)),
    system.wordEveryMs,
  );
  const ensemble: SystemEnsemble = {
    system,
    fabric,
    members,
    watch,
    word,
    async stop() {
      word.stop();
      await watch.stop();
      fabric.remove();
    },
  };
  try {
    await system.form(members);
    await whole(ensemble);
  } catch (error) {
    await ensemble.stop();
    throw error;
  }
  return ensemble;
}

const WHOLE_MS = 120_000;

/** Waits until every server calls itself in order and every agent is ready. */
export async function whole({ watch, word, fabric, system }: SystemEnsemble): Promise<void> {
  await word.until(WHOLE_MS, (says) => says.every(Boolean));
  await watch.until('every member is ready', WHOLE_MS, (states) =>
    states.every(({ readyz, report }) => readyz === 200 && report?.verdict === 'healthy'),
  );
  await sourcesAgree(watch, fabric, `${system.label}, whole`);
}

async function createMember(
  system: System,
  code: string,
  fabric: Fabric,
  pod: Pod,
  options: readonly string[],
): Promise<SystemMember> {
  const directory = join(workspace().directory, system.label, pod.name);
  const place = { directory, pod, fabric };
  await mkdir(directory, { recursive: true });
  await system.prepare(place);
  await run('chown', ['-R', `${UIDS.application}:${UIDS.application}`, directory]);
  const agentDirectory = join(workspace().directory, system.label, `${pod.name}-agent`);
  await mkdir(agentDirectory);
  await chown(agentDirectory, UIDS.agent, UIDS.agent);
  const list = (pods: readonly Pod[]): string => pods.map(({ address }) => address).join(',');
  const observers = fabric.pods.filter(({ index }) => system.observers.includes(index));
  const args = [
    ...['--profile', system.profile, '--members', list(fabric.pods), '--pod-ip', pod.address],
    ...(observers.length > 0 ? ['--observers', list(observers)] : []),
    ...options,
  ];
  return {
    ...place,
    server: container(async () => system.start(place)),
    agent: container(async () =>
      startAgents((added, name) =>
        startAgent(code, agentDirectory, pod, [...args, ...added], undefined, name),
      ),
    ),
  };
}

const TOOL_PATIENCE_S = 2;

/** Runs a tool inside a pod; null when it fails, or answers nothing for too long. */
export async function ask(
  { pod }: Pick<Place, 'pod'>,
  command: readonly string[],
  patienceS = TOOL_PATIENCE_S,
): Promise<string | null> {
  const limited = ['timeout', '--signal=KILL', String(patienceS), ...command];
  return await run('ip', enter(pod.namespace, UIDS.tools, limited)).catch(() => null);
}
