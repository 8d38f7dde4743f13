import type { Coverage, Extent } from '../model/coverage.ts';
import type { Profile } from '../model/profile.ts';
import type { Socket } from '../model/socket.ts';
import type { Asked } from './asked.ts';
import { askedFor, showsConnections, showsListener } from './asked-for.ts';
import { contradictions, type Ports, portsOf, requiredListenerSeen } from './contradictions.ts';
import { forwardersOf } from './forwarders.ts';
import type { Gap } from './gap.ts';
import type { HostListing } from './hosts.ts';
import { unheldByNoVoter } from './no-voter.ts';
import { seemsSeveralMembers } from './one-host.ts';
import { hasRows, type Section } from './section.ts';

/** How much of a host's table a listing shows, and why not all of it. */
export interface CoverageReading {
  readonly coverage: Coverage;
  readonly gaps: ReadonlySet<Gap>;
}

interface Extents {
  listeners: Set<number>;
  connections: Set<number>;
}

/**
 * What the listing of one host shows of the ports of `profile` and of a mesh proxy's. `votersKnown`: the list of
 * members says who has a vote.
 */
export function coverageOf(
  host: HostListing,
  profile: Profile,
  capture: readonly number[],
  votersKnown = false,
): CoverageReading {
  const ports = portsOf(profile);
  const gaps = new Set<Gap>();
  const asked = host.sections.flatMap((section): (readonly [Section, Asked])[] => {
    const one = askedFor(section);
    return one === null ? [] : [[section, one]];
  });
  const usable = asked.filter(([, one]) => isUsable(one, host, ports, gaps));
  if (isWhole(host, usable)) return { coverage: { kind: 'whole' }, gaps };
  const stated = asked.length > 0;
  const extents = stated
    ? statedExtents(usable, ports, capture, gaps)
    : assumedExtents(host.sockets, ports, gaps);
  const unfiltered = usable.length > 0 && usable.every(([, { filters }]) => filters.length === 0);
  takeAway(host, extents, gaps);
  takeOthers(host, profile, ports, extents, gaps);
  if (!votersKnown) takeVoters(host, profile, extents, gaps);
  contradictions(host, ports, { stated, unfiltered }, extents, gaps);
  const extentOf = (set: ReadonlySet<number>): Extent =>
    unfiltered && [...ports.all, ...capture].every((port) => set.has(port)) ? 'every-port' : set;
  return {
    coverage: {
      kind: 'listing',
      listeners: extentOf(extents.listeners),
      connections: extentOf(extents.connections),
      basis: stated ? 'stated' : 'assumed',
    },
    gaps,
  };
}

/** Both tables of the kernel, row by row: as good as a look at the pod itself. */
function isWhole(host: HostListing, usable: readonly (readonly [Section, Asked])[]): boolean {
  return (
    usable.length > 0 &&
    usable.length === host.sections.filter(hasRows).length &&
    usable.every(
      ([section, asked]) =>
        asked.filters.length === 0 &&
        section.contiguous &&
        !section.omits &&
        section.unread.length === 0 &&
        section.tables.size === 2,
    )
  );
}

/** Of one family of addresses, or of some processes, nothing is known unless the server is seen to listen there. */
function isUsable(asked: Asked, host: HostListing, ports: Ports, gaps: Set<Gap>): boolean {
  const isPart = asked.family === 'one' || asked.processes === 'some';
  if (!isPart || requiredListenerSeen(host.sockets, ports)) return true;
  gaps.add(asked.processes === 'some' ? 'some-processes' : 'one-family');
  return false;
}

function statedExtents(
  asked: readonly (readonly [Section, Asked])[],
  { all: own, roles }: Ports,
  capture: readonly number[],
  gaps: Set<Gap>,
): Extents {
  const shown = (shows: typeof showsListener): Set<number> =>
    new Set(
      [...own, ...capture].filter((port) =>
        asked.some(([section, one]) => shows(section, one, port)),
      ),
    );
  const extents = {
    listeners: withAlternatives(shown(showsListener), roles),
    connections: withAlternatives(shown(showsConnections), roles),
  };
  const some = (of: (one: Asked) => boolean): boolean => asked.some(([, one]) => of(one));
  const [listeners, connections] = [some((one) => one.listeners), some((one) => one.connections)];
  if (asked.length > 0 && !listeners) gaps.add('no-listeners');
  if (asked.length > 0 && !connections) gaps.add('no-connections');
  const isMissing =
    (listeners && !own.every((port) => extents.listeners.has(port))) ||
    (connections && !own.every((port) => extents.connections.has(port)));
  if (isMissing)
    gaps.add(some(({ filters }) => filters.includes(null)) ? 'filter-unknown' : 'filtered');
  return extents;
}

