import { cp, mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGE_FLAGS } from '../image-flags.ts';
import type { Pod } from './fabric.ts';
import { type Running, start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';

export const AGENT_PORT = 4888;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let staged: Promise<string> | undefined;

/**
 * Copies what the image holds, the built code and its production dependencies, to where any uid
 * may read it: a checkout in a private directory must not matter. Gives the copy's directory.
 */
export function stageAgent(): Promise<string> {
  staged ??= stage(join(workspace().directory, 'agent'));
  return staged;
}

/** What an agent runs on, where it is not the Node that runs the lab. */
export interface AgentRuntime {
  /** An executable that every uid may run. */
  readonly node: string;
  /** For Node, after the image's flags. */
  readonly nodeArguments: readonly string[];
  readonly within: (command: readonly string[]) => readonly string[];
}

const USUAL: AgentRuntime = {
  node: process.execPath,
  nodeArguments: [],
  within: (command) => command,
};

/** Starts the agent beside one member, as the image starts it. */
export function startAgent(
  code: string,
  directory: string,
  pod: Pod,
  args: readonly string[],
  { node, nodeArguments, within }: AgentRuntime = USUAL,
  name = 'agent',
): Running {
  return start({
    namespace: pod.namespace,
    uid: UIDS.agent,
    workingDirectory: '/',
    logFile: join(directory, `${name}.log`),
    command: [
      node,
      ...IMAGE_FLAGS,
      ...nodeArguments,
      join(code, 'dist', 'main.js'),
      'serve',
      ...args,
    ],
    within,
    environment: { NODE_ENV: 'production' },
  });
}

async function stage(target: string): Promise<string> {
  const listing = await run('npm', ['ls', '--prefix', ROOT, '--omit=dev', '--all', '--parseable']);
  const packages = listing.split('\n').filter((path) => path.includes('/node_modules/'));
  for (const path of [join(ROOT, 'dist'), join(ROOT, 'package.json'), ...packages]) {
    const copy = join(target, relative(ROOT, path));
    await mkdir(dirname(copy), { recursive: true });
    await cp(path, copy, { recursive: true });
  }
  await run('chmod', ['-R', 'a+rX', target]);
  return target;
}
