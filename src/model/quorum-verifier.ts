/** Voters whose weights are added up; a quorum needs more than half of them. */
export interface VoteGroup {
  /** Of all servers of the group, those included that are no voters of the ensemble. */
  readonly totalWeight: number;
  /** By the voter's configured name. */
  readonly weights: ReadonlyMap<string, number>;
}

/** What makes a quorum where it is not a majority of heads. */
export type QuorumVerifier =
  | ({ readonly kind: 'weights' } & VoteWeights)
  /** Of two voters one alone may be a quorum, by the word of a file of its own (`QuorumOracleMaj` of the server that `srvr` and the members file belong to). */
  | { readonly kind: 'oracle' };

/** The groups of an ensemble whose votes are not equal; each voter is in one of them. */
export interface VoteWeights {
  readonly groups: readonly VoteGroup[];
}

/**
 * Whether these voters, by their configured names, make a quorum: more than half of the weight of more
 * than half of the groups, those without any weight left out (`QuorumHierarchical` there).
 */
export function isQuorum({ groups }: VoteWeights, voters: ReadonlySet<string>): boolean {
  const counting = groups.filter(({ totalWeight }) => totalWeight > 0);
  const won = counting.filter(({ totalWeight, weights }) => {
    let weight = 0;
    for (const [name, own] of weights) if (voters.has(name)) weight += own;
    return 2 * weight > totalWeight;
  });
  return 2 * won.length > counting.length;
}

/** Names of all voters. */
export function votersOf({ groups }: VoteWeights): string[] {
  return groups.flatMap(({ weights }) => [...weights.keys()]);
}
