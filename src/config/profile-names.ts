import type { Profile } from '../model/profile.ts';
import { PROFILES } from '../profiles/index.ts';
import { didYouMean } from './nearest.ts';
import { OPTIONS } from './options.ts';
import { Problem, quote } from './problem.ts';
import { blaming, type GivenSettings, givenIn, valueIn, whereOf } from './sources.ts';

/** The word in the place of a profile's name by which the system is to be found out. */
export const AUTO_PROFILE = 'auto';

/** Whether the system is to be found out. */
export function wantsAuto(settings: GivenSettings): boolean {
  return givenIn(settings, OPTIONS.profile) === AUTO_PROFILE;
}

/** The built-in profile that the settings name. */
export function profileNamed(settings: GivenSettings): Profile {
  return blaming(whereOf(settings, OPTIONS.profile), builtIn(valueIn(settings, OPTIONS.profile)));
}

/** Finds a built-in profile when called; throws a Problem with the nearest name. */
export function builtIn(name: string): () => Profile {
  return () => {
    const known = PROFILES.get(name);
    if (known !== undefined) return known;
    throw new Problem(
      `${quote(name)} is not a built-in profile; ${didYouMean(name, [...PROFILES.keys()], '"quorum-probe profiles" lists them')}`,
    );
  };
}
