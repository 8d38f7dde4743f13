import type { Address } from '../../model/socket.ts';
import type { Member } from './members.ts';

/** Whose an address is by the members' names, or was. */
interface Named {
  readonly name: string;
  /** When the name was first looked up and had the address no more; `null` while it has it. */
  readonly leftMs: number | null;
}

/** Addresses that members' names have had since the agent began, each with the member that had it last. */
export type NamedAddresses = ReadonlyMap<Address, Named>;

/** Kept of addresses that no name has any more, beside as many as the names have. */
const FORMER = 64;

/** Adds the present addresses of members given by name; the oldest that nobody has any more go first. */
export function carryAddresses(before: NamedAddresses, members: readonly Member[]): NamedAddresses {
  const named = members.filter(({ literal }) => !literal);
  if (isSame(before, named)) return before;
  const answered = new Map(named.map(({ name, answer }) => [name, answer?.atMs ?? 0]));
  const present = new Map(
    named.flatMap(({ name, addresses }) =>
      addresses.map((address): [Address, Named] => [address, { name, leftMs: null }]),
    ),
  );
  const former = [...before]
    .filter(([address]) => !present.has(address))
    .map(([address, { name, leftMs }]): [Address, Named] => [
      address,
      { name, leftMs: leftMs ?? answered.get(name) ?? 0 },
    ]);
  return new Map([...former.slice(-FORMER), ...present]);
}

/** Names seldom change, and a map of thousands costs more to make than to compare. */
function isSame(before: NamedAddresses, named: readonly Member[]): boolean {
  let present = 0;
  for (const { name, addresses } of named) {
    for (const address of addresses) {
      const known = before.get(address);
      if (known?.name !== name || known.leftMs !== null) return false;
      present += 1;
    }
  }
  let had = 0;
  for (const { leftMs } of before.values()) had += leftMs === null ? 1 : 0;
  return had === present;
}

/** A member that had an address and has another one now. */
export interface FormerMember {
  readonly member: Member;
  /** When its name was first looked up and had the address no more. */
  readonly leftMs: number;
}

/** Whose address it was, where it is no member's now; `null` where no name is known to have had it. */
export function formerMember(
  named: NamedAddresses,
  members: readonly Member[],
  address: Address,
): FormerMember | null {
  const { name, leftMs } = named.get(address) ?? { name: '', leftMs: null };
  const member = members.find((each) => each.name === name);
  return member === undefined || leftMs === null ? null : { member, leftMs };
}
