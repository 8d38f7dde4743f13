import type { Folded, Link } from '../model/link.ts';
import type { MemberRole } from '../model/report.ts';
import type { JudgeSettings } from '../model/settings.ts';
import type { Member } from './members.ts';
import type { Persistence } from './peer-links.ts';

/** Everything that a quorum rule judges by. */
export interface Circumstances {
  readonly folded: Folded;
  readonly settings: JudgeSettings;
  readonly members: readonly Member[];
  /** Voters of the ensemble; `null` where their number is not known. */
  readonly size: number | null;
  /** How many voters make a majority; `null` where that is not known, and for systems without one. */
  readonly majority: number | null;
  readonly persistence: Persistence;
}

/** What a quorum rule makes of them. */
export interface Outcome {
  readonly role: MemberRole;
  /** `null`: the sockets cannot tell. */
  readonly inQuorum: boolean | null;
  /** Voters together with this member, itself included; `null` where this role does not know. */
  readonly votes: number | null;
  /** What the quorum rests on; a change of it means that the member joined anew. */
  readonly basis: string;
  /** The link with the leader, of a learner. */
  readonly leader: Link | null;
}
