import type { Profile } from '../model/profile.ts';
import type { Owner, Socket } from '../model/socket.ts';
import { type PortOverride, PROFILES, withPorts } from './index.ts';
import { SIGNS, type Sign } from './signs.ts';

/** What of a listening socket shows the system. */
export type Listener = Pick<Socket, 'local' | 'owner'>;

/** Which system the listeners of a host, or of several members of one ensemble, show. */
export type Listening =
  /** `by` says which ports show it. */
  | { readonly kind: 'known'; readonly name: string; readonly by: string }
  /** More than one, or one that other programs could be: `why` is a clause that names the ports. */
  | { readonly kind: 'unclear'; readonly profiles: readonly string[]; readonly why: string }
  /** Nothing listens on a port of a known system. */
  | { readonly kind: 'nothing' };

/** The most listeners that are kept to recognise a system by: far more than a pod has. */
export const LISTENER_CAP = 4_096;

/** Ports on which a listener may show a system, by default. */
export const TELLING_PORTS: readonly number[] = [
  ...[...PROFILES.values()].flatMap(({ ports }) => ports.flatMap((spec) => spec.ports)),
  ...[...SIGNS.values()].flat().flatMap(({ also = [] }) => also),
];

interface Fit {
  readonly profile: Profile;
  /** The ports that show it, ascending. */
  readonly ports: readonly number[];
}

/**
 * The system that the listeners show. `hosts` has those of each member apart, and members of different systems are
 * `unclear`; `override`, other ports by role, leaves only the profiles that have its roles.
 */
export function recogniseListeners(
  hosts: readonly (readonly Listener[])[],
  override: PortOverride = new Map(),
): Listening {
  const profiles = [...PROFILES.values()]
    .filter(({ ports }) =>
      [...override.keys()].every((role) => ports.some((spec) => spec.role === role)),
    )
    .map((profile) => withPorts(profile, override));
  const fits = hosts.flatMap((listeners) =>
    mostTelling(profiles.flatMap((profile) => fitsOf(profile, listeners))),
  );
  const names = [...new Set(fits.map(({ profile }) => profile.name))];
  const [first] = fits;
  if (first !== undefined && names.length > 1) {
    return { kind: 'unclear', profiles: names, why: severalText(fits) };
  }
  if (first !== undefined) {
    const ports = [...openPorts(first.profile, hosts), ...fits.flatMap((fit) => fit.ports)];
    return { kind: 'known', name: first.profile.name, by: listenText(sorted(ports)) };
  }
  const hinted = profiles.filter((profile) => openPorts(profile, hosts).length > 0);
  const open = sorted(hinted.flatMap((profile) => openPorts(profile, hosts)));
  return hinted.length === 0
    ? { kind: 'nothing' }
    : {
        kind: 'unclear',
        profiles: hinted.map(({ name }) => name),
        why: `${listenText(open)}, which is not enough to recognize the system`,
      };
}

/** The signs of a profile that the listeners of one host fulfil. */
function fitsOf(profile: Profile, listeners: readonly Listener[]): Fit[] {
  return (SIGNS.get(profile.name) ?? []).flatMap((sign) => {
    const ports = shownBy(sign, profile, listeners);
    return ports === null ? [] : [{ profile, ports }];
  });
}

/** The ports by which an owner shows a sign, of each owner who does; `null` where nobody does. */
function shownBy(
  { roles, also = [] }: Sign,
  { ports }: Profile,
  listeners: readonly Listener[],
): readonly number[] | null {
  const wanted = [
    ...roles.map((role) => ports.find((spec) => spec.role === role)?.ports ?? []),
    ...also.map((port) => [port]),
  ];
  const owners = [...new Set(listeners.map(({ owner }) => ownerKey(owner)))];
  const shown = owners.flatMap((owner) => {
    const held = new Set(
      listeners
        .filter((one) => [owner, UNKNOWN_OWNER].includes(ownerKey(one.owner)))
        .map(({ local }) => local.port),
    );
    const found = wanted.map((any) => any.filter((port) => held.has(port)));
    return found.every((some) => some.length > 0) ? found.flat() : [];
  });
  return shown.length === 0 ? null : sorted(shown);
}

const UNKNOWN_OWNER = 'unknown';

/** Processes are told apart by program: a server may be several that work together. */
function ownerKey(owner: Owner): string {
  switch (owner.kind) {
    case 'uid':
      return `uid ${owner.uid}`;
    case 'process':
      return `process ${owner.program}`;
    case 'unknown':
      return UNKNOWN_OWNER;
  }
}

/** Without those that have only some of another one's ports. */
function mostTelling(fits: readonly Fit[]): Fit[] {
  return fits.filter(
    ({ ports }) =>
      !fits.some(
        (other) =>
          other.ports.length > ports.length && ports.every((port) => other.ports.includes(port)),
      ),
  );
}

function openPorts({ ports }: Profile, hosts: readonly (readonly Listener[])[]): number[] {
  const open = new Set(hosts.flat().map(({ local }) => local.port));
  return sorted(ports.flatMap((spec) => spec.ports).filter((port) => open.has(port)));
}

function severalText(fits: readonly Fit[]): string {
  const groups = new Map<string, Set<string>>();
  for (const { profile, ports } of fits) {
    const key = listenText(ports);
    groups.set(key, (groups.get(key) ?? new Set()).add(profile.name));
  }
  return [...groups]
    .map(
      ([ports, names]) =>
        `${ports}, which ${[...names].join(' and ')} ${names.size > 1 ? 'use' : 'uses'}`,
    )
    .join('; ');
}

function listenText(ports: readonly number[]): string {
  const [last = 0, ...before] = [...ports].reverse();
  return before.length === 0
    ? `port ${last} listens`
    : `ports ${before.reverse().join(', ')} and ${last} listen`;
}

function sorted(ports: readonly number[]): number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}
