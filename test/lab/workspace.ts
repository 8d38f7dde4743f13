import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMESPACE = /^quorum-lab-(\d+)-/;
const DIRECTORY = /^quorum-lab-(\d+)$/;

const MOST_TRIES = 10;
const RETRY_MS = 50;

/** Where `ip netns exec` looks for a namespace's own files of /etc. */
const ETC_NETNS = '/etc/netns';

/**
 * The names that belong to one run of the lab, made from its process id:
 * two runs never meet, and what a killed run left behind can be told and removed.
 */
export interface Workspace {
  /** A directory of this run that every uid may enter. */
  readonly directory: string;
  namespace(part: string): string;
  /** Files of /etc that hold inside one namespace alone, such as resolv.conf. */
  etcOf(namespace: string): string;
}

let current: Workspace | undefined;

/** Opens this process's workspace, once; it goes away with the process, however that ends. */
export function workspace(): Workspace {
  if (current !== undefined) return current;
  process.umask(0o022);
  sweepDeadRuns();
  remove(process.pid);
  const directory = join(tmpdir(), `quorum-lab-${process.pid}`);
  mkdirSync(directory);
  chmodSync(directory, 0o755);
  process.once('exit', () => remove(process.pid));
  // Kept for good: a second signal, from the terminal and from the runner, must not cut the clean-up short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(130));
  }
  current = {
    directory,
    namespace: (part) => `quorum-lab-${process.pid}-${part}`,
    etcOf(namespace) {
      const path = join(ETC_NETNS, namespace);
      mkdirSync(path, { recursive: true });
      return path;
    },
  };
  return current;
}

/** Ends every process inside a namespace, by its id, and deletes the namespace. */
export function deleteNamespace(name: string): void {
  for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) endNow(Number(pid));
  ip('netns', 'delete', name);
  rmSync(join(ETC_NETNS, name), { recursive: true, force: true });
}

function sweepDeadRuns(): void {
  const owners = new Set<number>();
  for (const name of namespaces()) owners.add(ownerOf(NAMESPACE, name));
  for (const name of readdirSync(tmpdir())) owners.add(ownerOf(DIRECTORY, name));
  for (const owner of owners) if (owner !== 0 && !existsSync(`/proc/${owner}`)) remove(owner);
}

function remove(owner: number): void {
  // A command under way when the run was ended may still have made one: look again until none is left.
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const owned = namespaces().filter((name) => ownerOf(NAMESPACE, name) === owner);
    if (owned.length === 0) break;
    for (const name of owned) deleteNamespace(name);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
  rmSync(join(tmpdir(), `quorum-lab-${owner}`), { recursive: true, force: true });
}

function ownerOf(pattern: RegExp, name: string): number {
  return Number(pattern.exec(name)?.[1] ?? 0);
}

function namespaces(): string[] {
  return ip('netns', 'list')
    .split('\n')
    .flatMap((line) => line.split(' ', 1))
    .filter(Boolean);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the listing and now.
  }
}

function ip(...args: string[]): string {
  try {
    return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
