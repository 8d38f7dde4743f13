import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Runs a command to its end and gives its standard output.
 * @throws with the command line and its standard error when it exits with anything but 0.
 */
export async function run(command: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that ends without reading its input breaks the pipe; its exit code tells the rest.
  child.stdin.on('error', () => {}).end(input);
  const code = await exitOf(child);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.trim()}`);
}

/** The exit code of a child, or the name of the signal that ended it. */
export function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
}
