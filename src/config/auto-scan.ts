import type { Profile } from '../model/profile.ts';
import type { ScanCommand, ScanSource } from '../model/settings.ts';
import type { PortOverride } from '../profiles/index.ts';
import { OPTIONS } from './options.ts';
import { type Place, scanCommand, scanSource } from './settings.ts';
import { type GivenSettings, givenIn, keepStrongest, whereOf } from './sources.ts';

/** What `scan` runs with where the system is yet to be found out. */
export interface AutoScan {
  /** Where the profile was left open, as an error line names it. */
  readonly where: string;
  readonly source: ScanSource;
  /** Ports by role that differ from the profile's. */
  readonly ports: PortOverride;
  /** The settings for a system, and what shows that it is this one; throws a Problem where they do not fit it. */
  readonly settle: (profile: Profile, by: string) => ScanCommand;
}

/** Settles what does not depend on the system; throws a Problem for what is wrong there. */
export function autoScan(settings: GivenSettings, place: Place): AutoScan {
  return {
    where: whereOf(settings, OPTIONS.profile),
    source: scanSource(keepStrongest(settings, [OPTIONS.proc, OPTIONS.input])),
    ports: givenIn(settings, OPTIONS.ports) ?? new Map(),
    settle: (profile, by) => {
      const command = scanCommand(settings, place, profile);
      return { ...command, judge: { ...command.judge, profileBy: by } };
    },
  };
}
