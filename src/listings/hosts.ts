import { type Address, fourTuple, type Socket } from '../model/socket.ts';
import { mendCutAddresses } from './cut-addresses.ts';
import { sameHost } from './host-names.ts';
import { newestOf } from './moments.ts';
import { hasRows, type Section } from './section.ts';

/** The rows of one host, from one or several sections. */
export interface HostListing {
  /** As a prompt, a heading or a prefix names it; `null` where nothing does. */
  readonly name: string | null;
  /** Without those that a later listing of the same host repeats. */
  readonly sections: readonly Section[];
  /** How many were left out so. */
  readonly earlier: number;
  /** In the order of the text; a socket printed twice is kept once. */
  readonly sockets: readonly Socket[];
  readonly duplicates: number;
  /** True where rows of several hosts stood in one listing and were parted by their local addresses. */
  readonly parted: boolean;
}

/** Whether a port belongs to a mesh proxy, behind which local addresses may be those of peers. */
export type IsCapture = (port: number) => boolean;

/** The hosts of a listing: by their names, else by local addresses that cannot be one host's. */
export function hostsOf(sections: readonly Section[], isCapture: IsCapture): HostListing[] {
  const groups: Section[][] = [];
  for (const section of sections) {
    const group = groupOf(section, groups, isCapture);
    if (group === undefined) groups.push([section]);
    else group.push(section);
  }
  const withRows = groups.filter((group) => group.some(hasRows));
  return withRows.flatMap((group) => partedByAddress(hostOf(group), isCapture));
}

function groupOf(
  section: Section,
  groups: readonly Section[][],
  isCapture: IsCapture,
): Section[] | undefined {
  const { host } = section;
  const last = groups.at(-1);
  if (host !== null) {
    const named = groups.find((group) =>
      group.some((one) => one.host !== null && sameHost(one.host, host)),
    );
    // A shell's own prompt above a shell inside of its container: no rows of its own.
    const empty =
      last !== undefined && !last.some(hasRows) && last.every((one) => one.host === null);
    return named ?? (empty ? last : undefined);
  }
  if (last === undefined) return undefined;
  if (!hasRows(section) || !last.some(hasRows)) return last;
  return groups.find((group) => !areTwoHosts(group, section, isCapture));
}

function rowsOf(group: readonly Section[]): Socket[] {
  return group.flatMap(({ sockets }) => sockets);
}

/**
 * Whether two listings without a name are of two hosts: they share no address of their own, and one connection
 * is seen from both ends, or both have a listener of the same port, or are the same table of the kernel.
 */
function areTwoHosts(group: readonly Section[], section: Section, isCapture: IsCapture): boolean {
  const [a, b] = [rowsOf(group), section.sockets];
  const meshed = [...a, ...b].some((row) => isListener(row) && isCapture(row.local.port));
  const [own, other] = [ownAddresses(a, meshed), ownAddresses(b, meshed)];
  if (own.size === 0 || other.size === 0) return false;
  if ([...own].some((address) => other.has(address))) return false;
  // An address of its own may be of another interface, but hardly a name of its own.
  const names = [...own, ...other].every((address) => isName(address));
  if (names) return true;
  const listens = new Set(a.filter(isListener).map(({ local }) => local.port));
  const repeats = b.some((row) => isListener(row) && listens.has(row.local.port));
  const again = group.some(({ tables }) => [...tables].some((table) => section.tables.has(table)));
  return again || repeats || (!meshed && isMirrored(a, b));
}

const isListener = ({ state }: Socket): boolean => state === 'listen';

/** The local addresses; behind a mesh, whose proxy may bear a peer's, those listened on, else the commonest. */
function ownAddresses(rows: readonly Socket[], meshed: boolean): Set<Address> {
  const addresses = rows
    .filter((row) => !meshed || isListener(row))
    .map(({ local }) => local.address);
  const own = new Set(addresses.filter(isSpecific));
  if (!meshed || own.size > 0) return own;
  const counts = new Map<Address, number>();
  for (const { local } of rows) {
    if (isSpecific(local.address)) counts.set(local.address, (counts.get(local.address) ?? 0) + 1);
  }
  const [commonest] = [...counts].sort(([, one], [, other]) => other - one);
  return new Set(commonest === undefined ? [] : [commonest[0]]);
}

function isName(address: Address): boolean {
  return /[a-z]/i.test(address) && !address.includes(':');
}

function isSpecific(address: Address): boolean {
  return address !== '*' && !address.startsWith('127.') && address !== '::1' && address !== '::6';
}

function isMirrored(a: readonly Socket[], b: readonly Socket[]): boolean {
  const seen = new Set(a.filter((row) => !isListener(row)).map(fourTuple));
  return b.some(
    (row) =>
      isSpecific(row.local.address) &&
      isSpecific(row.remote.address) &&
      row.local.address !== row.remote.address &&
      seen.has(fourTuple(turned(row))),
  );
}

function turned({ local, remote }: Socket): Pick<Socket, 'local' | 'remote'> {
  return { local: remote, remote: local };
}

function hostOf(group: readonly Section[]): HostListing {
  const sections = newestOf(group);
  const newest = new Set(sections);
  const before = group.filter((section) => !newest.has(section) && hasRows(section));
  const sockets: Socket[] = [];
  const places = new Map<string, number>();
  let duplicates = 0;
  const add = (socket: Socket, isNewest: boolean): void => {
    const key = fourTuple(socket);
    const place = places.get(key) ?? sockets.length;
    const known = sockets[place];
    if (known === undefined && !isNewest) return;
    if (known !== undefined) duplicates += 1;
    if (known === undefined || (known.owner.kind === 'unknown' && isNewest))
      sockets[place] = socket;
    // Of what is no more the newest only the owner is of use.
    else if (known.owner.kind === 'unknown') sockets[place] = { ...known, owner: socket.owner };
    places.set(key, place);
  };
  for (const socket of mendCutAddresses(rowsOf(sections))) add(socket, true);
  for (const socket of rowsOf(before)) add(socket, false);
  const name = group.find(({ host }) => host !== null)?.host ?? null;
  return { name, sections, earlier: before.length, sockets, duplicates, parted: false };
}

/**
 * Rows in which one connection is seen from both ends, at two addresses, are of two hosts: each gets the rows
 * of its address. Wildcard listeners could be of either, and go to none. Tables of the kernel and meshes, in
 * which a proxy may bear a peer's address, are left as they are.
 */
function partedByAddress(host: HostListing, isCapture: IsCapture): HostListing[] {
  const { sockets, sections } = host;
  const whole = [host];
  if (sections.some(({ tools }) => tools.has('proc'))) return whole;
  if (sockets.some((row) => isListener(row) && isCapture(row.local.port))) return whole;
  if (!isMirrored(sockets, sockets)) return whole;
  const addresses = [...ownAddresses(sockets, false)];
  if (addresses.length < 2) return whole;
  return addresses.map((address) => ({
    ...host,
    name: address,
    sockets: sockets.filter(({ local }) => local.address === address),
    parted: true,
  }));
}
