import type { Profile } from '../model/profile.ts';
import { zookeeper } from './zookeeper.ts';

/** The built-in profiles by name. */
export const PROFILES: ReadonlyMap<string, Profile> = new Map(
  [zookeeper].map((profile) => [profile.name, profile]),
);

/** Port numbers by role. */
export type PortOverride = ReadonlyMap<string, readonly number[]>;

/** The profile with other port numbers for some of its roles; roles it does not have are left out. */
export function withPorts(profile: Profile, override: PortOverride): Profile {
  return {
    ...profile,
    ports: profile.ports.map((spec) => ({
      ...spec,
      ports: override.get(spec.role) ?? spec.ports,
    })),
  };
}
