import { Problem } from '../../config/problem.ts';
import { PROFILES } from '../../profiles/index.ts';
import { recogniseContainers } from '../../profiles/recognise.ts';
import type { Adding } from './arguments.ts';
import {
  asServerContainer,
  probeContainers,
  type StatefulSet,
  serverContainers,
  titleOf,
} from './manifest.ts';

/** Whether a set gets the probe, and with which profile. */
export type Choice =
  | { readonly kind: 'add'; readonly profile: string; readonly by: string }
  | { readonly kind: 'leave'; readonly reason: string };

/**
 * Decides for one set. `asked` is the profile that the user gave; `auto`, whether several possible systems are an
 * error; `named`, whether the user named this set, so that leaving it alone would be an error; `injected`,
 * whether an earlier injection is in it.
 */
export function chooseFor(
  set: StatefulSet,
  { profile: asked, auto }: Pick<Adding, 'profile' | 'auto'>,
  named: boolean,
  injected: boolean,
): Choice {
  if (!injected && probeContainers(set).length > 0) {
    return { kind: 'leave', reason: 'it has a probe that inject did not add' };
  }
  if (asked !== null) return { kind: 'add', profile: asked, by: '--profile' };
  const earlier = injected ? earlierProfile(set) : null;
  if (earlier !== null) return { kind: 'add', profile: earlier, by: 'as before' };
  const found = recogniseContainers(serverContainers(set).map(asServerContainer));
  if (found.kind === 'known') return { kind: 'add', profile: found.profile, by: found.by };
  const reason =
    found.kind === 'unknown'
      ? 'its images, commands and ports do not show a known system'
      : `it could be ${found.profiles.join(' or ')}`;
  const remedy = `choose with --statefulset=${set.metadata.name} --profile=NAME`;
  if (named || (auto && found.kind === 'several'))
    throw new Problem(`${titleOf(set)}: ${reason}; ${remedy}`);
  return { kind: 'leave', reason: `${reason}; ${remedy} to add the probe` };
}

/** The profile of the probe that a set has from an earlier injection; `null` where it is not known. */
export function earlierProfile(set: StatefulSet): string | null {
  const variables = probeContainers(set).flatMap(({ env }) => env ?? []);
  const name = variables.find((one) => one.name === 'QUORUM_PROBE_PROFILE')?.value;
  return name !== undefined && PROFILES.has(name) ? name : null;
}
