import { isLoopback } from '../model/address.ts';
import type { Link, LinkState, Mesh } from '../model/link.ts';
import type { PortSpec } from '../model/profile.ts';
import { type Address, type Endpoint, fourTuple, type Socket } from '../model/socket.ts';
import { INBOUND_CAPTURE_PORTS, OUTBOUND_CAPTURE_PORTS } from './mesh.ts';
import type { End } from './ownership.ts';
import { byRemote, stallOf, stateOf, unreadOf, worstFirst, worstOf } from './stall.ts';

/** How this pod's rows are to be read. */
export interface OutboundSide {
  readonly mesh: Mesh;
  readonly endOf: (row: Socket) => End;
  /** The pod's own addresses. */
  readonly own: ReadonlySet<Address>;
  /** The watched ports: a connection on one of them came in, whatever port the other end dialled from. */
  readonly listened: ReadonlySet<number>;
  /** Whether every row of the proxy's capture ports is in the table. */
  readonly showsCaptured: boolean;
}

/**
 * Connections that this member opened to `port` of its peers. Behind a mesh the application's own row
 * proves only the handshake with the local proxy, so the link has the state of the proxy's row beyond.
 */
export function outboundLinks(
  rows: readonly Socket[],
  spec: PortSpec,
  port: number,
  { mesh, endOf, own: podAddresses, listened, showsCaptured }: OutboundSide,
): Link[] {
  const isToPeer = (row: Socket): boolean =>
    !podAddresses.has(row.remote.address) && !isLoopback(row.remote.address);
  // A pod that is itself a loopback address has loopback peers.
  const podIsLoopback = [...podAddresses].some(isLoopback);
  const toPort = rows.filter(
    (row) =>
      row.remote.port === port &&
      !listened.has(row.local.port) &&
      endOf(row) !== 'other-pod' &&
      (isToPeer(row) || (podIsLoopback && !podAddresses.has(row.remote.address))),
  );
  if (mesh.kind === 'none') return toPort.map((row) => link(spec, port, row, null, 'direct'));
  const captured = capturedByProxy(rows);
  const { own, proxied } = partOwners(toPort, endOf, captured);
  const ways = byRemote(proxied);
  const tunnels = byRemote(rows.filter((row) => INBOUND_CAPTURE_PORTS.has(row.remote.port)));
  const dialledAddresses = new Set(own.map((row) => row.remote.address));
  const elsewhere = [...ways]
    .flatMap(([peer, rowsThere]) => (dialledAddresses.has(peer) ? [] : rowsThere))
    .sort(worstFirst);
  return own.map((row) => {
    const isCaptured = captured.has(endpointKey(row.local));
    // A connection that the proxy does not hold goes past it: none of the proxy's is its other half.
    if (!isCaptured && showsCaptured && isOwnersRow(row, endOf))
      return link(spec, port, row, null, 'direct');
    const peer = row.remote.address;
    const way = ways.get(peer)?.pop() ?? elsewhere.pop() ?? tunnels.get(peer)?.at(-1) ?? null;
    if (way !== null) return link(spec, port, row, way, 'through-proxy');
    return link(spec, port, row, null, isCaptured ? 'unattributed' : 'direct');
  });
}

/** Whether the row is the application's by its owner, and not by the shape of its addresses alone. */
function isOwnersRow(row: Socket, endOf: (row: Socket) => End): boolean {
  return row.owner.kind === 'uid' && endOf(row) === 'application';
}

/** Local ends of the application's sockets that the proxy's outbound capture port holds the other end of. */
function capturedByProxy(rows: readonly Socket[]): ReadonlySet<string> {
  return new Set(
    rows
      .filter((row) => OUTBOUND_CAPTURE_PORTS.has(row.local.port) && isLoopback(row.local.address))
      .map((row) => endpointKey(row.remote)),
  );
}

function endpointKey({ address, port }: Endpoint): string {
  return `${address}|${port}`;
}

/** Parts the rows to one port into the application's and the proxy's. */
function partOwners(
  rows: readonly Socket[],
  endOf: (row: Socket) => End,
  captured: ReadonlySet<string>,
): { readonly own: readonly Socket[]; readonly proxied: readonly Socket[] } {
  const own: Socket[] = [];
  const proxied: Socket[] = [];
  const unsure: Socket[] = [];
  for (const row of rows) {
    const end = captured.has(endpointKey(row.local)) ? 'application' : endOf(row);
    if (end === 'application') own.push(row);
    else if (end === 'proxy') proxied.push(row);
    else unsure.push(row);
  }
  const ownByPeer = byRemote(own);
  for (const [peer, toPeer] of byRemote(unsure)) {
    const ownToPeer = ownByPeer.get(peer)?.length ?? 0;
    // Each link stands in the table twice, so of n rows ⌈n/2⌉ are the application's: the best, since
    // the local proxy answers at once.
    const wanted = Math.max(0, Math.ceil((toPeer.length + ownToPeer) / 2) - ownToPeer);
    const others = toPeer.length - wanted;
    own.push(...toPeer.slice(others));
    proxied.push(...toPeer.slice(0, others));
  }
  return { own, proxied };
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
    unreadBytes: unreadOf(row),
    path,
    rows: way === null ? [row] : [row, way],
  };
}
