import {
  isQuorum,
  type QuorumVerifier,
  type VoteWeights,
  votersOf,
} from '../../model/quorum-verifier.ts';
import type { Ensemble } from '../../model/settings.ts';
import type { Circumstances } from './circumstances.ts';
import { linksWithPeers, memberAt } from './link-index.ts';
import { IN, type Membership, OUT, unknownFor } from './membership.ts';
import { isUsable, specOf } from './peer-links.ts';
import { linkedByAddress } from './votes.ts';

/** What makes a quorum of an ensemble; `null` where it is a majority of heads. */
export function verifierOf(ensemble: Ensemble): QuorumVerifier | null {
  return ensemble.kind === 'members' ? (ensemble.verifier ?? null) : null;
}

/** Whether a leader with these votes, linked on the port of `role`, is in a quorum by the ensemble's own rule. */
export function verifiedMembership(
  given: Circumstances,
  verifier: QuorumVerifier,
  votes: number,
  role: string,
): Membership {
  if (verifier.kind === 'weights') return weighedMembership(given, verifier, role);
  return votes >= 2 ? IN : unknownFor('oracle');
}

/**
 * Whether a leader and the voters linked with it make a quorum where votes have weights. It needs to know
 * whose links they are: where a mesh hides that, or an address is no member's, it may be unknown.
 */
function weighedMembership(given: Circumstances, weights: VoteWeights, role: string): Membership {
  const links = linksWithPeers(given.folded, role);
  const linked = new Set<string>();
  const self = given.members.find((member) => member.self);
  if (self !== undefined) linked.add(self.name);
  let unnamed = links.some((link) => link.peer === null && isUsable(link, given.persistence));
  for (const { address } of linkedByAddress(given, links, specOf(given.settings.profile, role))) {
    const member = memberAt(given.members, address);
    if (member === undefined) unnamed = true;
    else linked.add(member.name);
  }
  if (isQuorum(weights, linked)) return IN;
  if (self === undefined) return unknownFor('whose-votes');
  return unnamed && isQuorum(weights, new Set(votersOf(weights))) ? unknownFor('whose-votes') : OUT;
}
