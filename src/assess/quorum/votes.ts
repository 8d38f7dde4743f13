import type { CapturedPeer, Link } from '../../model/link.ts';
import { dialsBothWays, type PortSpec, perPairOf } from '../../model/profile.ts';
import type { Ensemble } from '../../model/settings.ts';
import type { Address, Socket } from '../../model/socket.ts';
import type { Circumstances } from './circumstances.ts';
import { groupByPeer, memberAt } from './link-index.ts';
import { type Member, observerCount, voterCount } from './members.ts';
import {
  capturedStatus,
  isUsable,
  type Persistence,
  rowSeen,
  specOf,
  statusOfLinks,
} from './peer-links.ts';
import type { LinkedVoters } from './unmatched.ts';

type Counting = Pick<Circumstances, 'folded' | 'settings' | 'members' | 'persistence'>;

/**
 * Voters other than this member that are linked by `links`, all of one port role: distinct peers that
 * are not observers. Where a mesh hides who is who, no more than there are links, and no more than
 * there are distinct peers on the proxy's capture port.
 */
export function linkedVoters(given: Counting, links: readonly Link[], role: string): LinkedVoters {
  const { folded, settings, members, persistence } = given;
  const { ensemble, profile } = settings;
  const spec = specOf(profile, role);
  const linked = linkedByAddress(given, links, spec);
  const known = seenPeers(linked);
  const named = votersAmong(known, ensemble, members, persistence);
  const hidden = links.filter((link) => link.peer === null && isUsable(link, persistence)).length;
  // Where each end dials the other, the links that go out show every peer by name.
  if (hidden === 0 || dialsBothWays(spec)) {
    const strangers = dialsBothWays(spec) ? [] : strangerLinks(linked, named);
    return { voters: named.voters, strangers, missing: named.missing };
  }
  const captured = folded.capturedPeers.filter(
    (peer) => capturedStatus(peer, persistence) === 'linked' && !known.has(peer.address),
  );
  const behind = votersAmong(seenPeers(captured), ensemble, members, persistence);
  const observers =
    ensemble.kind === 'members' ? observersAmong(captured, members) : observerCount(ensemble);
  // A listing cut down to the watched ports shows no capture port, and a crowd there hides peers: then
  // the links are all there is.
  const captureVisible =
    folded.coverage.kind !== 'truncated' &&
    (folded.capturedPeers.length > 0 || folded.mesh.proxyOwner.kind === 'uid');
  const carried = Math.max(0, hidden - observers);
  const voters = named.voters + (captureVisible ? Math.min(carried, behind.voters) : carried);
  const found = new Set([...named.linked, ...behind.linked]);
  const missing = named.missing.filter((member) => !found.has(member));
  return { voters, strangers: strangerLinks(linked, named), missing };
}

/** The addresses that no member is known by, each as often as it may be a member, as behind NAT. */
function strangerLinks(linked: readonly LinkedPeer[], { strangers }: VotersAmong): Address[] {
  return linked.flatMap(({ address, pairs }) =>
    strangers.has(address) ? Array.from({ length: pairs }, () => address) : [],
  );
}

/** Members of any kind, other than this one, that are linked by `links`; at least 1 where a mesh hides them. */
export function linkedPeers(given: Counting, links: readonly Link[], role: string): number {
  const known = linkedByAddress(given, links, specOf(given.settings.profile, role)).length;
  const hidden = links.some((link) => link.peer === null && isUsable(link, given.persistence));
  return Math.max(known, hidden ? 1 : 0);
}

/**
 * Votes where any member may have become a voter: by configuration, but never fewer than there must be
 * among the linked members, nor more than there can be.
 */
export function movingVotes(
  given: Counting,
  links: readonly Link[],
  role: string,
  configured: number,
): number {
  const voters = voterCount(given.settings.ensemble);
  const observers = observerCount(given.settings.ensemble);
  if (voters === null || observers === 0) return configured;
  const together = 1 + linkedPeers(given, links, role);
  return Math.min(Math.max(configured, together - observers), voters, together);
}

