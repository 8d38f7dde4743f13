import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type LogLine = Readonly<Record<string, unknown>>;

/** The log of an agent that a test started, read as it comes: it may come later than an answer about the same change. */
export interface AgentLog {
  /** The lines that were read so far. */
  readonly lines: readonly LogLine[];
  /** The first line that is wanted, whether it was read already or not; rejects when the log ends without one. */
  until(isWanted: (line: LogLine) => boolean): Promise<LogLine>;
  /** The line that says on which ports the agent is served; rejects as `until` does. */
  watching(): Promise<{ readonly port: number; readonly healthPort: number }>;
  /** Resolves once the agent has ended and its last line was read. */
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Follows the log that `child` writes to its standard output, which must be a pipe. */
export function followLog(child: ChildProcess): AgentLog {
  if (child.stdout === null) throw new Error('the agent has no standard output');
  const lines: LogLine[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (text) => lines.push(JSON.parse(text)));
  // A child process closes after its streams have.
  const closed = once(child, 'close');
  const until: AgentLog['until'] = (isWanted) =>
    new Promise((resolve, reject) => {
      const search = (): void => {
        const found = lines.find(isWanted);
        if (found !== undefined) resolve(found);
      };
      reader.on('line', search);
      closed.then(
        () => reject(new Error('the agent ended without the line that is wanted')),
        reject,
      );
      search();
    });
  return {
    lines,
    until,
    async watching() {
      const { port, healthPort } = await until(({ msg }) => msg === 'watching');
      return { port: Number(port), healthPort: Number(healthPort) };
    },
    async ended() {
      await closed;
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}
