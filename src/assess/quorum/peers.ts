import type { Folded } from '../../model/link.ts';
import { dialsBothWays, type PortSpec, type Profile } from '../../model/profile.ts';
import type { PeerReport } from '../../model/report.ts';
import type { Address } from '../../model/socket.ts';
import { type LinksByPeer, linksByPeer } from './link-index.ts';
import type { Member } from './members.ts';
import { capturedStatus, isUsable, type Persistence, specOf, statusOfLinks } from './peer-links.ts';
import { seesConnections } from './seen.ts';
import type { Standing } from './standing.ts';

type PeerStatus = PeerReport['status'];

/** A configured peer as its links stand. */
export type PeerStanding = Omit<PeerReport, 'vitals' | 'reach'>;

/** How each configured peer stands with this member, on the port that matters for its role. */
export function reportPeers(
  folded: Folded,
  profile: Profile,
  members: readonly Member[],
  standing: Standing,
  persistence: Persistence,
): PeerStanding[] {
  const role = portOfInterest(profile, standing);
  const spec = role === null ? null : specOf(profile, role);
  const sight = spec === null ? null : sightOf(folded, spec, standing, persistence);
  return members
    .filter((member) => !member.self)
    .map((member) => ({
      name: member.name,
      addresses: [...member.addresses],
      status: sight === null ? 'unknown' : statusOf(sight, member),
    }));
}

/** What is seen of all peers on one port, gathered once for all members. */
interface Sight {
  readonly folded: Folded;
  readonly spec: PortSpec;
  readonly standing: Standing;
  readonly persistence: Persistence;
  readonly links: LinksByPeer;
  /** Links whose peer a mesh hides, and how many of them carry. */
  readonly usableHidden: number;
  /** Behind the proxy's inbound capture port, and how many of them are linked. */
  readonly captured: ReadonlyMap<Address, PeerStatus>;
  readonly linkedBehindProxy: number;
}

function sightOf(
  folded: Folded,
  spec: PortSpec,
  standing: Standing,
  persistence: Persistence,
): Sight {
  const links = linksByPeer(folded, spec.role);
  const hidden = links.get(null) ?? [];
  const captured = new Map(
    folded.capturedPeers.map((peer) => [peer.address, capturedStatus(peer, persistence)]),
  );
  return {
    folded,
    spec,
    standing,
    persistence,
    links,
    usableHidden: hidden.filter((link) => isUsable(link, persistence)).length,
    captured,
    linkedBehindProxy: [...captured.values()].filter((status) => status === 'linked').length,
  };
}

/** The quorum port, or the election port while there is no leader to be linked with. */
export function portOfInterest(profile: Profile, standing: Standing): string | null {
  const rule = profile.quorum;
  if (rule.kind === 'none') return null;
  switch (standing.role) {
    case 'leader':
    case 'learner':
    case 'member':
      return rule.port;
    case 'looking':
      return rule.kind === 'hub' ? rule.election : rule.port;
    default:
      return null;
  }
}

/** A peer without a link is missing only where every connection of the port was read. */
function statusOf(sight: Sight, member: Member): PeerStatus {
  const status = statusByRows(sight, member);
  return status === 'missing' && !seesConnections(sight.folded, sight.spec) ? 'unknown' : status;
}

function statusByRows(sight: Sight, member: Member): PeerStatus {
  const { folded, spec, standing, persistence, links, usableHidden } = sight;
  const addresses = [...new Set(member.addresses)];
  const own = addresses.flatMap((address) => links.get(address) ?? []);
  if (own.length > 0) return statusOfLinks(own, spec, folded, persistence);
  // A learner needs its leader alone; what it has with the others is not to be judged.
  if (standing.role === 'learner') return 'unknown';
  // Where each end dials the other, a link that goes out would show this peer by its address.
  if (dialsBothWays(spec)) return missingOrUnknown(member);
  const status = addresses.map((address) => sight.captured.get(address)).find(isKnown);
  if (status === undefined) {
    if (usableHidden > 0 && !showsCapture(folded)) return 'unknown';
    return missingOrUnknown(member);
  }
  if (status !== 'linked') return status;
  if (usableHidden === 0) return 'missing';
  // Fewer links than peers behind the proxy: which of them lacks its link is hidden.
  return usableHidden >= sight.linkedBehindProxy ? 'linked' : 'unknown';
}

function isKnown(status: PeerStatus | undefined): boolean {
  return status !== undefined;
}

function missingOrUnknown(member: Member): PeerStatus {
  return member.addresses.length === 0 && !member.literal ? 'unknown' : 'missing';
}

/** A listing cut down to the watched ports shows no capture port, and so not who the hidden peers are. */
function showsCapture({ capturedPeers, mesh }: Folded): boolean {
  return capturedPeers.length > 0 || mesh.proxyOwner.kind === 'uid';
}