/** The peers whose links among `links` are enough and carry. */
export function linkedByAddress(
  given: Counting,
  links: readonly Link[],
  spec: PortSpec,
): LinkedPeer[] {
  const { folded, persistence } = given;
  return [...groupByPeer(links)].flatMap(([address, own]) =>
    address !== null && statusOfLinks(own, spec, folded, persistence) === 'linked'
      ? [
          {
            address,
            rows: own.flatMap((link) => link.rows),
            pairs: pairsOf(own.filter((link) => isUsable(link, persistence)).length, spec),
          },
        ]
      : [],
  );
}

/** How many members so many links of one address may be, as behind NAT. */
function pairsOf(links: number, spec: PortSpec): number {
  return Math.max(1, Math.floor(links / (perPairOf(spec)?.usual ?? 1)));
}

interface SeenPeer {
  readonly address: Address;
  readonly rows: readonly Socket[];
}

interface LinkedPeer extends SeenPeer {
  /** As many members as its links may be. */
  readonly pairs: number;
}

function seenPeers(peers: readonly SeenPeer[]): ReadonlyMap<Address, readonly Socket[]> {
  const byAddress = new Map<Address, Socket[]>();
  for (const { address, rows } of peers) {
    const known = byAddress.get(address);
    if (known === undefined) byAddress.set(address, [...rows]);
    else for (const row of rows) known.push(row);
  }
  return byAddress;
}

/** Who of the ensemble is among some addresses. */
interface VotersAmong {
  readonly voters: number;
  readonly linked: ReadonlySet<Member>;
  /** Voters, other than this member, that are not. */
  readonly missing: readonly Member[];
  /** Addresses that no member is known by. */
  readonly strangers: ReadonlySet<Address>;
}

/** Distinct voters among the addresses; `ensemble` says who may vote. */
function votersAmong(
  seen: ReadonlyMap<Address, readonly Socket[]>,
  ensemble: Ensemble,
  members: readonly Member[],
  persistence: Persistence,
): VotersAmong {
  const linked = new Set<Member>();
  const strangers = new Set<Address>();
  if (ensemble.kind !== 'members') {
    const voters = Math.max(0, seen.size - observerCount(ensemble));
    return { voters, linked, missing: [], strangers };
  }
  const lookedUpMs = namesLookedUpMs(members);
  let fresh = 0;
  for (const [address, rows] of seen) {
    const member = memberAt(members, address);
    if (member !== undefined) linked.add(member);
    else if (appearedMs(rows, persistence) > lookedUpMs) fresh += 1;
    else strangers.add(address);
  }
  const votes = (member: Member): boolean => !member.observer && !member.self;
  const missing = members.filter((member) => votes(member) && !linked.has(member));
  const unplaced = missing.filter(({ literal }) => !literal).length;
  const voters = [...linked].filter(votes).length + Math.min(fresh, unplaced);
  return { voters, linked, missing, strangers };
}

/**
 * When the names that are published were last looked up: an address that appeared after that, and that
 * none of them has, may be a member's new one until they are looked up again. A name that is not
 * published makes no member of a stranger.
 */
function namesLookedUpMs(members: readonly Member[]): number {
  const named = members.filter(({ literal, self }) => !literal && !self);
  return named.reduce(
    (earliest, { answer }) =>
      answer === null || answer.kind === 'published'
        ? Math.min(earliest, answer?.atMs ?? Number.NEGATIVE_INFINITY)
        : earliest,
    Number.POSITIVE_INFINITY,
  );
}

function appearedMs(rows: readonly Socket[], { held, nowMs }: Persistence): number {
  return rows.reduce(
    (earliest, row) => Math.min(earliest, held.get(rowSeen(row))?.sinceMs ?? nowMs),
    Number.POSITIVE_INFINITY,
  );
}

function observersAmong(captured: readonly CapturedPeer[], members: readonly Member[]): number {
  const unlocated = members.filter(
    (member) => member.observer && member.addresses.length === 0,
  ).length;
  const located = captured.filter((peer) => memberAt(members, peer.address)?.observer === true);
  return located.length + unlocated;
}
