import { isLoopback, isWildcard } from '../model/address.ts';
import type { Listener, ListenerReach } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { Address, Socket } from '../model/socket.ts';
import { localTest } from './ownership.ts';

/** The application's listeners on the watched ports, one for each port that has any. */
export function foldListeners(
  rows: readonly Socket[],
  profile: Profile,
  podAddresses: ReadonlySet<Address>,
): Listener[] {
  const isLocal = localTest(podAddresses);
  const listeners: Listener[] = [];
  for (const spec of profile.ports) {
    for (const port of spec.ports) {
      const own = rows.filter(
        (row) =>
          row.local.port === port && (isWildcard(row.local.address) || isLocal(row.local.address)),
      );
      if (own.length === 0) continue;
      listeners.push({
        port,
        role: spec.role,
        reach: reachOf(own, podAddresses),
        addresses: own.map((row) => row.local.address),
        acceptQueue: own.reduce((sum, row) => sum + row.rxQueueBytes, 0),
        acceptQueueLimit: limitOf(own),
        rows: own,
      });
    }
  }
  return listeners;
}

function limitOf(rows: readonly Socket[]): number | null {
  let sum = 0;
  for (const { acceptQueueLimit } of rows) {
    if (acceptQueueLimit === undefined) return null;
    sum += acceptQueueLimit;
  }
  return sum;
}

/** The widest reach of several listeners on one port. */
function reachOf(rows: readonly Socket[], podAddresses: ReadonlySet<Address>): ListenerReach {
  if (rows.some((row) => isWildcard(row.local.address))) return 'wildcard';
  const beyond = rows.some(
    (row) => podAddresses.has(row.local.address) || !isLoopback(row.local.address),
  );
  return beyond ? 'pod' : 'loopback';
}

/**
 * The pod's own addresses when nobody told them: the specific ones that the watched ports listen on,
 * else the local address that most connections have.
 */
export function guessPodAddresses(
  listeners: readonly Socket[],
  connections: readonly Socket[],
  watchedPorts: ReadonlySet<number>,
): Address[] {
  const specific = listeners
    .filter((row) => watchedPorts.has(row.local.port))
    .map((row) => row.local.address)
    .filter((address) => !isWildcard(address) && !isLoopback(address));
  if (specific.length > 0) return [...new Set(specific)];
  const counts = new Map<Address, number>();
  for (const { local } of connections) {
    if (isLoopback(local.address) || isWildcard(local.address)) continue;
    counts.set(local.address, (counts.get(local.address) ?? 0) + 1);
  }
  const [commonest] = [...counts].sort((a, b) => b[1] - a[1]);
  return commonest === undefined ? [] : [commonest[0]];
}
