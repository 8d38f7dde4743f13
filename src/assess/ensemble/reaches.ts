import type { MemberReach } from '../../model/ensemble.ts';
import type { MemberPeer, MemberReport } from '../../model/evidence.ts';
import type { Address } from '../../model/socket.ts';
import type { Naming } from './names.ts';
import { isUnanswered } from './partition.ts';

/**
 * What each member's report says of its reach of the others, by the names here; empty while none of them goes
 * without an answer. Where the reports know a member by different addresses, one of them is of before it
 * was moved, and what any says of it is unknown.
 */
export function reachesOf(
  reports: ReadonlyMap<string, MemberReport>,
  nameOf: Naming,
): readonly MemberReach[] {
  const isQuiet = [...reports.values()].every(({ peers }) =>
    peers.entries.every(({ reach }) => reach === null || !isUnanswered(reach)),
  );
  if (isQuiet) return [];
  const said = [...reports].flatMap(([from, { schema, peers }]) =>
    // No finding rests on the report of a probe of another release.
    schema === 'other'
      ? []
      : peers.entries.map((entry) => ({ from, to: nameOf(entry.name), entry })),
  );
  const moved = movedMembers(said);
  return said.flatMap(({ from, to, entry: { reach } }): MemberReach[] =>
    reach === null || from === to ? [] : [{ from, to, reach: moved.has(to) ? 'unknown' : reach }],
  );
}

function movedMembers(
  said: readonly { readonly to: string; readonly entry: MemberPeer }[],
): ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<Address>>();
  const moved = new Set<string>();
  for (const { to, entry } of said) {
    if (entry.addresses.length === 0) continue;
    const before = known.get(to);
    if (before === undefined) known.set(to, new Set(entry.addresses));
    else if (!entry.addresses.some((address) => before.has(address))) moved.add(to);
  }
  return moved;
}
