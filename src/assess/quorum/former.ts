import type { Address } from '../../model/socket.ts';
import type { Member } from './members.ts';

/** Addresses that members' names have had since the agent began, each with the member that had it last. */
export type NamedAddresses = ReadonlyMap<Address, string>;

/** Kept of addresses that no name has any more, beside as many as the names have. */
const FORMER = 64;

/** Adds the present addresses of members given by name; the oldest that nobody has any more go first. */
export function carryAddresses(before: NamedAddresses, members: readonly Member[]): NamedAddresses {
  const present = new Map(
    members
      .filter(({ literal }) => !literal)
      .flatMap(({ name, addresses }) => addresses.map((address) => [address, name] as const)),
  );
  // Names seldom change, and a map of thousands costs more to make than to compare.
  if ([...present].every(([address, name]) => before.get(address) === name)) return before;
  const former = [...before].filter(([address]) => !present.has(address));
  return new Map([...former.slice(-FORMER), ...present]);
}

/** Whose address it was, where it is no member's now; `null` where no name is known to have had it. */
export function formerMember(
  named: NamedAddresses,
  members: readonly Member[],
  address: Address,
): Member | null {
  const name = named.get(address);
  if (name === undefined) return null;
  const member = members.find((each) => each.name === name);
  return member === undefined || member.addresses.includes(address) ? null : member;
}
