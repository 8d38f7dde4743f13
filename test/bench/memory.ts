import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILT_PROGRAM } from '../demo/agent.ts';
import { HEAP_LIMIT_MIB, IMAGE_FLAGS } from '../image-flags.ts';
import { LIVE_HEAP, liveHeapMiB, WORST_ORIGIN, worstArguments } from '../load/worst-case.ts';
import { cpuMsOf } from './cost.ts';
import { type FreshNode, freshNode } from './fresh-node.ts';
import { type MemoryCgroup, openMemoryCgroup } from './memory-cgroup.ts';
import type { NodeRelease } from './node-release.ts';
import { agentCommand, openPod, PORT, type Pod } from './pod.ts';
import { ownProgram, startProgram } from './program.ts';
import { figure, markdown } from './table.ts';

export interface MemoryPlan {
  readonly scrapes: number;
  /** How long the readers of the worst case go on. */
  readonly readersSeconds: number;
}

/** What the manifests give the container, in MiB. */
export const CONTAINER_LIMIT_MIB = Number(
  /limits:\s+memory: (\d+)Mi/.exec(
    readFileSync(
      new URL('../../deploy/components/observe/container.yaml', import.meta.url),
      'utf8',
    ),
  )?.[1],
);

const SETTLE_MS = 8_000;
const SAMPLE_MS = 250;
const READERS = 64;
const COLLECTIONS = 8;

/**
 * The agent's memory with the image's flags on each Node given, in a memory cgroup of its own: under scrapes
 * in a quiet pod, and in the busiest pod under many readers. `against` is another build to measure beside.
 */
export async function benchMemory(
  releases: readonly NodeRelease[],
  plan: MemoryPlan,
  against: string | null,
): Promise<string> {
  const programs = [BUILT_PROGRAM, ...(against === null ? [] : [against])];
  const quiet: string[][] = [];
  const worst: string[][] = [];
  for (const { name, path } of releases) {
    const byProc = ['--socket-source=proc'];
    quiet.push([
      `${name}, by /proc alone`,
      ...(await contained(path, (...held) => inQuietPod([BUILT_PROGRAM, byProc], plan, ...held))),
    ]);
    for (const program of programs) {
      const label = program === BUILT_PROGRAM ? name : `${name}, ${program}`;
      quiet.push([
        label,
        ...(await contained(path, (...held) => inQuietPod([program, []], plan, ...held))),
      ]);
      worst.push([
        label,
        ...(await contained(path, (...held) => inWorstPod(program, plan, ...held))),
      ]);
    }
  }
  const scrapes = plan.scrapes.toLocaleString('en');
  return [
    `MiB, in a memory cgroup with the container's limit of ${CONTAINER_LIMIT_MIB} MiB, on a Node whose file nobody else has in memory.`,
    `Scraped once, and ${scrapes} times:`,
    markdown(
      ['quiet pod', 'resident', 'working set', 'resident', 'working set', 'CPU ms a scrape'],
      quiet,
    ),
    `Nine members that come and go, 4,000 sockets on the watched ports, \`--ask srvr,envoy,peers\`, a configuration file, ${READERS} readers of all paths and streams; highest figures:`,
    markdown(
      ['busiest pod', 'resident', 'working set', 'live heap', 'limit, times the live heap'],
      worst,
    ),
  ].join('\n\n');
}

async function contained(
  node: string,
  measure: (node: FreshNode, cgroup: MemoryCgroup) => Promise<string[]>,
): Promise<string[]> {
  const fresh = await freshNode(node);
  const cgroup = openMemoryCgroup(CONTAINER_LIMIT_MIB);
  try {
    return await measure(fresh, cgroup);
  } finally {
    await cgroup.close();
    fresh.remove();
  }
}

