import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { exitOf } from './run-command.ts';

/** The uids of a pod's containers; the proxy's is Istio's. */
export const UIDS = { application: 1001, agent: 1002, proxy: 1337, tools: 65534 } as const;

export interface Running {
  readonly pid: number;
  /** Settles when the process has ended, by itself or not. */
  readonly ended: Promise<number | string>;
  signal(name: NodeJS.Signals): void;
  /** Ends it with a signal and waits for its end; SIGKILL follows after 10 s. */
  stop(name?: NodeJS.Signals): Promise<void>;
}

export interface Start {
  readonly namespace: string;
  readonly uid: number;
  readonly command: readonly [string, ...string[]];
  readonly workingDirectory: string;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Puts the whole command into something, such as a cgroup; it must end in the command by exec. */
  readonly within?: (command: readonly string[]) => readonly string[];
}

const STOP_PATIENCE_MS = 10_000;

/** Starts a command inside a namespace, with one uid and no privilege left. */
export function start(options: Start): Running {
  const log = openSync(options.logFile, 'a');
  const entered = ['ip', ...enter(options.namespace, options.uid, options.command)];
  const [file = '', ...args] = options.within?.(entered) ?? entered;
  const child = spawn(file, args, {
    cwd: options.workingDirectory,
    env: { PATH: process.env['PATH'], ...options.environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = exitOf(child);
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${options.command[0]}`);
  const signal = (name: NodeJS.Signals): void => {
    child.kill(name);
  };
  return {
    pid,
    ended,
    signal,
    async stop(name = 'SIGTERM') {
      signal(name);
      signal('SIGCONT');
      const patience = setTimeout(() => signal('SIGKILL'), STOP_PATIENCE_MS);
      await ended;
      clearTimeout(patience);
    },
  };
}

/** Arguments for `ip` that end in the command itself by exec, so that its pid is the child's. */
export function enter(namespace: string, uid: number, command: readonly string[]): string[] {
  const identity = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  const confinement = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
  return ['netns', 'exec', namespace, 'setpriv', ...identity, ...confinement, '--', ...command];
}
