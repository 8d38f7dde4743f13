import { isLoopback, isPassthroughSource } from '../model/address.ts';
import type { Mesh } from '../model/link.ts';
import type { Address, Socket, SocketTable } from '../model/socket.ts';
import { INBOUND_CAPTURE_PORTS, isSpoofed, OUTBOUND_CAPTURE_PORTS } from './mesh.ts';
import { ownerName } from './server-owner.ts';

/**
 * Whose end of a connection a row is. `unsure`: behind a mesh without telling uids (pasted listings,
 * a proxy that runs as the application's user), where only its partner rows decide.
 */
export type End = 'application' | 'proxy' | 'unsure' | 'other-pod';

/** Tells whose a connection row is, by uid where uids differ, else by the shape of its addresses. */
export function endsOf(
  table: SocketTable,
  mesh: Mesh,
  podAddresses: ReadonlySet<Address>,
  watchedPorts: ReadonlySet<number>,
): (row: Socket) => End {
  if (mesh.kind === 'none') {
    const isLocal = localTest(podAddresses);
    return (row) => (isLocal(row.local.address) ? 'application' : 'other-pod');
  }
  const proxy = telltaleOwner(table, mesh, watchedPorts);
  return (row) => {
    if (hasProxyShape(row, podAddresses)) return 'proxy';
    const owner = ownerName(row.owner);
    if (proxy === null || owner === null) {
      // The accepted end of an in-pod connection is the application's: only it listens there.
      return isPassthroughSource(row.remote.address) ? 'application' : 'unsure';
    }
    return owner === proxy ? 'proxy' : 'application';
  };
}

/** The proxy by its uid, or by its process in a listing, unless the application listens under the same one. */
function telltaleOwner(
  table: SocketTable,
  mesh: Mesh,
  watchedPorts: ReadonlySet<number>,
): string | null {
  const proxy = ownerName(mesh.proxyOwner);
  const shared = table.listeners.some(
    (row) => watchedPorts.has(row.local.port) && ownerName(row.owner) === proxy,
  );
  return shared ? null : proxy;
}

function hasProxyShape(row: Socket, podAddresses: ReadonlySet<Address>): boolean {
  return (
    isPassthroughSource(row.local.address) ||
    INBOUND_CAPTURE_PORTS.has(row.local.port) ||
    OUTBOUND_CAPTURE_PORTS.has(row.local.port) ||
    INBOUND_CAPTURE_PORTS.has(row.remote.port) ||
    isSpoofed(row, podAddresses)
  );
}

/** Tells whether a local address belongs to this pod. A pod that is itself a loopback address owns no other. */
export function localTest(podAddresses: ReadonlySet<Address>): (address: Address) => boolean {
  const podIsLoopback = [...podAddresses].some(isLoopback);
  return (address) => podAddresses.has(address) || (isLoopback(address) && !podIsLoopback);
}
