import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A memory cgroup of one container, as Kubernetes makes one, version 1 or 2. */
export interface MemoryCgroup {
  /** The command that runs `command` inside. */
  inside(command: readonly string[]): string[];
  /** The processes inside. */
  pids(): number[];
  /** What Kubernetes bills and evicts by: usage without the page cache that is the first to go. */
  workingSetMiB(): number;
  /** How often the limit was met and made the kernel reclaim. */
  limitHits(): number;
  /** Waits until it is empty and removes it. */
  close(): Promise<void>;
}

interface Version {
  readonly root: string;
  readonly limitFile: string;
  readonly usageFile: string;
  /** The key of `memory.stat`; version 1 has one without `total_` that leaves out children. */
  readonly inactiveFile: string;
  hits(folder: string): number;
}

const V1: Version = {
  root: '/sys/fs/cgroup/memory',
  limitFile: 'memory.limit_in_bytes',
  usageFile: 'memory.usage_in_bytes',
  inactiveFile: 'total_inactive_file',
  hits: (folder) => Number(readFileSync(join(folder, 'memory.failcnt'), 'latin1')),
};
const V2: Version = {
  root: '/sys/fs/cgroup',
  limitFile: 'memory.max',
  usageFile: 'memory.current',
  inactiveFile: 'inactive_file',
  hits: (folder) => statistic(join(folder, 'memory.events'), 'max'),
};

const MIB = 2 ** 20;
let made = 0;

/** What is missing to make memory cgroups, or `null`. */
export function whyNoMemoryCgroup(): string | null {
  try {
    const version = present();
    if (version === null) return 'there is no memory cgroup controller';
    const probe = join(version.root, `quorum-probe-${process.pid}-probe`);
    mkdirSync(probe);
    const usable = existsSync(join(probe, version.usageFile));
    rmdirSync(probe);
    return usable ? null : 'the memory controller is not given to child cgroups';
  } catch (error) {
    return `no memory cgroup can be made: ${error instanceof Error ? error.message : error}`;
  }
}

/** Makes a cgroup with the limit that the container has. Needs root. */
export function openMemoryCgroup(limitMiB: number): MemoryCgroup {
  const version = present();
  if (version === null) throw new Error('there is no memory cgroup controller');
  made += 1;
  const folder = join(version.root, `quorum-probe-${process.pid}-${made}`);
  mkdirSync(folder);
  writeFileSync(join(folder, version.limitFile), String(limitMiB * MIB));
  return {
    inside: (command) => [
      ...['sh', '-c', 'echo $$ > "$0" && exec "$@"', join(folder, 'cgroup.procs')],
      ...command,
    ],
    pids: () =>
      readFileSync(join(folder, 'cgroup.procs'), 'latin1').split('\n').filter(Boolean).map(Number),
    workingSetMiB() {
      const usage = Number(readFileSync(join(folder, version.usageFile), 'latin1'));
      const inactive = statistic(join(folder, 'memory.stat'), version.inactiveFile);
      return Math.max(0, usage - inactive) / MIB;
    },
    limitHits: () => version.hits(folder),
    close: () => remove(folder),
  };
}

function present(): Version | null {
  if (existsSync(join(V1.root, V1.usageFile))) return V1;
  const controllers = join(V2.root, 'cgroup.subtree_control');
  if (!existsSync(controllers)) return null;
  if (!/\bmemory\b/.test(readFileSync(controllers, 'latin1')))
    writeFileSync(controllers, '+memory');
  return V2;
}

function statistic(file: string, key: string): number {
  const line = readFileSync(file, 'latin1')
    .split('\n')
    .find((text) => text.startsWith(`${key} `));
  return Number(line?.slice(key.length + 1) ?? Number.NaN);
}

/** A process that has just ended still counts as inside for a moment. */
async function remove(folder: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      rmdirSync(folder);
      return;
    } catch {
      await sleep(100);
    }
  }
  process.stderr.write(`bench: ${folder} could not be removed\n`);
}
