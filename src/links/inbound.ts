import { fourTuple } from '../model/four-tuple.ts';
import type { CapturedPeer, Link, Mesh } from '../model/link.ts';
import type { PortSpec } from '../model/profile.ts';
import type { Address, Socket } from '../model/socket.ts';
import { isLoopback, isPassthroughSource } from './addresses.ts';
import { INBOUND_CAPTURE_PORTS } from './mesh.ts';
import type { End } from './ownership.ts';
import { bestFirst, stallOf, stateOf, worstOf } from './stall.ts';

/** Connections that peers opened to `port`, a proxy's outer halves folded in where the peer is known. */
export function inboundLinks(
  rows: readonly Socket[],
  spec: PortSpec,
  port: number,
  mesh: Mesh,
  endOf: (row: Socket) => End,
): Link[] {
  const onPort = rows.filter((row) => row.local.port === port && endOf(row) !== 'other-pod');
  const dialled = new Set(
    rows.filter((row) => row.remote.port === port).map((row) => reversedTuple(row)),
  );
  const outer = onPort.filter((row) => isOuterHalf(row, mesh, endOf, dialled)).sort(bestFirst);
  const links: Link[] = [];
  for (const row of onPort) {
    if (outer.includes(row) || endOf(row) === 'proxy') continue;
    const way = takeOuterHalf(outer, row);
    links.push({
      key: fourTuple(row),
      role: spec.role,
      port,
      direction: 'inbound',
      peer: hidesPeer(row, mesh) ? null : row.remote.address,
      state: way === null ? stateOf(row) : worstOf(stateOf(row), stateOf(way)),
      stall: stallOf(way ?? row),
      unackedBytes: (way ?? row).txQueueBytes,
      unreadBytes: row.rxQueueBytes,
      path: mesh.kind === 'none' ? 'direct' : pathOf(row, way, dialled),
      rows: way === null ? [row] : [row, way],
    });
  }
  return links;
}

/**
 * Where the proxy dials with the peer's own source address, it also accepts on the application's port:
 * that row has no partner in the table, the application's has one.
 */
function isOuterHalf(
  row: Socket,
  mesh: Mesh,
  endOf: (row: Socket) => End,
  dialled: ReadonlySet<string>,
): boolean {
  if (mesh.inbound !== 'original-source') return false;
  const end = endOf(row);
  return end === 'proxy' || (end === 'unsure' && !dialled.has(fourTuple(row)));
}

/** Takes the best outer half from the same peer: which of several belongs to which link is hidden. */
function takeOuterHalf(outer: Socket[], row: Socket): Socket | null {
  const at = outer.findIndex((half) => half.remote.address === row.remote.address);
  return at < 0 ? null : (outer.splice(at, 1)[0] ?? null);
}

function pathOf(row: Socket, way: Socket | null, dialled: ReadonlySet<string>): Link['path'] {
  const proxied =
    way !== null || isPassthroughSource(row.remote.address) || dialled.has(fourTuple(row));
  return proxied ? 'through-proxy' : 'direct';
}

function hidesPeer(row: Socket, mesh: Mesh): boolean {
  if (isPassthroughSource(row.remote.address)) return true;
  return mesh.kind !== 'none' && isLoopback(row.remote.address);
}

function reversedTuple(row: Socket): string {
  return fourTuple({ local: row.remote, remote: row.local });
}

/** Peers on the proxy's inbound capture ports, each with its rows. */
export function capturedPeers(
  rows: readonly Socket[],
  podAddresses: ReadonlySet<Address>,
): CapturedPeer[] {
  const byPeer = new Map<Address, Socket[]>();
  for (const row of rows) {
    const { address } = row.remote;
    if (!INBOUND_CAPTURE_PORTS.has(row.local.port)) continue;
    if (podAddresses.has(address) || isLoopback(address)) continue;
    byPeer.set(address, [...(byPeer.get(address) ?? []), row]);
  }
  return [...byPeer].map(([address, peerRows]) => ({ address, rows: peerRows }));
}
