import type { CapturedPeer, Folded, Link } from '../model/link.ts';
import type { Ensemble } from '../model/settings.ts';
import type { Address, Socket } from '../model/socket.ts';
import { type Member, observerCount } from './members.ts';
import {
  capturedStatus,
  isUsable,
  linksWithPeers,
  memberAt,
  type Persistence,
  rowSeen,
} from './peer-links.ts';

/**
 * Voters other than this member that are linked on a port: distinct peers that are not observers.
 * Where a mesh hides who is who, no more than there are links, and no more than there are distinct
 * peers on the proxy's capture port.
 */
export function linkedVoters(
  folded: Folded,
  role: string,
  ensemble: Ensemble,
  members: readonly Member[],
  persistence: Persistence,
): number {
  const usable = linksWithPeers(folded, role).filter((link) => isUsable(link, persistence));
  const known = usable.filter((link): link is Link & { peer: Address } => link.peer !== null);
  const hidden = usable.length - known.length;
  const seen = firstSeen(known.map((link) => ({ address: link.peer, rows: link.rows })));
  if (hidden === 0) return countVoters(seen, ensemble, members, persistence);
  const captured = folded.capturedPeers.filter(
    (peer) => !seen.has(peer.address) && capturedStatus(peer, persistence) === 'linked',
  );
  const distinct = countVoters(firstSeen(captured), ensemble, members, persistence);
  const observers =
    ensemble.kind === 'members' ? observersAmong(captured, members) : observerCount(ensemble);
  // A listing cut down to the watched ports shows no capture port, and a crowd there hides peers: then
  // the links are all there is.
  const captureVisible =
    !folded.truncated && (folded.capturedPeers.length > 0 || folded.mesh.proxyOwner.kind === 'uid');
  const carried = Math.max(0, hidden - observers);
  return (
    countVoters(seen, ensemble, members, persistence) +
    (captureVisible ? Math.min(carried, distinct) : carried)
  );
}

interface SeenPeer {
  readonly address: Address;
  readonly rows: readonly Socket[];
}

function firstSeen(peers: readonly SeenPeer[]): ReadonlyMap<Address, readonly Socket[]> {
  const byAddress = new Map<Address, Socket[]>();
  for (const { address, rows } of peers) {
    const known = byAddress.get(address);
    if (known === undefined) byAddress.set(address, [...rows]);
    else known.push(...rows);
  }
  return byAddress;
}

/** Distinct voters among the addresses; `ensemble` says who may vote. */
function countVoters(
  seen: ReadonlyMap<Address, readonly Socket[]>,
  ensemble: Ensemble,
  members: readonly Member[],
  persistence: Persistence,
): number {
  if (ensemble.kind !== 'members') {
    return Math.max(0, seen.size - observerCount(ensemble));
  }
  const linked = new Set<Member>();
  const named = members.filter(({ literal, self }) => !literal && !self);
  let strangers = 0;
  for (const [address, rows] of seen) {
    const member = memberAt(members, address);
    if (member !== undefined) linked.add(member);
    else if (mayBeMember(rows, named, persistence)) strangers += 1;
  }
  const voters = [...linked].filter((member) => !member.observer && !member.self).length;
  const unplaced = members.filter(
    (member) => !member.observer && !member.self && !member.literal && !linked.has(member),
  ).length;
  return voters + Math.min(strangers, unplaced);
}

/**
 * An address that no name is known to have may be a member's new one, until names that were looked up
 * after it appeared all have others.
 */
function mayBeMember(
  rows: readonly Socket[],
  named: readonly Member[],
  { held, nowMs }: Persistence,
): boolean {
  if (named.length === 0) return false;
  const appearedMs = Math.min(...rows.map((row) => held.get(rowSeen(row))?.sinceMs ?? nowMs));
  return named.some(({ answer }) => answer?.kind !== 'published' || answer.atMs < appearedMs);
}

function observersAmong(captured: readonly CapturedPeer[], members: readonly Member[]): number {
  const unlocated = members.filter(
    (member) => member.observer && member.addresses.length === 0,
  ).length;
  const located = captured.filter((peer) => memberAt(members, peer.address)?.observer === true);
  return located.length + unlocated;
}
