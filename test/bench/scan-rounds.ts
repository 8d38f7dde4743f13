/** `scan-rounds.ts ROUNDS`: weighs every contender once a round, here; says the results as one JSON line. */
import { CONTENDERS, missingFor } from './contenders.ts';
import type { Cost } from './cost.ts';
import { readBare } from './floor.ts';
import { longestGapMs } from './loop-gap.ts';
import { scanByNetlink, scanOnce } from './ours.ts';

/** What one namespace's rounds gave, by contender; they take turns, so that drift meets all alike. */
export interface ScanRounds {
  readonly costs: Readonly<Record<string, readonly Cost[]>>;
  /** By round, in milliseconds: the event loop's longest gap during our scans, and the longest bare read. */
  readonly loop: readonly {
    readonly gapMs: number;
    readonly netlinkGapMs: number;
    readonly readMs: number;
  }[];
}

/** A contender that took this much CPU time in all is not asked again: some need 10 s a run. */
const BUDGET_MS = 8_000;

const rounds = Number(process.argv[2]);
const entrants = CONTENDERS.filter((contender) => missingFor(contender).length === 0).map(
  ({ name, run }) => ({ name, run, costs: [] as Cost[], spentMs: 0 }),
);
const loop: { gapMs: number; netlinkGapMs: number; readMs: number }[] = [];

// The round before the first warms up; only what is too slow for another keeps its cost.
for (let round = -1; round < rounds; round += 1) {
  for (const entrant of entrants.filter(({ spentMs }) => spentMs < BUDGET_MS)) {
    const cost = await entrant.run();
    entrant.spentMs += cost.cpuMs;
    if (round >= 0 || entrant.spentMs >= BUDGET_MS) entrant.costs.push(cost);
  }
  loop.push({
    readMs: readBare(),
    gapMs: await longestGapMs(scanOnce),
    netlinkGapMs: await longestGapMs(scanByNetlink),
  });
}
const result: ScanRounds = {
  costs: Object.fromEntries(entrants.map(({ name, costs }) => [name, costs])),
  loop: loop.slice(1),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
