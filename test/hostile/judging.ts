import { assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Memory } from '../../src/assess/observation.ts';
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
