/**
 * `tick-rounds.ts ROUNDS`: beside a quiet ensemble of its own, weighs what the agent does four times a second
 * where netlink serves; says the results as one JSON line.
 */
import { startStandIn } from '../demo/stand-in.ts';
import { type Cost, weigh } from './cost.ts';
import { scanByNetlink, watchKnown } from './ours.ts';
import { ENSEMBLE } from './pod.ts';

/** What ticks took, each the mean of a number of them: one is too short to be weighed. */
export interface TickRounds {
  readonly links: number;
  readonly costs: readonly Cost[];
}

const TICKS = 100;
/** V8 compiles what runs often. */
const WARM_UP = 300;

const rounds = Number(process.argv[2]);
await startStandIn({ addresses: ENSEMBLE });
const { table } = await scanByNetlink();
await tick(WARM_UP);
const costs: Cost[] = [];
for (let round = 0; round < rounds; round += 1) {
  const { wallMs, cpuMs } = await weigh(() => tick(TICKS));
  costs.push({ wallMs: wallMs / TICKS, cpuMs: cpuMs / TICKS });
}
const result: TickRounds = { links: table.connections.length, costs };
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

async function tick(times: number): Promise<void> {
  for (let at = 0; at < times; at += 1) await watchKnown();
}
