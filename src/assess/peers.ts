import type { Folded, Link } from '../model/link.ts';
import type { PortSpec, Profile } from '../model/profile.ts';
import type { PeerReport } from '../model/report.ts';
import type { Member } from './members.ts';
import {
  capturedStatus,
  isUsable,
  linksWithPeers,
  type Persistence,
  specOf,
  statusOfLinks,
} from './peer-links.ts';
import type { Standing } from './standing.ts';

type PeerStatus = PeerReport['status'];

/** How each configured peer stands with this member, on the port that matters for its role. */
export function reportPeers(
  folded: Folded,
  profile: Profile,
  members: readonly Member[],
  standing: Standing,
  persistence: Persistence,
): PeerReport[] {
  const role = portOfInterest(profile, standing);
  const spec = role === null ? null : specOf(profile, role);
  const links = spec === null ? [] : linksWithPeers(folded, spec.role);
  return members
    .filter((member) => !member.self)
    .map((member) => ({
      name: member.name,
      addresses: [...member.addresses],
      status:
        spec === null ? 'unknown' : statusOf(folded, links, member, spec, standing, persistence),
    }));
}

/** The quorum port, or the election port while there is no leader to be linked with. */
function portOfInterest(profile: Profile, standing: Standing): string | null {
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

function statusOf(
  folded: Folded,
  links: readonly Link[],
  member: Member,
  spec: PortSpec,
  standing: Standing,
  persistence: Persistence,
): PeerStatus {
  const own = links.filter((link) => link.peer !== null && member.addresses.includes(link.peer));
  if (own.length > 0) return statusOfLinks(own, spec, folded, persistence);
  // A learner needs its leader alone; what it has with the others is not to be judged.
  if (standing.role === 'learner') return 'unknown';
  // Where each end dials the other, a link that goes out would show this peer by its address.
  if (spec.links === 'mesh-both-ways') return missingOrUnknown(member);
  const hidden = links.filter((link) => link.peer === null);
  const captured = folded.capturedPeers.filter((peer) => member.addresses.includes(peer.address));
  const [status] = captured.map((peer) => capturedStatus(peer, persistence));
  const usable = hidden.filter((link) => isUsable(link, persistence)).length;
  if (status === undefined) {
    if (usable > 0 && !showsCapture(folded)) return 'unknown';
    return folded.coverage.kind === 'truncated' && hidden.length > 0
      ? 'unknown'
      : missingOrUnknown(member);
  }
  if (status !== 'linked') return status;
  if (usable === 0) return 'missing';
  // Fewer links than peers behind the proxy: which of them lacks its link is hidden.
  return usable >= linkedBehindProxy(folded, persistence) ? 'linked' : 'unknown';
}

function missingOrUnknown(member: Member): PeerStatus {
  return member.addresses.length === 0 && !member.literal ? 'unknown' : 'missing';
}

/** A listing cut down to the watched ports shows no capture port, and so not who the hidden peers are. */
function showsCapture({ capturedPeers, mesh }: Folded): boolean {
  return capturedPeers.length > 0 || mesh.proxyOwner.kind === 'uid';
}

function linkedBehindProxy(folded: Folded, persistence: Persistence): number {
  return folded.capturedPeers.filter((peer) => capturedStatus(peer, persistence) === 'linked')
    .length;
}
