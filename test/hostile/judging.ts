import { assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Memory } from '../../src/assess/scene/observation.ts';
import { type NameAnswer, UNKNOWN_POD } from '../../src/model/names.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Report } from '../../src/model/report.ts';
import type { Ensemble, JudgeSettings } from '../../src/model/settings.ts';
import { observe, published } from '../assess/observation.ts';
import { PEERS, POD } from '../links/rows.ts';
import { type Crowd, strangerAt } from './crowds.ts';

/** Who belongs to the ensemble, as an operator configures it. */
export type Membership = 'literal' | 'named' | 'counted' | 'thousands';

export const MEMBERSHIPS: readonly Membership[] = ['literal', 'named', 'counted', 'thousands'];

/** A judging of one crowd, ready to be done again and again. */
export interface Judging {
  /** One look, 5 s after the one before, as the agent judges it. */
  once(): Report;
}

/** `look-once` judges without a past, as `scan` does. */
export type Pace = 'agent' | 'look-once';

/** `knowsPod`: the pod's own addresses are told, not guessed from the rows. */
export function judgingOf(
  profile: Profile,
  crowd: Crowd,
  count: number,
  given: { membership?: Membership; pace?: Pace; knowsPod?: boolean; members?: number } = {},
): Judging {
  const { membership = 'literal', pace = 'agent', knowsPod = true, members = 5_000 } = given;
  const settings: JudgeSettings = {
    profile,
    ensemble: ensembleOf(membership, members),
    podName: POD,
    identity: UNKNOWN_POD,
    service: { from: 'none' },
    leaderServes: null,
    mesh: 'auto',
    settleMs: pace === 'agent' ? 5_000 : 0,
    persistMs: pace === 'agent' ? 10_000 : 0,
    bootstrap: true,
    serverUids: [],
  };
  const names = new Map<string, NameAnswer>(
    PEERS.map((address, at) => [`peer-${at}`, published(0, address)]),
  );
  const seen = observe(crowd.rows(profile, count), { names }, profile);
  const observation = { ...seen, podAddresses: knowsPod ? seen.podAddresses : null };
  let memory: Memory = EMPTY_MEMORY;
  let nowMs = 0;
  return {
    once() {
      nowMs += 5_000;
      const assessment = assess({ ...observation, nowMs }, memory, settings);
      if (pace === 'agent') ({ memory } = assessment);
      return assessment.report;
    },
  };
}

function ensembleOf(membership: Membership, members: number): Ensemble {
  const literal = (name: string) => ({ name, literal: true, observer: false });
  switch (membership) {
    case 'literal':
      return { kind: 'members', members: [POD, ...PEERS].map(literal) };
    case 'named':
      return {
        kind: 'members',
        members: [
          literal(POD),
          ...PEERS.map((_, at) => ({ name: `peer-${at}`, literal: false, observer: false })),
        ],
      };
    case 'counted':
      return { kind: 'size', voters: 3, observers: 0 };
    case 'thousands':
      return {
        kind: 'members',
        members: [
          literal(POD),
          ...PEERS.map(literal),
          ...Array.from({ length: members }, (_, at) => literal(strangerAt(at * 3))),
        ],
      };
  }
}

/** How many times the rows are made more, and by how many times judging them may take longer for it. */
const MORE = 8;
const LONGER = 24;
/** Less cannot be told from nothing. */
const LEAST_MS = 1;
const RUNS = 3;

/**
 * Says how judging of so many rows, and members where they are thousands, grows out of proportion; `null`
 * where it does not. Eight times the rows take 8 times as long where time is linear, and 64 times where it
 * is quadratic.
 */
export function outgrowth(
  profile: Profile,
  crowd: Crowd,
  count: number,
  given: Parameters<typeof judgingOf>[3] = {},
): string | null {
  const few = costMs(profile, crowd, count / MORE, given);
  const allowedMs = Math.max(few, LEAST_MS) * LONGER;
  let many = Number.POSITIVE_INFINITY;
  // A busy machine makes one measurement long; a quadratic judgement makes all of them long.
  for (let tried = 0; tried < 3 && many > allowedMs; tried += 1) {
    many = Math.min(many, costMs(profile, crowd, count, given));
  }
  return many <= allowedMs
    ? null
    : `${profile.name}, ${crowd.name}: ${few.toFixed(1)} ms, and ${many.toFixed(0)} ms for ${MORE} times the rows`;
}

function costMs(
  profile: Profile,
  crowd: Crowd,
  count: number,
  given: Parameters<typeof judgingOf>[3],
): number {
  const judging = judgingOf(profile, crowd, count, { members: count, ...given });
  // The first scan begins what the others carry on.
  judging.once();
  return bestMs(() => judging.once(), RUNS);
}

/** The least CPU time of some runs, in milliseconds. */
export function bestMs(work: () => unknown, runs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const beganCpuMs = cpuMs();
    work();
    best = Math.min(best, cpuMs() - beganCpuMs);
  }
  return best;
}

/** CPU time of this process: what else runs on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
