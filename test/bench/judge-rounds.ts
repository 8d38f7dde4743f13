/**
 * `judge-rounds.ts ROUNDS EVERY literal|thousands`: lets the judging of a full table be done by every profile for each EVERYth
 * way in which a neighbour fills it, and says the longest as JSON.
 */
import { PROFILES } from '../../src/profiles/index.ts';
import { CROWDS } from '../hostile/crowds.ts';
import { judgingOf, type Membership } from '../hostile/judging.ts';
import { weigh } from './cost.ts';
import { median } from './table.ts';

/** What one profile's judging took, medians in milliseconds of CPU time. */
export interface Judged {
  readonly profile: string;
  readonly crowd: string;
  readonly cpuMs: number;
  /** The middle one of all crowds. */
  readonly usualCpuMs: number;
}

const ROWS = 4_096;
const WARM_UP = 3;

const [rounds = '1', every = '1', membership = 'literal'] = process.argv.slice(2);

const judged: Judged[] = [];
for (const profile of PROFILES.values()) {
  const costs: { readonly crowd: string; readonly cpuMs: number }[] = [];
  for (const [at, crowd] of CROWDS.entries()) {
    if (at % Number(every) > 0) continue;
    const judging = judgingOf(profile, crowd, ROWS, { membership: membershipOf(membership) });
    for (let run = 0; run < WARM_UP; run += 1) judging.once();
    const all: number[] = [];
    for (let run = 0; run < Number(rounds); run += 1) {
      all.push((await weigh(() => judging.once())).cpuMs);
    }
    costs.push({ crowd: crowd.name, cpuMs: median(all) });
  }
  costs.sort((a, b) => b.cpuMs - a.cpuMs);
  const [worst] = costs;
  if (worst === undefined) continue;
  const usualCpuMs = median(costs.map(({ cpuMs }) => cpuMs));
  judged.push({ profile: profile.name, ...worst, usualCpuMs });
}
process.stdout.write(`${JSON.stringify(judged)}\n`);

function membershipOf(text: string): Membership {
  return text === 'thousands' ? 'thousands' : 'literal';
}
