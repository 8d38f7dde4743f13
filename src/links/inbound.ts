import { isLoopback, isPassthroughSource } from '../model/address.ts';
import type { CapturedPeer, Link, Mesh } from '../model/link.ts';
import type { PortSpec } from '../model/profile.ts';
import { type Address, fourTuple, reversedTuple, type Socket } from '../model/socket.ts';
import { INBOUND_CAPTURE_PORTS } from './mesh.ts';
import type { End } from './ownership.ts';
import { byRemote, stallOf, stateOf, unreadOf, worstOf } from './stall.ts';

/** Connections that peers opened to `port`, a proxy's outer halves folded in where the peer is known. */
export function inboundLinks(
  rows: readonly Socket[],
  spec: PortSpec,
  port: number,
  mesh: Mesh,
  endOf: (row: Socket) => End,
): Link[] {
  const onPort = rows.filter((row) => row.local.port === port && endOf(row) !== 'other-pod');
  const dialled = new Map(
    rows
      .filter((row) => row.remote.port === port)
      .map((row) => [reversedTuple(row), endOf(row)] as const),
  );
  const outer = onPort.filter((row) => isOuterHalf(row, mesh, endOf, dialled));
  const halves = new Set(outer);
  const ways = byRemote(outer);
  const links: Link[] = [];
  for (const row of onPort) {
    if (halves.has(row) || endOf(row) === 'proxy') continue;
    // Which of several outer halves from one peer belongs to which link is hidden.
    const way = ways.get(row.remote.address)?.pop() ?? null;
    links.push({
      key: fourTuple(row),
      role: spec.role,
      port,
      direction: 'inbound',
      peer: hidesPeer(row, mesh, dialled) ? null : row.remote.address,
      state: way === null ? stateOf(row) : worstOf(stateOf(row), stateOf(way)),
      stall: stallOf(way ?? row),
      unackedBytes: (way ?? row).txQueueBytes,
      unreadBytes: unreadOf(row),
      path: mesh.kind === 'none' ? 'direct' : pathOf(row, way, dialled),
      rows: way === null ? [row] : [row, way],
    });
  }
  return links;
}

/** Whose end the other row of an in-pod connection is, by the four-tuple of the accepted row. */
type Dialled = ReadonlyMap<string, End>;

/**
 * Where the proxy dials with the peer's own source address, it also accepts on the application's port:
 * that row has no partner in the table, the application's has one.
 */
function isOuterHalf(
  row: Socket,
  mesh: Mesh,
  endOf: (row: Socket) => End,
  dialled: Dialled,
): boolean {
  if (mesh.inbound !== 'original-source') return false;
  const end = endOf(row);
  return end === 'proxy' || (end === 'unsure' && !dialled.has(fourTuple(row)));
}

function pathOf(row: Socket, way: Socket | null, dialled: Dialled): Link['path'] {
  const proxied =
    way !== null || isPassthroughSource(row.remote.address) || dialled.has(fourTuple(row));
  return proxied ? 'through-proxy' : 'direct';
}

/** A proxy stands in for the peer: from its own source, from loopback, or, as Linkerd's, from the pod address. */
function hidesPeer(row: Socket, mesh: Mesh, dialled: Dialled): boolean {
  if (mesh.kind === 'none') return false;
  if (isPassthroughSource(row.remote.address)) return true;
  if (isLoopback(row.remote.address)) return true;
  const dialler =
    row.remote.address === row.local.address ? dialled.get(fourTuple(row)) : undefined;
  return dialler === 'proxy' || (dialler === 'unsure' && mesh.kind === 'linkerd');
}

/** Peers on the proxy's inbound capture ports, each with its rows. */
export function capturedPeers(
  rows: readonly Socket[],
  podAddresses: ReadonlySet<Address>,
): CapturedPeer[] {
  const captured = rows.filter(
    ({ local, remote }) =>
      INBOUND_CAPTURE_PORTS.has(local.port) &&
      !podAddresses.has(remote.address) &&
      !isLoopback(remote.address),
  );
  return [...byRemote(captured)].map(([address, peerRows]) => ({ address, rows: peerRows }));
}
