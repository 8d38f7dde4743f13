import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentRuntime, stageAgent, startAgent } from './agent.ts';
import { startAgents } from './both-sources.ts';
import { createFabric, type Fabric, type Pod } from './fabric.ts';
import { type MeshOptions, redirect } from './mesh.ts';
import type { Running } from './processes.ts';
import { startProxy } from './proxy.ts';
import { run } from './run-command.ts';
import { startWatch, type Watch } from './watch.ts';
import { workspace } from './workspace.ts';
import { PLAIN, prepareServer, type ServerOptions, startServer } from './zookeeper.ts';

/** One container of a pod, which can end and start again. */
export interface Container {
  start(): Promise<void>;
  /** Ends it and waits for the end; does nothing while it does not run. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface Member {
  readonly pod: Pod;
  readonly server: Container;
  readonly agent: Container;
  /** Null without a mesh. */
  readonly proxy: Container | null;
  /** What the agent has logged, one JSON value a line. */
  agentLog(): Promise<string>;
  /** The pod's tcp and tcp6 tables as the kernel prints them. */
  socketTables(): Promise<string>;
}

export interface Ensemble {
  readonly fabric: Fabric;
  readonly members: readonly Member[];
  readonly watch: Watch;
  stop(): Promise<void>;
}

export interface EnsembleOptions {
  /** Tells several ensembles of one run apart. */
  readonly label: string;
  readonly size: number;
  readonly mesh?: MeshOptions;
  readonly server?: Partial<ServerOptions>;
  readonly agentArguments?: (pod: Pod, fabric: Fabric) => readonly string[];
  /** By default the lab's own Node. */
  readonly agentRuntime?: (pod: Pod) => AgentRuntime | undefined;
  /** Called when the fabric stands and before anything runs in it. */
  readonly prepare?: (fabric: Fabric) => Promise<void>;
}

/** Makes the pods and everything in them, with proxies running and servers and agents still down. */
export async function createEnsemble(options: EnsembleOptions): Promise<Ensemble> {
  const code = await stageAgent();
  const fabric = await createFabric(options.label, options.size);
  const server = { ...PLAIN, ...options.server };
  await options.prepare?.(fabric);
  const members: Member[] = [];
  for (const pod of fabric.pods) {
    members.push(await createMember(code, fabric, pod, server, options));
  }
  const watch = startWatch(fabric);
  return {
    fabric,
    members,
    watch,
    async stop() {
      await watch.stop();
      fabric.remove();
    },
  };
}

/** Starts every server and agent of an ensemble, all at once. */
export async function startTogether(ensemble: Ensemble): Promise<void> {
  await Promise.all(
    ensemble.members.flatMap(({ server, agent }) => [server.start(), agent.start()]),
  );
}

async function createMember(
  code: string,
  fabric: Fabric,
  pod: Pod,
  server: ServerOptions,
  options: EnsembleOptions,
): Promise<Member> {
  const directory = join(workspace().directory, options.label, pod.name);
  await mkdir(directory, { recursive: true });
  await prepareServer(directory, pod, fabric, server);
  const { mesh } = options;
  let proxy: Container | null = null;
  if (mesh !== undefined) {
    const peers = fabric.pods.filter(({ index }) => index !== pod.index);
    proxy = container(() => startProxy(directory, pod, peers, mesh));
    await proxy.start();
    await redirect(pod);
  }
  const args = (options.agentArguments ?? byAddress(server))(pod, fabric);
  return {
    pod,
    proxy,
    server: container(async () => startServer(directory, pod, server)),
    agent: container(async () =>
      startAgents((added, name) =>
        startAgent(code, directory, pod, [...args, ...added], options.agentRuntime?.(pod), name),
      ),
    ),
    agentLog: () => readFile(join(directory, 'agent.log'), 'utf8'),
    socketTables: () =>
      run('ip', ['netns', 'exec', pod.namespace, 'cat', '/proc/net/tcp', '/proc/net/tcp6']),
  };
}

/** The agent told of its ensemble by addresses, so that it looks up no names. */
function byAddress(server: ServerOptions): (pod: Pod, fabric: Fabric) => readonly string[] {
  return (pod, fabric) => {
    const list = (pods: readonly Pod[]): string => pods.map(({ address }) => address).join(',');
    const observers = fabric.pods.filter(({ index }) => server.observers.includes(index));
    return [
      ...['--members', list(fabric.pods), '--pod-ip', pod.address],
      ...(observers.length > 0 ? ['--observers', list(observers)] : []),
    ];
  };
}

/** A container that runs what `begin` starts. */
export function container(begin: () => Promise<Running>): Container {
  let running: Running | null = null;
  return {
    async start() {
      running = await begin();
    },
    async stop(signal) {
      await running?.stop(signal);
      running = null;
    },
    signal(name) {
      running?.signal(name);
    },
  };
}
