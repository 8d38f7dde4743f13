import { openNamespace } from './network.ts';
import { ownProgram, startProgram } from './program.ts';
import { figure, markdown, median } from './table.ts';
import type { TickRounds } from './tick-rounds.ts';

/** What one tick costs in a quiet pod, whatever neighbours the host has meanwhile; a row of the result. */
export async function measureTicks(label: string, rounds: number): Promise<readonly string[]> {
  const namespace = await openNamespace();
  const worker = startProgram(namespace.inside(ownProgram('tick-rounds.ts', `${rounds}`)));
  try {
    const { links, costs }: TickRounds = JSON.parse(await worker.nextLine());
    const medianOf = (of: (cost: TickRounds['costs'][number]) => number): string =>
      figure(median(costs.map(of)));
    return [label, medianOf(({ wallMs }) => wallMs), medianOf(({ cpuMs }) => cpuMs), `${links}`];
  } finally {
    await worker.stop();
    await namespace.close();
  }
}

export function tickTable(rows: readonly (readonly string[])[]): string {
  return markdown(
    ['', 'wall ms a tick', 'CPU ms', 'known links'],
    rows.map((row) => [...row]),
  );
}
