import type { Address, Socket } from '../model/socket.ts';

/** What stands at the end of an address of which only the beginning was printed. */
export const CUT = '…';

/**
 * Gives every local address that was cut short the same text, its longest beginning: a longer port leaves less
 * room for it. A remote address that looks like the host's own is marked as another one, unless the
 * connection's other end is listed too: nothing says that it is the same.
 */
export function mendCutAddresses(rows: readonly Socket[]): Socket[] {
  const own = longestBeginnings(rows.map(({ local }) => local.address).filter(isCut));
  if (own.length === 0 && !rows.some(({ remote }) => isCut(remote.address))) return [...rows];
  const ends = new Set(rows.map(({ local, remote }) => `${local.port} ${remote.port}`));
  return rows.map((row) => {
    const local = isCut(row.local.address)
      ? (mendedBy(own, row.local.address) ?? row.local.address)
      : row.local.address;
    const looksOwn = isCut(row.remote.address) && mendedBy(own, row.remote.address) !== undefined;
    const inside = looksOwn && ends.has(`${row.remote.port} ${row.local.port}`);
    const remote = !looksOwn ? row.remote.address : inside ? local : `${row.remote.address}?`;
    return {
      ...row,
      local: { ...row.local, address: local },
      remote: { ...row.remote, address: remote },
    };
  });
}

function isCut(address: Address): boolean {
  return address.endsWith(CUT);
}

function longestBeginnings(addresses: readonly Address[]): Address[] {
  const longest: Address[] = [];
  for (const address of [...new Set(addresses)].sort((a, b) => b.length - a.length)) {
    if (mendedBy(longest, address) === undefined) longest.push(address);
  }
  return longest;
}

function mendedBy(longest: readonly Address[], address: Address): Address | undefined {
  const beginning = address.slice(0, -CUT.length);
  return longest.find(
    (one) => one.startsWith(beginning) || beginning.startsWith(one.slice(0, -CUT.length)),
  );
}
