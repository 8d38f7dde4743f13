import type { Folded } from '../../model/link.ts';
import { heldForMs } from './held.ts';
import { linksWithPeers, memberAt } from './link-index.ts';
import type { Member } from './members.ts';
import { type Persistence, rowSeen } from './peer-links.ts';

/** A link that lives longer has got through its handshake. */
export const BRIEF_MS = 1_000;

/** By the members' names: when a link with each, on a port between members, was last seen that lived. */
export type Lived = ReadonlyMap<string, number>;

/** Carries when links with each member last lived to this scan. */
export function carryLived(
  before: Lived,
  folded: Folded,
  members: readonly Member[],
  roles: readonly string[],
  { held, nowMs }: Pick<Persistence, 'held' | 'nowMs'>,
): Lived {
  const names = new Set(members.map(({ name }) => name));
  const lived = new Map([...before].filter(([name]) => names.has(name)));
  for (const { peer, rows } of roles.flatMap((role) => linksWithPeers(folded, role))) {
    const name = peer === null ? undefined : memberAt(members, peer)?.name;
    if (name === undefined) continue;
    const isOld = rows.some(
      (row) => row.state === 'established' && heldForMs(held, rowSeen(row), nowMs) >= BRIEF_MS,
    );
    if (isOld) lived.set(name, nowMs);
  }
  return lived;
}