async function inQuietPod(
  [program, options]: readonly [program: string, options: readonly string[]],
  { scrapes }: MemoryPlan,
  node: FreshNode,
  cgroup: MemoryCgroup,
): Promise<string[]> {
  const pod = await openPod(cgroup.inside([...agentCommand(node.path, program), ...options]));
  try {
    await scrape(pod, 1);
    await sleep(SETTLE_MS);
    const idle = figuresOf(pod, cgroup);
    const cpuBeforeMs = cpuMsOf(pod.pid);
    const answered = await scrape(pod, scrapes);
    if (answered < scrapes) return [...idle, `died after ${answered}`, '–', '–'];
    const perScrapeMs = (cpuMsOf(pod.pid) - cpuBeforeMs) / scrapes;
    return [...idle, ...figuresOf(pod, cgroup), figure(perScrapeMs)];
  } finally {
    await pod.close();
  }
}

async function inWorstPod(
  program: string,
  { readersSeconds }: MemoryPlan,
  node: FreshNode,
  cgroup: MemoryCgroup,
): Promise<string[]> {
  const command = [node.path, ...IMAGE_FLAGS, `--import=${LIVE_HEAP}`, program];
  const pod = await openPod(
    cgroup.inside([...command, ...worstArguments()]),
    ownProgram('../load/worst-pod.ts'),
  );
  try {
    await scrape(pod, 1, WORST_ORIGIN);
    const highest = await underReaders(pod, readersSeconds, () => ({
      residentMiB: statusMiB(pod.pid, 'VmRSS'),
      workingSetMiB: cgroup.workingSetMiB(),
    }));
    // A second round, since a collection before its time would lower the figures above.
    const liveMiB = await liveUnderReaders(pod);
    return [
      Math.max(...highest.map(({ residentMiB }) => residentMiB)).toFixed(0),
      Math.max(...highest.map(({ workingSetMiB }) => workingSetMiB)).toFixed(0),
      liveMiB.toFixed(1),
      (HEAP_LIMIT_MIB / liveMiB).toFixed(2),
    ];
  } catch (error) {
    return ['died', error instanceof Error ? error.message : String(error), '–', '–'];
  } finally {
    await pod.close();
  }
}

async function underReaders<Sample>(
  pod: Pod,
  seconds: number,
  sample: () => Sample,
): Promise<Sample[]> {
  const readers = startReaders(pod, seconds);
  const samples: Sample[] = [];
  let reading = true;
  const ended = readers.nextLine().finally(() => {
    reading = false;
  });
  while (reading) {
    samples.push(sample());
    await Promise.race([ended, sleep(SAMPLE_MS)]);
  }
  await ended;
  return samples;
}

/** The most that is alive after a collection, in MiB, while readers wait for their answers. */
async function liveUnderReaders(pod: Pod): Promise<number> {
  const readers = startReaders(pod, COLLECTIONS * 2);
  const live: number[] = [];
  while (live.length < COLLECTIONS) {
    await sleep(1_000);
    live.push(await liveHeapOf(pod));
  }
  await readers.nextLine();
  return Math.max(...live);
}

/** Collects the agent's garbage; resolves to what is left, in MiB. The agent runs with `LIVE_HEAP`. */
export async function liveHeapOf(pod: Pod): Promise<number> {
  process.kill(pod.pid, 'SIGUSR2');
  for (;;) {
    const live = liveHeapMiB(await pod.nextLine());
    if (live !== null) return live;
  }
}

function startReaders(pod: Pod, seconds: number) {
  const program = ownProgram('../load/readers.ts', WORST_ORIGIN, `${READERS}`, `${seconds}`);
  return startProgram(pod.namespace.inside(program));
}

function figuresOf(pod: Pod, cgroup: MemoryCgroup): string[] {
  return [statusMiB(pod.pid, 'VmRSS'), cgroup.workingSetMiB()].map((mib) => mib.toFixed(0));
}

/** Resolves to how many scrapes were answered. */
async function scrape(
  pod: Pod,
  times: number,
  origin = `http://127.0.0.1:${PORT}`,
): Promise<number> {
  const program = ownProgram('scraper.ts', `${origin}/metrics`, `${times}`);
  const scraper = startProgram(pod.namespace.inside(program));
  return Number(await scraper.nextLine());
}

/** A figure of proc_pid_status(5), which is in kB. */
export function statusMiB(pid: number, key: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
