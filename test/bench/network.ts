import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isInstalled, startProgram } from './program.ts';

const run = promisify(execFile);

/** A network namespace without a name: it vanishes with the last process inside. */
export interface Namespace {
  /** The command that runs `command` inside. */
  inside(command: readonly string[]): string[];
  /** A process inside, by which other tools find the namespace. */
  readonly pid: number;
  close(): Promise<void>;
}

/** What is missing to make namespaces, or `null`. */
export function whyNoNamespaces(): string | null {
  if (process.getuid?.() !== 0) return 'root is needed to make network namespaces';
  const missing = ['unshare', 'nsenter', 'ip'].filter((tool) => !isInstalled(tool));
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : null;
}

/** Opens a namespace that has the loopback interface alone. */
export async function openNamespace(): Promise<Namespace> {
  const script = 'ip link set lo up && echo up && exec cat';
  const keeper = startProgram(['unshare', '--net', 'sh', '-c', script]);
  await keeper.nextLine();
  return {
    pid: keeper.pid,
    inside: (command) => ['nsenter', `--net=/proc/${keeper.pid}/ns/net`, '--', ...command],
    close: () => keeper.stop(),
  };
}

/** Joins two namespaces by a virtual cable, as a node and a pod are; `subnet` is a /30 such as `10.9.1`. */
export async function joinNamespaces(
  node: Namespace,
  pod: Namespace,
  subnet: string,
): Promise<{ readonly podAddress: string }> {
  const nodeEnd = `veth${pod.pid}`;
  await run('ip', [
    ...['link', 'add', nodeEnd, 'netns', `${node.pid}`, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', `${pod.pid}`],
  ]);
  await plugIn(node, nodeEnd, `${subnet}.1/30`);
  await plugIn(pod, 'eth0', `${subnet}.2/30`);
  return { podAddress: `${subnet}.2` };
}

async function plugIn(namespace: Namespace, device: string, address: string): Promise<void> {
  for (const change of [
    ['address', 'add', address, 'dev', device],
    ['link', 'set', device, 'up'],
  ]) {
    const [file = '', ...args] = namespace.inside(['ip', ...change]);
    await run(file, args);
  }
}
