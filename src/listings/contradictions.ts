import { isPeerPort, type Profile } from '../model/profile.ts';
import type { Socket } from '../model/socket.ts';
import type { Gap } from './gap.ts';
import type { HostListing } from './hosts.ts';

/** The ports of a profile by what their rows prove. */
export interface Ports {
  readonly all: readonly number[];
  readonly roles: readonly (readonly number[])[];
  /** Of each role that every serving member listens on. */
  readonly required: readonly (readonly number[])[];
  /** Of the roles of clients among these. */
  readonly requiredClient: readonly (readonly number[])[];
  /** On which members are linked for long. */
  readonly links: ReadonlySet<number>;
  /** Of roles beside these, on which nobody stays linked: whoever copies the rows of links leaves them out. */
  readonly aside: ReadonlySet<number>;
}

export function portsOf({ ports }: Profile): Ports {
  const required = ports.filter(
    ({ listens }) => listens === 'every-member' || listens === 'voters',
  );
  return {
    all: ports.flatMap((spec) => spec.ports),
    roles: ports.map((spec) => spec.ports),
    required: required.map((spec) => spec.ports),
    requiredClient: required.filter((spec) => !isPeerPort(spec)).map((spec) => spec.ports),
    links: new Set(
      ports
        .filter((spec) => isPeerPort(spec) && spec.links.kind !== 'short-lived')
        .flatMap((spec) => spec.ports),
    ),
    aside: new Set(
      ports.filter((spec) => spec.links.kind === 'short-lived').flatMap((spec) => spec.ports),
    ),
  };
}

/** Whether one of the listeners is there that a member needs. */
export function requiredListenerSeen(sockets: readonly Socket[], { required }: Ports): boolean {
  const needed = new Set(required.flat());
  return sockets.some(({ state, local }) => state === 'listen' && needed.has(local.port));
}

/**
 * Takes out of the extents what the rows themselves prove to be left out: an established inbound connection
 * needs a listener, a linked member listens on its client port, a connection inside the host has two ends.
 */
export function contradictions(
  host: HostListing,
  ports: Ports,
  how: { readonly stated: boolean; readonly unfiltered: boolean },
  extents: { readonly listeners: Set<number>; readonly connections: Set<number> },
  gaps: Set<Gap>,
): void {
  const { sockets } = host;
  // A table of the kernel may be torn between the two ends; lsof prints one process's, or one user's.
  const pairs = !host.sections.some(({ tools }) => tools.has('proc') || tools.has('lsof'));
  const watched = new Set(ports.all);
  const listening = new Set(
    sockets.filter(({ state }) => state === 'listen').map(({ local }) => local.port),
  );
  const established = sockets.filter(({ state }) => state === 'established');
  const proven = [...provenListeners(established, watched, pairs)].filter(
    (port) => !listening.has(port),
  );
  const halves = pairs ? halfSeen(established, watched) : [];
  for (const port of halves) if (extents.connections.delete(port)) gaps.add('contradicted');
  const linked = established.some(
    ({ local, remote }) => ports.links.has(local.port) || ports.links.has(remote.port),
  );
  // Something of a host that has links listens: where nothing does, listeners were left out.
  const bare = how.unfiltered && linked && listening.size === 0 && extents.listeners.size > 0;
  const cut = bare || proven.some((port) => extents.listeners.has(port));
  const clientMissing = ports.requiredClient.some(
    (role) =>
      role.every((port) => extents.listeners.has(port)) &&
      !role.some((port) => listening.has(port)),
  );
  // A whole listing shows other programs' rows too: then a closed port is what it says.
  const isOther = (port: number): boolean => !watched.has(port) || ports.aside.has(port);
  const others = sockets.some(({ local, remote }) => isOther(local.port) && isOther(remote.port));
  const believed = how.stated && (!how.unfiltered || others);
  if (!cut && !(linked && clientMissing && !believed)) return;
  gaps.add('contradicted');
  extents.listeners.clear();
  if (how.stated) {
    // Whoever cut the listing by hand may have cut connections, too.
    extents.connections.clear();
    return;
  }
  const touched = new Set(sockets.flatMap(({ local, remote }) => [local.port, remote.port]));
  for (const port of extents.connections) if (!touched.has(port)) extents.connections.delete(port);
}

/** Ports on which a connection came in, or, of `pairs`, to which one goes inside of the host. */
function* provenListeners(
  established: readonly Socket[],
  watched: ReadonlySet<number>,
  pairs: boolean,
): Generator<number> {
  for (const { local, remote } of established) {
    if (watched.has(local.port) && !watched.has(remote.port)) yield local.port;
    if (pairs && watched.has(remote.port) && isInside(remote.address, local.address))
      yield remote.port;
  }
}

/** Ports of connections inside of the host of which one end alone is listed. */
function halfSeen(established: readonly Socket[], watched: ReadonlySet<number>): Set<number> {
  const seen = new Set(established.map(({ local, remote }) => `${local.port} ${remote.port}`));
  const halves = new Set<number>();
  for (const { local, remote } of established) {
    if (!isInside(remote.address, local.address)) continue;
    if (seen.has(`${remote.port} ${local.port}`)) continue;
    for (const port of [local.port, remote.port]) if (watched.has(port)) halves.add(port);
  }
  return halves;
}

/** Whether a connection leads from a host to itself, as far as its addresses tell. */
export function isInside(remote: string, local: string): boolean {
  return (
    remote === local || (remote.startsWith('127.') && local.startsWith('127.')) || remote === '::1'
  );
}
