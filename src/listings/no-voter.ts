import type { Profile } from '../model/profile.ts';
import type { Socket } from '../model/socket.ts';

/**
 * The ports on which voters alone listen, and on which this host does not, while it is linked with members over
 * them and serves clients: a member without a vote looks so. Without the list of members its listener is not
 * known to be missing.
 */
export function unheldByNoVoter(sockets: readonly Socket[], { ports }: Profile): number[] {
  const listens = (port: number): boolean =>
    sockets.some(({ state, local }) => state === 'listen' && local.port === port);
  const serves = ports
    .filter(({ links }) => links.kind === 'clients')
    .some((spec) => spec.ports.some(listens));
  if (!serves) return [];
  return ports
    .filter((spec) => spec.listens === 'voters' && !spec.ports.some(listens))
    .filter((spec) =>
      sockets.some(
        ({ state, remote }) => state === 'established' && spec.ports.includes(remote.port),
      ),
    )
    .flatMap((spec) => spec.ports);
}
