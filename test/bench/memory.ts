import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf } from './cost.ts';
import type { NodeRelease } from './node-release.ts';
import { agentCommand, openPod, PORT, type Pod } from './pod.ts';
import { ownProgram, startProgram } from './program.ts';
import { figure, markdown } from './table.ts';

const SETTLE_MS = 3_000;

/** The agent's resident memory under scrapes, with the image's flags, on each Node given. */
export async function benchMemory(
  releases: readonly NodeRelease[],
  scrapes: number,
): Promise<string> {
  const rows: string[][] = [];
  for (const release of releases) {
    const pod = await openPod(agentCommand(release.path));
    try {
      await scrape(pod, 1);
      await sleep(SETTLE_MS);
      const idleMiB = statusMiB(pod.pid, 'VmRSS');
      const cpuBeforeMs = cpuMsOf(pod.pid);
      await scrape(pod, scrapes);
      const perScrapeMs = (cpuMsOf(pod.pid) - cpuBeforeMs) / scrapes;
      const after = [idleMiB, statusMiB(pod.pid, 'VmRSS'), statusMiB(pod.pid, 'VmHWM')];
      rows.push([release.name, ...after.map((mib) => mib.toFixed(1)), figure(perScrapeMs)]);
    } finally {
      await pod.close();
    }
  }
  const count = scrapes.toLocaleString('en');
  return markdown(
    ['resident MiB', 'idle', `after ${count} scrapes`, 'peak', 'CPU ms a scrape'],
    rows,
  );
}

async function scrape(pod: Pod, times: number): Promise<void> {
  const url = `http://127.0.0.1:${PORT}/metrics`;
  const scraper = startProgram(pod.namespace.inside(ownProgram('scraper.ts', url, `${times}`)));
  await scraper.nextLine();
}

/** A figure of proc_pid_status(5), which is in kB. */
function statusMiB(pid: number, key: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
