import { isLoopback } from '../model/address.ts';
import { type Coverage, coversListener } from '../model/coverage.ts';
import type { Mesh, ServerOwner } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { Address, Owner, Socket, SocketTable } from '../model/socket.ts';

/** What is known of the server's owner before the table is read. */
export interface OwnerHints {
  /** Uids given by `--server-uid`; empty where it is not. */
  readonly given: readonly number[];
  /** Learned in an earlier scan: the owners of the listeners, seen on a connection; empty before that. */
  readonly learned: readonly string[];
  /** Who a server that binds as root was taken to run as, while it was ready; empty before that. */
  readonly trusted: readonly string[];
}

export const NO_HINTS: OwnerHints = { given: [], learned: [], trusted: [] };

/** What tells a link with a member from any other connection. */
export interface Surroundings {
  readonly profile: Profile;
  readonly peerPorts: ReadonlySet<number>;
  /** Whether an address is one of this pod. */
  readonly isOwn: (address: Address) => boolean;
  /** The members' addresses; `null` where members are not known by address. */
  readonly memberAddresses: ReadonlySet<Address> | null;
}

/** An owner by the words in which people read of it; `null` where the row names none. */
export function ownerName(owner: Owner): string | null {
  switch (owner.kind) {
    case 'uid':
      return `uid ${owner.uid}`;
    case 'process':
      return `${owner.program} (pid ${owner.pid})`;
    case 'unknown':
      return null;
  }
}

const ROOT = 'uid 0';

/**
 * Who the server runs as: the owner of the ports which this member must listen on. Some servers
 * bind as root and go on as another user; until the listeners' owner is seen on a connection, the
 * owner of the connections is not known for certain.
 */
export function serverOwnerOf(
  table: SocketTable,
  mesh: Mesh,
  { given, learned, trusted }: OwnerHints,
  around: Surroundings,
): ServerOwner {
  if (given.length > 0)
    return { kind: 'known', names: new Set(given.map((uid) => `uid ${uid}`)), by: 'option' };
  if (learned.length > 0) return { kind: 'known', names: new Set(learned), by: 'link' };
  const { names, holdsAll } = ownersOfRequired(table, mesh, around.profile);
  if (names.size === 0) return { kind: 'unnamed' };
  const proxy = ownerName(mesh.proxyOwner);
  const onPeerPorts = table.connections.filter(
    ({ local, remote }) => around.peerPorts.has(local.port) || around.peerPorts.has(remote.port),
  );
  const seen = onPeerPorts.some(({ owner }) => names.has(ownerName(owner) ?? ''));
  if (seen && holdsAll) return { kind: 'known', names, by: 'link' };
  const others = new Set<string>();
  for (const { owner, remote } of onPeerPorts) {
    const name = ownerName(owner);
    if (name === null || names.has(name) || name === proxy) continue;
    if (isMembers(remote.address, around)) others.add(name);
  }
  const boundAsRoot = holdsAll && names.size === 1 && names.has(ROOT);
  const stillThere = boundAsRoot ? trusted.filter((name) => others.has(name)) : [];
  if (stillThere.length > 0)
    return { kind: 'unproven', names, others: new Set(stillThere), trusted: true };
  // Who holds some of the ports alone and is connected may be another process than the server.
  const mayRunAs = boundAsRoot && others.size === 1 && trusted.length === 0;
  return { kind: 'unproven', names, others, trusted: others.size === 0 ? !seen : mayRunAs };
}

/**
 * The owners of the listeners that this member must have: the one that holds all of them, within reach of
 * other pods where another process holds the same ports on a loopback address; else every one.
 */
function ownersOfRequired(
  { listeners, coverage }: SocketTable,
  mesh: Mesh,
  { ports }: Profile,
): { readonly names: ReadonlySet<string>; readonly holdsAll: boolean } {
  const must = ports.filter(({ listens }) => listens === 'every-member' || listens === 'voters');
  const required = (must.length > 0 ? must : ports).filter(({ ports: of }) =>
    mayBeSeen(of, listeners, coverage),
  );
  const roleOfPort = new Map(
    required.flatMap((spec) => spec.ports.map((port) => [port, spec.role])),
  );
  const rolesOf = rolesByOwner(listeners, roleOfPort);
  const whole = holdersOfAll(rolesOf, required.length);
  const beyond = listeners.filter(({ local }) => !isLoopback(local.address));
  // A mesh may deliver to a loopback address: then reach tells nothing.
  const reached =
    whole.length > 1 && mesh.kind === 'none'
      ? holdersOfAll(rolesByOwner(beyond, roleOfPort), required.length)
      : whole;
  const [only, another] = reached;
  if (only !== undefined && another === undefined) {
    return { names: new Set([only]), holdsAll: true };
  }
  // Where each holds a part, one of them may be a stranger who took a port that the server has not opened.
  return { names: new Set(rolesOf.keys()), holdsAll: false };
}

/** The roles of the ports that each owner listens on. */
function rolesByOwner(
  listeners: readonly Socket[],
  roleOfPort: ReadonlyMap<number, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const rolesOf = new Map<string, Set<string>>();
  for (const { local, owner } of listeners) {
    const role = roleOfPort.get(local.port);
    const name = ownerName(owner);
    if (role === undefined || name === null) continue;
    const roles = rolesOf.get(name);
    if (roles === undefined) rolesOf.set(name, new Set([role]));
    else roles.add(role);
  }
  return rolesOf;
}

function holdersOfAll(
  rolesOf: ReadonlyMap<string, ReadonlySet<string>>,
  required: number,
): readonly string[] {
  return [...rolesOf].flatMap(([name, roles]) => (roles.size === required ? [name] : []));
}

/** False for a listener that a listing leaves out: nobody can be seen to hold it. */
function mayBeSeen(
  ports: readonly number[],
  listeners: readonly Socket[],
  coverage: Coverage,
): boolean {
  return (
    ports.some((port) => coversListener(coverage, port)) ||
    listeners.some(({ local }) => ports.includes(local.port))
  );
}

function isMembers(address: Address, { isOwn, memberAddresses }: Surroundings): boolean {
  return !isOwn(address) && (memberAddresses === null || memberAddresses.has(address));
}

/** Tells the server's rows, and its mesh proxy's, from those of other processes of the pod. */
export function foreignTest(
  owner: ServerOwner,
  mesh: Mesh,
  around: Surroundings,
): (row: Socket) => boolean {
  const proxy = ownerName(mesh.proxyOwner);
  return ({ owner: of, state, remote }) => {
    const name = ownerName(of);
    if (name === null || name === proxy || owner.kind === 'unnamed') return false;
    if (owner.names.has(name)) return false;
    if (owner.kind === 'known') return true;
    // A server that bound its first ports as root opens the later ones as the user it runs as.
    if (state === 'listen') return !owner.names.has(ROOT);
    return !owner.others.has(name) || !isMembers(remote.address, around);
  };
}
