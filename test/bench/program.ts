import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A child process that says lines. None outlives the bench. */
export interface Program {
  readonly pid: number;
  /** The next line it says; rejects when it ended instead. */
  nextLine(): Promise<string>;
  /** Gives it a line to read. */
  tell(line: string): void;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

export function startProgram(command: readonly string[]): Program {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  // Unlike a readline interface's own iterator, this one never stops reading: nobody is held up.
  const lines = on(createInterface({ input: child.stdout }), 'line', { close: ['close'] });
  if (child.pid === undefined) throw new Error(`cannot start ${command.join(' ')}`);
  return {
    pid: child.pid,
    async nextLine() {
      const line = await lines.next();
      if (line.done) throw new Error(`${command.join(' ')} ended before it said anything more`);
      return String(line.value[0]);
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** The command that runs one of the bench's own programs, `file` relative to this folder. */
export function ownProgram(file: string, ...args: readonly string[]): string[] {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return [process.execPath, '--import', 'tsx', path, ...args];
}

/** Keeps an own program running until its starter closes its standard input or dies. */
export async function untilStdinEnds(): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, 'end');
}

export function isInstalled(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