/** Who filters by ports names those in use: of a role that has several, one is enough. */
function withAlternatives(
  shown: ReadonlySet<number>,
  roles: readonly (readonly number[])[],
): Set<number> {
  const used = roles.filter((role) => role.some((port) => shown.has(port)));
  return new Set([...shown, ...used.flat()]);
}

/**
 * Without a command, connections together with one of the listeners that a member needs are taken for all rows
 * of the profile's ports, unless they all are of one port: then for that port's.
 */
function assumedExtents(sockets: readonly Socket[], ports: Ports, gaps: Set<Gap>): Extents {
  const listens = sockets.some(({ state }) => state === 'listen');
  const connects = sockets.some(({ state }) => state !== 'listen');
  if (!listens) gaps.add('no-listeners');
  if (!connects) gaps.add('no-connections');
  if (!listens || !connects || !requiredListenerSeen(sockets, ports)) {
    gaps.add('fragment');
    return { listeners: new Set(), connections: new Set() };
  }
  const touched = ports.all.filter((port) =>
    sockets.some(({ local, remote }) => local.port === port || remote.port === port),
  );
  const [only] = touched;
  const allOfOne =
    touched.length === 1 &&
    sockets.every(({ local, remote }) => local.port === only || remote.port === only);
  if (allOfOne) gaps.add('fragment');
  const covered = allOfOne ? touched : ports.all;
  return { listeners: new Set(covered), connections: new Set(covered) };
}

/** Takes away what rows that were not read, or not read for certain, may hold. */
function takeAway(host: HostListing, extents: Extents, gaps: Set<Gap>): void {
  const { sections } = host;
  const drop = (ports: Iterable<number>): void => {
    for (const port of ports) extents.connections.delete(port);
  };
  for (const { unread, cutPorts, namedRows, omits } of sections) {
    if (omits) {
      gaps.add('omitted');
      extents.connections.clear();
      extents.listeners.clear();
    }
    if (namedRows > 0) gaps.add('names');
    if (cutPorts.size > 0) gaps.add('cut');
    drop(cutPorts);
    for (const { reason, ports } of unread) {
      if (reason === 'name') continue;
      gaps.add('unread');
      if (ports === 'any') {
        extents.connections.clear();
        extents.listeners.clear();
      } else {
        drop(ports);
        for (const port of ports) extents.listeners.delete(port);
      }
    }
  }
  if (host.parted) {
    gaps.add('parted');
    extents.listeners.clear();
  }
  if (gaps.has('names')) {
    // Any of the names may stand for a port or a peer that matters.
    extents.listeners.clear();
    extents.connections.clear();
  }
}

/** Takes away what cannot be told where the server is elsewhere, or is not the only member here. */
function takeOthers(
  { sockets }: HostListing,
  profile: Profile,
  ports: Ports,
  extents: Extents,
  gaps: Set<Gap>,
): void {
  if (forwardersOf(sockets, ports).length > 0) {
    gaps.add('forwarded');
    extents.listeners.clear();
    extents.connections.clear();
  }
  if (seemsSeveralMembers(sockets, profile, ports)) {
    gaps.add('several-members');
    extents.connections.clear();
  }
}

/** Takes away listeners of voters that a member without a vote does not have. */
function takeVoters(
  { sockets }: HostListing,
  profile: Profile,
  extents: Extents,
  gaps: Set<Gap>,
): void {
  const unheld = unheldByNoVoter(sockets, profile);
  if (unheld.length > 0) gaps.add('no-voter');
  for (const port of unheld) extents.listeners.delete(port);
}
