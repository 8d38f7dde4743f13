import { isLoopback, isPassthroughSource } from '../model/address.ts';
import { coversListener } from '../model/coverage.ts';
import type { Mesh, MeshInbound, MeshKind } from '../model/link.ts';
import type { Address, Owner, Socket, SocketTable } from '../model/socket.ts';
import { ownerName } from './server-owner.ts';

const ISTIO_INBOUND = 15006;
/** Where proxies take in redirected connections from other pods. */
export const INBOUND_CAPTURE_PORTS: ReadonlySet<number> = new Set([
  ISTIO_INBOUND,
  15008,
  4143,
  20000,
]);
/** Where proxies take in the application's own redirected connections. */
export const OUTBOUND_CAPTURE_PORTS: ReadonlySet<number> = new Set([15001, 4140]);
/** Ports on which a proxy's rows are worth keeping. */
export const CAPTURE_PORTS: readonly number[] = [
  ...INBOUND_CAPTURE_PORTS,
  ...OUTBOUND_CAPTURE_PORTS,
];

/** Listeners that only an Istio sidecar's Envoy or pilot-agent opens in a pod. */
const ISTIO_SIDECAR_PORTS: readonly number[] = [15020, 15021, 15090, 15000];
/** The admin ports of Kuma's Envoy and of Linkerd's proxy, and Consul's or ambient's DNS. */
const OTHER_MARKERS: readonly number[] = [9901, 4190, 4191, 15003];
/** Ports whose listeners tell which mesh there is, beside those that take connections in. */
export const MARKER_PORTS: readonly number[] = [...ISTIO_SIDECAR_PORTS, ...OTHER_MARKERS];
const OF_A_PROXY: ReadonlySet<number> = new Set([...CAPTURE_PORTS, ...MARKER_PORTS]);

/**
 * Recognises the mesh proxy of this pod by its listeners, or takes the configured kind, and tells how
 * it hands inbound connections to the application by the rows it left.
 */
export function recogniseMesh(
  table: SocketTable,
  podAddresses: ReadonlySet<Address>,
  peerPorts: ReadonlySet<number>,
  configured: 'auto' | MeshKind,
): Mesh {
  const rows = [...table.connections, ...table.timeWaits];
  const passthrough = rows.some((row) => isPassthroughRow(row, peerPorts));
  const recognised = kindByListeners(table.listeners);
  // A proxy dials from an address of its own, but only a listener that takes connections in makes it one.
  // A listing may leave that listener out; the kernel's table, which names owners, does not.
  const named = table.listeners.some(({ owner }) => owner.kind === 'uid');
  const isListing = table.coverage.kind === 'listing';
  const mayBeHidden = !named || (isListing && !coversListener(table.coverage, ISTIO_INBOUND));
  const byRows = recognised === 'none' && passthrough && mayBeHidden ? 'unknown' : recognised;
  const kind = configured === 'auto' ? byRows : configured;
  if (kind === 'none') return { kind, inbound: 'none', proxyOwner: { kind: 'unknown' } };
  return {
    kind,
    inbound: passthrough ? 'passthrough' : inboundByRows(rows, podAddresses, peerPorts, kind),
    proxyOwner: ownerOfCapture(table.listeners),
  };
}

function kindByListeners(listeners: readonly Socket[]): MeshKind {
  const ports = new Set(listeners.map((row) => row.local.port));
  const any = (...wanted: readonly number[]): boolean => wanted.some((port) => ports.has(port));
  if (any(4143) && any(4140, 4190, 4191)) return 'linkerd';
  if (any(15001, 15006)) {
    if (any(9901) && !any(15020)) return 'kuma';
    if (any(...ISTIO_SIDECAR_PORTS)) return 'istio-sidecar';
    if (any(15008)) return 'istio-ambient';
    return any(20000) ? 'consul' : 'unknown';
  }
  return any(15008, 15003) ? 'unknown' : 'none';
}

/**
 * The proxy is its capture listeners' owner: uid 1337 by default, but not under TPROXY or OpenShift. Another
 * process may listen on one of these ports too: the proxy is who holds most of them.
 */
function ownerOfCapture(listeners: readonly Socket[]): Owner {
  const holders = new Map<string, { readonly owner: Owner; readonly ports: Set<number> }>();
  for (const { local, owner } of listeners) {
    const name = ownerName(owner);
    if (name === null || !OF_A_PROXY.has(local.port)) continue;
    const holder = holders.get(name) ?? { owner, ports: new Set() };
    holder.ports.add(local.port);
    holders.set(name, holder);
  }
  const captures = [...holders.values()].filter(({ ports }) =>
    CAPTURE_PORTS.some((port) => ports.has(port)),
  );
  const [most] = captures.sort((a, b) => b.ports.size - a.ports.size);
  return most?.owner ?? { kind: 'unknown' };
}

function isPassthroughRow(row: Socket, peerPorts: ReadonlySet<number>): boolean {
  return (
    (peerPorts.has(row.local.port) && isPassthroughSource(row.remote.address)) ||
    (peerPorts.has(row.remote.port) && isPassthroughSource(row.local.address))
  );
}

function inboundByRows(
  rows: readonly Socket[],
  podAddresses: ReadonlySet<Address>,
  peerPorts: ReadonlySet<number>,
  kind: MeshKind,
): MeshInbound {
  const toPeerPort = rows.filter((row) => peerPorts.has(row.remote.port));
  if (toPeerPort.some((row) => isSpoofed(row, podAddresses))) return 'original-source';
  const fromLoopback = (row: Socket): boolean =>
    isLoopback(row.local.address) && isLoopback(row.remote.address);
  if (toPeerPort.some(fromLoopback)) return 'loopback';
  return kind === 'istio-ambient' ? 'original-source' : 'unknown';
}

/** A row whose local address is not the pod's: a proxy that dials with the peer's own source address. */
export function isSpoofed(row: Socket, podAddresses: ReadonlySet<Address>): boolean {
  return !podAddresses.has(row.local.address) && !isLoopback(row.local.address);
}
