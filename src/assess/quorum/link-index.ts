import { isLoopback } from '../../model/address.ts';
import type { Folded, Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';
import type { Address } from '../../model/socket.ts';
import type { Member } from './members.ts';

/** Links by peer, those of hidden peers under `null`, in the order of the links. */
export type LinksByPeer = ReadonlyMap<Link['peer'], readonly Link[]>;

/** Groups links by peer. */
export function groupByPeer(links: readonly Link[]): LinksByPeer {
  const groups = new Map<Link['peer'], Link[]>();
  for (const link of links) {
    const group = groups.get(link.peer);
    if (group === undefined) groups.set(link.peer, [link]);
    else group.push(link);
  }
  return groups;
}

/** What is asked again and again of the links of one port role. */
interface RoleLinks {
  readonly withPeers: readonly Link[];
  readonly byPeer: LinksByPeer;
  /** Peers on whose links data has gone unanswered for long. */
  readonly silentPeers: ReadonlySet<Link['peer']>;
}

const NONE: RoleLinks = { withPeers: [], byPeer: new Map(), silentPeers: new Set() };

const byRole = onceFor((folded: Folded): ReadonlyMap<string, RoleLinks> => {
  const groups = new Map<string, Link[]>();
  for (const link of folded.links) {
    const group = groups.get(link.role);
    if (group === undefined) groups.set(link.role, [link]);
    else group.push(link);
  }
  const isOwn = ownAddressTest(folded.podAddresses);
  return new Map(
    [...groups].map(([role, links]) => {
      const withPeers = links.filter(({ peer }) => peer === null || !isOwn(peer));
      const silent = links.filter(({ stall }) => stall === 'retransmission');
      const silentPeers = new Set(silent.map(({ peer }) => peer));
      return [role, { withPeers, byPeer: groupByPeer(withPeers), silentPeers }];
    }),
  );
});

function linksOf(folded: Folded, role: string): RoleLinks {
  return byRole(folded).get(role) ?? NONE;
}

/** The links of one port role that go to other members: those within the pod, a script's, do not. */
export function linksWithPeers(folded: Folded, role: string): readonly Link[] {
  return linksOf(folded, role).withPeers;
}

/** The same links, by peer. */
export function linksByPeer(folded: Folded, role: string): LinksByPeer {
  return linksOf(folded, role).byPeer;
}

/** Whether a mesh hides the peer of any link of the role. */
export function anyHidden(folded: Folded, role: string): boolean {
  return linksOf(folded, role).byPeer.has(null);
}

/** Whether data goes unanswered on a link of the role with any other peer. */
export function anotherIsSilent(folded: Folded, role: string, peer: Link['peer']): boolean {
  const { silentPeers } = linksOf(folded, role);
  return silentPeers.size > (silentPeers.has(peer) ? 1 : 0);
}

/** A pod that is itself a loopback address has loopback peers. */
function ownAddressTest(podAddresses: readonly Address[]): (peer: Address) => boolean {
  const own = new Set(podAddresses);
  const podIsLoopback = podAddresses.some(isLoopback);
  return (peer) => own.has(peer) || (isLoopback(peer) && !podIsLoopback);
}

const byAddress = onceFor((members: readonly Member[]): ReadonlyMap<Address, Member> => {
  const known = new Map<Address, Member>();
  for (const member of members) {
    for (const address of member.addresses) if (!known.has(address)) known.set(address, member);
  }
  return known;
});

/** The first member that has the address. */
export function memberAt(members: readonly Member[], address: Address): Member | undefined {
  return byAddress(members).get(address);
}
