import { type Coverage, coversListener } from '../model/coverage.ts';
import type { Folded, Link, Mesh, MeshKind } from '../model/link.ts';
import { isPeerPort, type Profile } from '../model/profile.ts';
import {
  type Address,
  fourTuple,
  type PortCounts,
  reversedTuple,
  type Socket,
  type SocketTable,
} from '../model/socket.ts';
import { capturedPeers, inboundLinks } from './inbound.ts';
import { foldListeners, guessPodAddresses } from './listeners.ts';
import { recogniseMesh } from './mesh.ts';
import { outboundLinks } from './outbound.ts';
import { endsOf, localTest } from './ownership.ts';
import { foreignTest, type OwnerHints, type Surroundings, serverOwnerOf } from './server-owner.ts';
import { stateOf } from './stall.ts';

export interface FoldOptions {
  readonly profile: Profile;
  /** The pod's own addresses, or `null` to read them from the table. */
  readonly podAddresses: readonly Address[] | null;
  readonly mesh: 'auto' | MeshKind;
  /** The members' addresses; `null` where members are not known by address. */
  readonly memberAddresses: ReadonlySet<Address> | null;
  readonly owner: OwnerHints;
}

/** Folds socket rows into links: a proxy's extra sockets become part of the connection they carry. */
export function fold(table: SocketTable, options: FoldOptions): Folded {
  const { profile } = options;
  const watchedPorts = new Set(profile.ports.flatMap((spec) => spec.ports));
  const peerSpecs = profile.ports.filter(isPeerPort);
  const peerPorts = new Set(peerSpecs.flatMap((spec) => spec.ports));
  const podAddresses =
    options.podAddresses ?? guessPodAddresses(table.listeners, table.connections, watchedPorts);
  const own = new Set(podAddresses);
  const mesh = recogniseMesh(table, own, peerPorts, options.mesh);
  const around: Surroundings = {
    profile,
    peerPorts,
    isOwn: localTest(own),
    memberAddresses: options.memberAddresses,
  };
  const owner = serverOwnerOf(table, mesh, options.owner, around);
  const isForeign = foreignTest(owner, mesh, around);
  const watched = table.listeners.filter(({ local }) => watchedPorts.has(local.port));
  const endOf = endsOf(table, mesh, own, watchedPorts);
  const foreign = [...watched, ...table.connections].filter(isForeign);
  const dialledByForeigners = new Set(foreign.map(reversedTuple));
  const held = table.connections.filter(
    (row) => isHeld(row) && !isForeign(row) && !dialledByForeigners.has(fourTuple(row)),
  );

  const showsCaptured = table.coverage.kind === 'whole' && !table.captureCrowd;

  const links: Link[] = [];
  for (const spec of peerSpecs) {
    for (const port of spec.ports) {
      links.push(...inboundLinks(held, spec, port, mesh, endOf));
      links.push(
        ...outboundLinks(held, spec, port, {
          mesh,
          endOf,
          own,
          listened: watchedPorts,
          showsCaptured,
        }),
      );
    }
  }
  const clients = clientLinks(table, profile, mesh);
  return {
    podAddresses,
    mesh,
    listeners: foldListeners(
      watched.filter((row) => !isForeign(row)),
      profile,
      own,
    ),
    provenRoles: provenRoles(profile, table.coverage, links, clients),
    links,
    coverage: table.coverage,
    capturedPeers: mesh.kind === 'none' ? [] : capturedPeers(held, own),
    owner,
    foreign,
    clientLinks: clients,
  };
}

/** A closing row with inode 0 is an orphan: the application has let go of it, so it is no link. */
function isHeld(row: Socket): boolean {
  return row.accepted || stateOf(row) !== 'closing';
}

function clientLinks(table: SocketTable, profile: Profile, mesh: Mesh): Map<number, number> {
  const byPort = new Map<number, number>();
  for (const spec of profile.ports) {
    if (isPeerPort(spec)) continue;
    for (const port of spec.ports) {
      const counts = table.ports.get(port);
      byPort.set(port, counts === undefined ? 0 : applicationLinks(counts, mesh));
    }
  }
  return byPort;
}

/** Established connections on the application's side of a clients' port. */
function applicationLinks(counts: PortCounts, mesh: Mesh): number {
  let links = 0;
  for (const [uid, rows] of counts.inboundByUid) {
    const isProxys = mesh.proxyOwner.kind === 'uid' && mesh.proxyOwner.uid === uid;
    if (!isProxys || counts.inboundByUid.size === 1) links += rows;
  }
  return links;
}

/** A connection that came in on a port shows that it is listened on, where its listeners were not read. */
function provenRoles(
  profile: Profile,
  coverage: Coverage,
  links: readonly Link[],
  clients: ReadonlyMap<number, number>,
): ReadonlySet<string> {
  if (coverage.kind === 'whole') return new Set();
  const used = new Set(
    links.filter(({ direction }) => direction === 'inbound').map(({ port }) => port),
  );
  for (const [port, count] of clients) if (count > 0) used.add(port);
  const isProven = (port: number): boolean => used.has(port) && !coversListener(coverage, port);
  return new Set(profile.ports.filter(({ ports }) => ports.some(isProven)).map(({ role }) => role));
}
