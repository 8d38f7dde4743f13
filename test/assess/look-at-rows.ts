import { assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../../src/assess/observation.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Counters, Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { POD, tableOf } from '../links/rows.ts';
import { observationOf, settingsFor } from './look.ts';

const NO_COUNTERS: Counters = {
  activeOpens: 0,
  passiveOpens: 0,
  attemptFails: 0,
  estabResets: 0,
  currEstab: 0,
  retransSegs: 0,
  outRsts: 0,
  listenOverflows: 0,
  listenDrops: 0,
  timeouts: 0,
};

/** What `assess` takes, for one look at these rows by a member known by its address. */
export function lookAtRows(
  profile: Profile,
  rows: readonly Socket[],
  members: readonly string[],
  observers: readonly string[],
): [Observation, Memory, JudgeSettings] {
  const settings: JudgeSettings = {
    ...settingsFor(members),
    profile,
    ensemble: {
      kind: 'members',
      members: members.map((name) => ({ name, literal: true, observer: observers.includes(name) })),
    },
  };
  const table = tableOf(rows, 4096, profile);
  return [observationOf(table, POD, NO_COUNTERS), EMPTY_MEMORY, settings];
}

/** What the agent reports of rows that change: looks at the given moments, each with its rows. */
export function lookOverTime(
  profile: Profile,
  members: readonly string[],
  moments: readonly (readonly [nowMs: number, rows: readonly Socket[]])[],
): Report[] {
  let memory: Memory = EMPTY_MEMORY;
  return moments.map(([nowMs, rows]) => {
    const [observation, , settings] = lookAtRows(profile, rows, members, []);
    const lasting = { ...settings, persistMs: 10_000 };
    const assessment = assess({ ...observation, nowMs }, memory, lasting);
    memory = assessment.memory;
    return assessment.report;
  });
}
