import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Fabric } from './fabric.ts';
import { enter, UIDS } from './processes.ts';
import { exitOf } from './run-command.ts';

/** A client program in the fabric, outside every pod, that prints one JSON value a line. */
export interface Client {
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts one of the lab's client programs where a cluster's other pods would be. */
export function startClient(fabric: Fabric, program: string, args: readonly string[]): Client {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const command = [process.execPath, '--import', 'tsx', path, ...args];
  const child = spawn('ip', ['netns', 'exec', fabric.namespace, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = exitOf(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    lines,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
