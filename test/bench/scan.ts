import { CONTENDERS, FLOOR, missingFor } from './contenders.ts';
import type { Crowd } from './crowd.ts';
import { ownProgram, startProgram } from './program.ts';
import type { ScanRounds } from './scan-rounds.ts';
import { figure, markdown, median } from './table.ts';

/** Lets the contenders run beside crowds of growing size and gives the tables as Markdown. */
export async function benchScan(
  crowd: Crowd,
  sizes: readonly { readonly sockets: number; readonly rounds: number }[],
): Promise<string> {
  const sections: string[] = [];
  for (const { sockets, rounds } of sizes) {
    await crowd.growTo(sockets);
    const program = ownProgram('scan-rounds.ts', `${rounds}`);
    const worker = startProgram(crowd.namespace.inside(program));
    const result: ScanRounds = JSON.parse(await worker.nextLine());
    await worker.stop();
    sections.push(section(sockets, result));
  }
  const missing = CONTENDERS.flatMap(missingFor);
  if (missing.length > 0) sections.push(`Not run, because not installed: ${missing.join(', ')}.`);
  return sections.join('\n\n');
}

function section(sockets: number, { costs, loop }: ScanRounds): string {
  const floorCpuMs = median((costs[FLOOR] ?? []).map((cost) => cost.cpuMs));
  const rows = Object.entries(costs).map(([name, all]) => {
    const wallMs = median(all.map((cost) => cost.wallMs));
    const cpuMs = median(all.map((cost) => cost.cpuMs));
    return [name, figure(wallMs), figure(cpuMs), (cpuMs / floorCpuMs).toFixed(2), `${all.length}`];
  });
  const gapMs = median(loop.map((round) => round.gapMs));
  const netlinkGapMs = median(loop.map((round) => round.netlinkGapMs));
  const readMs = median(loop.map((round) => round.readMs));
  return [
    `**${sockets.toLocaleString('en')} sockets**, medians`,
    '',
    markdown(['', 'wall ms', 'CPU ms', 'CPU, times the bare loop', 'runs'], rows),
    '',
    `Longest event-loop gap during our scan ${figure(gapMs)} ms, by netlink ${figure(netlinkGapMs)} ms; longest single read ${figure(readMs)} ms.`,
  ].join('\n');
}
