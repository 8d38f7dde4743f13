import type { Surrounding } from '../../model/collection.ts';
import type { MemberPath } from '../../model/diagnosis.ts';
import type { Profile } from '../../model/profile.ts';
import type { Pair } from '../ensemble/partition.ts';
import type { JudgedMember } from './members.ts';

/** What the causes are drawn from. */
export interface Judged {
  readonly members: readonly JudgedMember[];
  readonly paths: readonly MemberPath[];
  readonly surroundings: readonly Surrounding[];
  readonly profile: Profile;
  /** What the members' reports say of each pair; empty where they say nothing. */
  readonly pairs: readonly Pair[];
  /** Whether a majority is known to be together. */
  readonly quorum: 'present' | 'lost' | 'unknown';
}
