import type { Folded } from '../../model/link.ts';
import type { Address } from '../../model/socket.ts';
import type { Circumstances } from './circumstances.ts';
import type { Member } from './members.ts';
import { byVotes, type Membership } from './membership.ts';

/** Voters that this member is linked with, as far as their addresses tell. */
export interface LinkedVoters {
  /** Members by their addresses, and those that a mesh hides. */
  readonly voters: number;
  /** Addresses that no member is known by, each as often as it may be a member. */
  readonly strangers: readonly Address[];
  /** Voting members without a link, this one left out. */
  readonly missing: readonly Member[];
}

/** Votes, how many of them are from addresses that no member is known by, and what they come to. */
export interface Votes {
  readonly votes: number;
  readonly unmatched: number;
  readonly inQuorum: Membership;
}

/**
 * What the linked voters come to, together with `base` votes that need no link. An address that is no
 * member's is no vote; but where peers come from other addresses than their names have (a ClusterIP for
 * each pod, NAT, the other address family), the links that the server itself accepted are judged by their
 * number, at most as many as there are members without a link.
 */
export function judgeVotes(given: Circumstances, linked: LinkedVoters, base: number): Votes {
  const { majority, placedBefore, saysItLeads } = given;
  const known = base + linked.voters;
  // A member that came in from its own address before is not to be looked for behind another one.
  const missing = saysItLeads
    ? linked.missing
    : linked.missing.filter(({ addresses }) => !addresses.some((one) => placedBefore.has(one)));
  const possible = Math.min(linked.strangers.length, missing.length);
  if (possible === 0) return { votes: known, unmatched: 0, inQuorum: byVotes(known, majority) };
  const needed = majority === null ? possible : majority - known;
  if (areUnmatched(given, { ...linked, missing }, needed)) {
    const votes = known + possible;
    return { votes, unmatched: possible, inQuorum: byVotes(votes, majority) };
  }
  return { votes: known, unmatched: 0, inQuorum: byVotes(known, majority) };
}

/**
 * Whether the names are at fault, and not a stranger at the door: there are exactly as many as members
 * without a link (more of them are somebody else's); or as many as are `needed` have an address that cannot
 * be theirs; or it was so before; or the server itself says that it leads.
 */
function areUnmatched(
  { folded, members, unmatchedBefore, saysItLeads }: Circumstances,
  { strangers, missing }: LinkedVoters,
  needed: number,
): boolean {
  // Where this pod is not found in the list by name or address either, one of the missing is itself.
  const others = missing.length - (members.some(({ self }) => self) ? 0 : 1);
  if (unmatchedBefore || saysItLeads || strangers.length === others) return true;
  const own = new Set(folded.podAddresses);
  const families = new Set(strangers.map(familyOf));
  const wrong = missing.filter(
    ({ addresses }) =>
      addresses.length > 0 &&
      (addresses.every((address) => own.has(address)) ||
        addresses.every((address) => !families.has(familyOf(address)))),
  );
  return wrong.length >= needed;
}

/** The members' present addresses that links came in from, now or in an earlier scan: those names are right. */
export function placedAddresses(
  { links }: Folded,
  members: readonly Member[],
  before: ReadonlySet<Address>,
): ReadonlySet<Address> {
  const cameIn = new Set(
    links.flatMap(({ direction, state, peer }) =>
      direction === 'inbound' && state === 'up' && peer !== null ? [peer] : [],
    ),
  );
  const present = members.flatMap(({ self, addresses }) => (self ? [] : addresses));
  return new Set(present.filter((address) => cameIn.has(address) || before.has(address)));
}

function familyOf(address: Address): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
