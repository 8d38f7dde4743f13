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
      rows.push([release.name, ...(await measure(pod, scrapes))]);
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

async function measure(pod: Pod, scrapes: number): Promise<string[]> {
  await scrape(pod, 1);
  await sleep(SETTLE_MS);
  const idle = statusMiB(pod.pid, 'VmRSS').toFixed(1);
  const cpuBeforeMs = cpuMsOf(pod.pid);
  const answered = await scrape(pod, scrapes);
  if (answered < scrapes) return [idle, `died after ${answered}`, '–', '–'];
  const perScrapeMs = (cpuMsOf(pod.pid) - cpuBeforeMs) / scrapes;
  const [now, peak] = [statusMiB(pod.pid, 'VmRSS'), statusMiB(pod.pid, 'VmHWM')];
  return [idle, now.toFixed(1), peak.toFixed(1), figure(perScrapeMs)];
}

/** Resolves to how many scrapes were answered. */
async function scrape(pod: Pod, times: number): Promise<number> {
  const url = `http://127.0.0.1:${PORT}/metrics`;
  const scraper = startProgram(pod.namespace.inside(ownProgram('scraper.ts', url, `${times}`)));
  return Number(await scraper.nextLine());
}

/** A figure of proc_pid_status(5), which is in kB. */
export function statusMiB(pid: number, key: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
