import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusMiB } from '../bench/memory.ts';
import type { MemoryCgroup } from '../bench/memory-cgroup.ts';
import type { Member } from '../lab/ensemble.ts';
import { liveHeapMiB } from '../load/worst-case.ts';
import type { SoakSample } from './record.ts';

const POLL_MS = 50;
const COLLECTION_MS = 10_000;

/** Measures an agent that runs alone in `cgroup` with `LIVE_HEAP`; rejects where it is no longer that process. */
export async function takeSample(of: {
  readonly member: Member;
  readonly cgroup: MemoryCgroup;
  readonly pid: number;
  readonly startMs: number;
}): Promise<SoakSample> {
  const { member, cgroup, pid, startMs } = of;
  if (!cgroup.pids().includes(pid)) {
    const log = (await member.agentLog()).trimEnd().split('\n').slice(-5).join('\n');
    throw new Error(`the agent ended:\n${log}`);
  }
  const sample = {
    atSeconds: Math.round((performance.now() - startMs) / 1_000),
    residentMiB: statusMiB(pid, 'VmRSS'),
    workingSetMiB: cgroup.workingSetMiB(),
    files: readdirSync(`/proc/${pid}/fd`).length,
  };
  return { ...sample, liveHeapMiB: await collected(member, pid) };
}

/** Collects the agent's garbage; what is left stands in its log. */
async function collected(member: Member, pid: number): Promise<number> {
  const before = (await figuresIn(member)).length;
  process.kill(pid, 'SIGUSR2');
  for (let waitedMs = 0; waitedMs < COLLECTION_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    const figures = await figuresIn(member);
    if (figures.length > before) return figures.at(-1) ?? Number.NaN;
  }
  throw new Error('the agent did not say what is left of its heap');
}

async function figuresIn(member: Member): Promise<number[]> {
  return (await member.agentLog())
    .split('\n')
    .map(liveHeapMiB)
    .filter((figure) => figure !== null);
}
