/** Why it cannot be judged whether this member is in a quorum. */
export type Unseen =
  | 'ensemble-size'
  | 'whose-votes'
  | 'oracle'
  | 'owner'
  | 'not-listed'
  | 'truncated';

/** Whether this member is in a quorum. What needs the unseen is unknown, and says what was not seen. */
export type Membership =
  | { readonly kind: 'in' }
  | { readonly kind: 'out' }
  | { readonly kind: 'unknown'; readonly unseen: Unseen };

export const IN: Membership = { kind: 'in' };
export const OUT: Membership = { kind: 'out' };

export function unknownFor(unseen: Unseen): Membership {
  return { kind: 'unknown', unseen };
}

/** Membership by votes; unknown where nobody said how many make a majority. */
export function byVotes(votes: number, majority: number | null): Membership {
  if (majority === null) return unknownFor('ensemble-size');
  return votes >= majority ? IN : OUT;
}

/** As reports and peers have it: `null` where it is unknown. */
export function inQuorumOf({ kind }: Membership): boolean | null {
  return kind === 'unknown' ? null : kind === 'in';
}

const UNSEEN: Readonly<Record<Unseen, string>> = {
  owner:
    'the listeners and the connections with other members belong to different users: set --server-uid',
  'ensemble-size': 'the ensemble size is unknown: set --members or --ensemble-size',
  'not-listed': 'the listing leaves out the rows that would show it',
  truncated:
    'there are more rows than are kept, and those that would show it may have been left out',
  oracle:
    'one of two voters may be a quorum if the oracle says so (oraclePath), which the probe does not read',
  'whose-votes':
    'votes have weights, and it is not known whose links these are (a mesh hides it, or an address does not belong to a member)',
};

/** What was not seen, as a reason for people. */
export function unseenText(unseen: Unseen): string {
  return UNSEEN[unseen];
}
