import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Fabric } from './fabric.ts';
import { exitOf } from './run-command.ts';

/**
 * Starts one of the lab's own programs in a namespace, the fabric's own or a pod's, and hands on
 * each line it prints. Gives the way to stop it.
 */
export function startInFabric(
  fabric: Pick<Fabric, 'namespace'>,
  program: string,
  args: readonly string[],
  onLine: (line: string) => void,
): { stop(): Promise<void> } {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const command = [process.execPath, '--import', 'tsx', path, ...args];
  const child = spawn('ip', ['netns', 'exec', fabric.namespace, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = exitOf(child);
  createInterface({ input: child.stdout }).on('line', onLine);
  return {
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
