import { Problem, quote } from '../../config/problem.ts';
import type { Collection } from '../../model/collection.ts';
import { UNKNOWN_POD } from '../../model/names.ts';
import type { Profile } from '../../model/profile.ts';
import type { Ensemble, JudgeSettings } from '../../model/settings.ts';
import type { GivenByHand } from './arguments.ts';

/** What the judging of one look needs, for each member of a collection. */
export function judgeSettings(
  collection: Collection,
  profile: Profile,
  given: Pick<GivenByHand, 'observers' | 'mesh'>,
): JudgeSettings {
  return {
    profile,
    ensemble: ensembleOf(collection, given.observers),
    podName: '',
    identity: UNKNOWN_POD,
    service: { from: 'none' },
    leaderServes: null,
    mesh: given.mesh,
    settleMs: 0,
    persistMs: 0,
    bootstrap: false,
    serverUids: [],
  };
}

/** The members by name where all are known; else their number, or nothing. */
function ensembleOf({ pods, size }: Collection, observers: readonly string[]): Ensemble {
  const names = pods.map(({ facts }) => facts.name);
  const stranger = observers.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new Problem(
      `--observers: ${quote(stranger)} is not a member; the members are ${names.join(', ')}`,
    );
  }
  if (observers.length >= names.length) {
    throw new Problem('--observers leaves no member with a vote; name only those that observe');
  }
  if (size.kind === 'unknown') return { kind: 'unset' };
  if (size.members !== names.length) {
    return {
      kind: 'size',
      voters: Math.max(1, size.members - observers.length),
      observers: observers.length,
    };
  }
  return {
    kind: 'members',
    members: names.map((name) => ({ name, literal: false, observer: observers.includes(name) })),
  };
}
