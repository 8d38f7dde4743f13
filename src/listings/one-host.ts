import type { Profile } from '../model/profile.ts';
import type { Socket } from '../model/socket.ts';
import { isInside, type Ports } from './contradictions.ts';

/**
 * Whether several members seem to run on one host, as in a trial on one machine: no member is linked with itself,
 * and yet connections on members' ports lead from the host to itself. Some systems' tools and servers do connect
 * to their own port: there another listener must be so connected, too, on a port that is not the profile's.
 */
export function seemsSeveralMembers(
  sockets: readonly Socket[],
  profile: Profile,
  ports: Ports,
): boolean {
  const listening = new Set(
    sockets.filter(({ state }) => state === 'listen').map(({ local }) => local.port),
  );
  const inside = insidePorts(sockets);
  const { quorum } = profile;
  const linked = [...inside].filter((port) => ports.links.has(port) && listening.has(port));
  if (linked.length === 0 || quorum.kind === 'star') return false;
  if (quorum.kind === 'hub') return true;
  return [...inside].some((port) => !ports.all.includes(port) && listening.has(port));
}

/** The ports to which the host is connected from itself, both ends being listed. */
function insidePorts(sockets: readonly Socket[]): ReadonlySet<number> {
  const established = sockets.filter(({ state }) => state === 'established');
  const ends = new Set(established.map(({ local, remote }) => `${local.port} ${remote.port}`));
  return new Set(
    established
      .filter(({ local, remote }) => isInside(remote.address, local.address))
      .filter(({ local, remote }) => ends.has(`${remote.port} ${local.port}`))
      .flatMap(({ local, remote }) => [local.port, remote.port]),
  );
}
