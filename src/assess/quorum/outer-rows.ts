import type { Folded, Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';
import type { Address, Socket } from '../../model/socket.ts';
import { anyHidden, linksWithPeers } from './link-index.ts';

/** The row of a link that ends at the peer: of one through a proxy that is the proxy's, where it is known. */
export function outerRow({ path, rows }: Link): Socket | null {
  return (path === 'direct' ? rows[0] : rows[1]) ?? null;
}

/**
 * The rows that end at each peer, by its address, for the links of some port roles. Where a mesh hides whose
 * links came in, those on its capture port are among them, whatever port they serve.
 */
export function rowsByPeer(folded: Folded, roles: readonly string[]): RowsByPeer {
  const known = byRoles(folded);
  const key = roles.join(' ');
  const rows = known.get(key) ?? gather(folded, roles);
  known.set(key, rows);
  return rows;
}

type RowsByPeer = ReadonlyMap<Address, readonly Socket[]>;

/** Asked for several times in one judgement. */
const byRoles = onceFor((_folded: Folded) => new Map<string, RowsByPeer>());

function gather(folded: Folded, roles: readonly string[]): RowsByPeer {
  const byPeer = new Map<Address, Set<Socket>>();
  const add = (peer: Address, row: Socket): void => {
    const known = byPeer.get(peer);
    if (known === undefined) byPeer.set(peer, new Set([row]));
    else known.add(row);
  };
  for (const role of roles) {
    for (const link of linksWithPeers(folded, role)) {
      const row = outerRow(link);
      if (link.peer !== null && row !== null) add(link.peer, row);
    }
  }
  if (roles.some((role) => anyHidden(folded, role))) {
    for (const { address, rows } of folded.capturedPeers) {
      for (const row of rows) add(address, row);
    }
  }
  return new Map([...byPeer].map(([peer, rows]) => [peer, [...rows]]));
}
