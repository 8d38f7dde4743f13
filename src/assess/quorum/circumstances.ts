import type { Folded, Link } from '../../model/link.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import type { Address } from '../../model/socket.ts';
import type { Member } from './members.ts';
import type { Membership } from './membership.ts';
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
  /** Whether peers came from other addresses than their names have before. */
  readonly unmatchedBefore: boolean;
  /** Addresses of members that links came in from before. */
  readonly placedBefore: ReadonlySet<Address>;
  /** Whether the server itself says that it leads and serves. */
  readonly saysItLeads: boolean;
}

/**
 * Where a member stands; `votes` are the voters together with it, itself included, and `unmatched` how many
 * of them are linked from addresses that no member is known by.
 */
export type Place =
  | { readonly role: 'leader'; readonly votes: number; readonly unmatched: number }
  | { readonly role: 'learner'; readonly leader: Link }
  /** `votes` is `null` in a system without a majority. */
  | { readonly role: 'member'; readonly votes: number | null; readonly unmatched: number }
  | { readonly role: 'looking' | 'standalone' | 'absent' | 'unknown' };

/** What a quorum rule makes of them. */
export type Outcome = Place & {
  readonly inQuorum: Membership;
  /** What the quorum rests on; a change of it means that the member joined anew. */
  readonly basis: string;
};
