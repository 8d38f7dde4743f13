import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildProgram } from '../built-program.ts';

/** What a run of the plugin printed, line by line, and its exit code. */
export interface PluginRun {
  readonly lines: readonly string[];
  readonly code: number | null;
}

/** Puts the built program as `kubectl-quorum` into a folder of the PATH, where kubectl looks for plugins. */
export function installPlugin(folder: string): NodeJS.ProcessEnv {
  const program = resolve(dirname(buildProgram().path), 'kubectl-quorum.js');
  chmodSync(program, 0o755);
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(program, join(bin, 'kubectl-quorum'));
  const path = [bin, process.env['PATH'], dirname(process.execPath)].join(delimiter);
  return { ...process.env, PATH: path };
}

/** Runs `kubectl quorum` to its end, or until so many lines have come, and then as Ctrl-C ends it. */
export async function runPlugin(
  env: NodeJS.ProcessEnv,
  words: readonly string[],
  mostLines = Number.POSITIVE_INFINITY,
): Promise<PluginRun> {
  const child = spawn('kubectl', ['quorum', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line !== '') lines.push(line);
    if (lines.length === mostLines) child.kill('SIGINT');
  }
  const [code] = await closed;
  return { lines, code: typeof code === 'number' ? code : null };
}
