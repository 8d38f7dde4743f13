import { fourTuple } from '../model/four-tuple.ts';
import type { Link, LinkState, Mesh } from '../model/link.ts';
import type { PortSpec } from '../model/profile.ts';
import type { Address, Socket } from '../model/socket.ts';
import { isLoopback } from './addresses.ts';
import { INBOUND_CAPTURE_PORTS, OUTBOUND_CAPTURE_PORTS } from './mesh.ts';
import type { End } from './ownership.ts';
import { bestFirst, stallOf, stateOf, worstOf } from './stall.ts';

/**
 * Connections that this member opened to `port` of its peers. Behind a mesh the application's own row
 * proves only the handshake with the local proxy, so the link has the state of the proxy's row beyond.
 */
export function outboundLinks(
  rows: readonly Socket[],
  spec: PortSpec,
  port: number,
  mesh: Mesh,
  endOf: (row: Socket) => End,
  podAddresses: ReadonlySet<Address>,
): Link[] {
  const isToPeer = (row: Socket): boolean =>
    !podAddresses.has(row.remote.address) && !isLoopback(row.remote.address);
  // A pod that is itself a loopback address has loopback peers.
  const podIsLoopback = [...podAddresses].some(isLoopback);
  const toPort = rows.filter(
    (row) =>
      row.remote.port === port &&
      endOf(row) !== 'other-pod' &&
      (isToPeer(row) || (podIsLoopback && !podAddresses.has(row.remote.address))),
  );
  if (mesh.kind === 'none') return toPort.map((row) => link(spec, port, row, null, 'direct'));
  const captured = capturedByProxy(rows);
  const { own, proxied } = partOwners(toPort, endOf, captured);
  const ways = [...proxied].sort(bestFirst);
  const tunnels = rows.filter((row) => INBOUND_CAPTURE_PORTS.has(row.remote.port)).sort(bestFirst);
  const dialledAddresses = new Set(own.map((row) => row.remote.address));
  return own.map((row) => {
    const way =
      take(ways, (beyond) => beyond.remote.address === row.remote.address) ??
      take(ways, (beyond) => !dialledAddresses.has(beyond.remote.address)) ??
      tunnels.find((tunnel) => tunnel.remote.address === row.remote.address) ??
      null;
    if (way !== null) return link(spec, port, row, way, 'through-proxy');
    return link(spec, port, row, null, captured.has(fourTuple(row)) ? 'unattributed' : 'direct');
  });
}

/** Four-tuples of the application's sockets that the proxy's outbound capture port holds the other end of. */
function capturedByProxy(rows: readonly Socket[]): ReadonlySet<string> {
  return new Set(
    rows
      .filter((row) => OUTBOUND_CAPTURE_PORTS.has(row.local.port) && isLoopback(row.local.address))
      .flatMap((row) => rows.filter((own) => sameEndpoint(own, row)).map(fourTuple)),
  );
}

function sameEndpoint(own: Socket, capture: Socket): boolean {
  return own.local.port === capture.remote.port && own.local.address === capture.remote.address;
}

/** Parts the rows to one port into the application's and the proxy's. */
function partOwners(
  rows: readonly Socket[],
  endOf: (row: Socket) => End,
  captured: ReadonlySet<string>,
): { readonly own: readonly Socket[]; readonly proxied: readonly Socket[] } {
  const own = rows.filter((row) => endOf(row) === 'application' || captured.has(fourTuple(row)));
  const proxied = rows.filter((row) => endOf(row) === 'proxy');
  const unsure = rows.filter((row) => !own.includes(row) && !proxied.includes(row));
  for (const peer of new Set(unsure.map((row) => row.remote.address))) {
    const toPeer = unsure.filter((row) => row.remote.address === peer).sort(bestFirst);
    const ownToPeer = own.filter((row) => row.remote.address === peer).length;
    // Each link stands in the table twice, so of n rows ⌈n/2⌉ are the application's.
    const wanted = Math.max(0, Math.ceil((toPeer.length + ownToPeer) / 2) - ownToPeer);
    own.push(...toPeer.slice(0, wanted));
    proxied.push(...toPeer.slice(wanted));
  }
  return { own, proxied };
}

function take(rows: Socket[], wanted: (row: Socket) => boolean): Socket | null {
  const at = rows.findIndex(wanted);
  return at < 0 ? null : (rows.splice(at, 1)[0] ?? null);
}

function link(
  spec: PortSpec,
  port: number,
  row: Socket,
  way: Socket | null,
  path: Link['path'],
): Link {
  const state: LinkState = way === null ? stateOf(row) : worstOf(stateOf(row), stateOf(way));
  return {
    key: fourTuple(row),
    role: spec.role,
    port,
    direction: 'outbound',
    peer: (way ?? row).remote.address,
    state,
    stall: stallOf(way ?? row),
    unackedBytes: (way ?? row).txQueueBytes,
    unreadBytes: row.rxQueueBytes,
    path,
    rows: way === null ? [row] : [row, way],
  };
}
