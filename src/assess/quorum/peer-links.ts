import { stallOf } from '../../links/stall.ts';
import type { CapturedPeer, Folded, Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';
import { dialsBothWays, type PortSpec, type Profile, perPairOf } from '../../model/profile.ts';
import type { PeerReport } from '../../model/report.ts';
import { type Address, fourTuple, type Socket } from '../../model/socket.ts';
import { type HeldConditions, heldForMs } from './held.ts';
import { anotherIsSilent, anyHidden } from './link-index.ts';
import { isUndrained, linkUnread, type UndrainedQueues } from './undrained.ts';

type PeerStatus = PeerReport['status'];

/** Names of the conditions carried for one row; each is asked for many times in one judgement. */
export const rowSeen = onceFor((row: Socket): string => `row ${fourTuple(row)}`);
export const rowStalled = onceFor((row: Socket): string => `stalled ${fourTuple(row)}`);
export const peerNotLinked = (name: string): string => `not linked ${name}`;

/** The clock and what has held so far, as the judging of links needs them. */
export interface Persistence {
  readonly held: HeldConditions;
  /** Queues that were not seen to fall. */
  readonly queues: UndrainedQueues;
  readonly nowMs: number;
  /** How long what one row shows must persist to count; 0 for a single scan. */
  readonly persistMs: number;
  /** Whether this server's own process seems to stand still. */
  readonly hangs: boolean;
  /** Peers that fell silent for so long that their links on the port of the quorum count as broken. */
  readonly mute: ReadonlySet<Address>;
  /** That port's role; `null` in a system without a quorum. */
  readonly quorumRole: string | null;
  /** Whether a link with another member has carried, now or in an earlier scan; a single scan takes it for granted. */
  readonly everLinked: boolean;
}

/** A single ping may stand unread for a moment; more in a single scan means that nobody reads. */
export const UNREAD_AT_ONE_LOOK_BYTES = 64;

/** Seen in two readings: a probe's or a script's connection is not a peer. A single scan believes what it sees. */
export function isSettled(row: Socket, { held, persistMs }: Persistence): boolean {
  return persistMs === 0 || (held.get(rowSeen(row))?.readings ?? 0) >= 2;
}

export function isSettledLink(link: Link, persistence: Persistence): boolean {
  const [row] = link.rows;
  return row !== undefined && isSettled(row, persistence);
}

/** Whether this process has left what the peer sent unread for longer than a queue may last. */
function isUnread(link: Link, { queues, persistMs, hangs }: Persistence): boolean {
  if (persistMs === 0) return hangs && link.unreadBytes >= UNREAD_AT_ONE_LOOK_BYTES;
  // Most links have nothing unread, and need no reading of what is carried.
  return link.unreadBytes > 0 && isUndrained(queues, linkUnread(link), persistMs);
}

/** Whether its peer has fallen silent for too long on the port that carries the quorum. */
export function isMute({ role, peer }: Link, { mute, quorumRole }: Persistence): boolean {
  return mute.size > 0 && role === quorumRole && peer !== null && mute.has(peer);
}

/** Whether a link carries: up and read from, or held by a closed window for less than a queue may last. */
export function isUsable(link: Link, persistence: Persistence): boolean {
  if (!isSettledLink(link, persistence) || isUnread(link, persistence)) return false;
  if (isMute(link, persistence)) return false;
  if (link.state === 'up') return true;
  return link.stall === 'zero-window' && stalledForMs(link, persistence) < persistence.persistMs;
}

/** How long a link has been stalled, in milliseconds; 0 where it is not. */
export function stalledForMs(link: Link, { held, nowMs }: Persistence): number {
  return Math.max(0, ...link.rows.map((row) => heldForMs(held, rowStalled(row), nowMs)));
}

/** How a peer behind the proxy's inbound capture port stands, whatever port it serves. */
export function capturedStatus(peer: CapturedPeer, persistence: Persistence): PeerStatus {
  const settled = peer.rows.filter(
    (row) => row.state === 'established' && isSettled(row, persistence),
  );
  if (settled.length === 0) return peer.rows.length > 0 ? 'connecting' : 'missing';
  if (persistence.mute.has(peer.address)) return 'stalled';
  const isStalled = (row: Socket): boolean => stallOf(row) === 'retransmission';
  const stalled = settled.filter(isStalled);
  if (stalled.length === 0) return 'linked';
  const sinceMs = (row: Socket, name: (row: Socket) => string): number =>
    persistence.held.get(name(row))?.sinceMs ?? persistence.nowMs;
  const stalledSinceMs = latest(stalled.map((row) => sinceMs(row, rowStalled)));
  // A peer that dialled anew after the stall began is back; its old connection only lingers.
  const back = settled.some((row) => !isStalled(row) && sinceMs(row, rowSeen) > stalledSinceMs);
  return back ? 'linked' : 'stalled';
}

/**
 * How one peer's links on a port stand together. One link on which data, or the first segment, goes
 * unanswered condemns the others: those that carry nothing just now cannot show that the way is gone.
 * So does one that a process which stands still leaves unread: on the others there is nothing to read.
 */
export function statusOfLinks(
  links: readonly Link[],
  spec: PortSpec,
  folded: Folded,
  persistence: Persistence,
): PeerStatus {
  const silent = new Set(
    links.filter(
      (link) =>
        isSettledLink(link, persistence) &&
        (link.stall === 'retransmission' || isDoubtful(link, spec, folded)),
    ),
  );
  const usable = links.filter((link) => isUsable(link, persistence) && !silent.has(link));
  if (readsNothing(links, spec, persistence)) return 'stalled';
  if (silent.size > 0 && !isBack(usable, [...silent], spec, persistence)) return 'stalled';
  if (links.some((link) => isUnanswered(link, persistence))) return 'connecting';
  if (enough(usable, spec, folded)) return 'linked';
  if (links.some((link) => isHeldUp(link, persistence))) return 'stalled';
  // One direction alone, with nothing on its way in the other, is not about to become a whole pair: the
  // peer may have given up long ago what this end still holds open.
  const opening = links.some(
    (link) =>
      link.state === 'connecting' || (link.state === 'up' && !isSettledLink(link, persistence)),
  );
  return opening ? 'connecting' : 'missing';
}

function isHeldUp(link: Link, persistence: Persistence): boolean {
  return link.state === 'stalled' || isUnread(link, persistence) || isMute(link, persistence);
}

/** Whether this process stands still, and shows that on one of the several links with the peer. */
function readsNothing(links: readonly Link[], spec: PortSpec, persistence: Persistence): boolean {
  return (
    persistence.hangs &&
    (perPairOf(spec)?.usual ?? 1) > 1 &&
    links.some((link) => link.state !== 'closing' && isUnread(link, persistence))
  );
}

/** Time-outs in a row that tell, while another peer is silent already: loss seldom meets two at once. */
const DOUBTFUL_RETRANSMITS = 2;

/**
 * Whether data on the link goes unanswered while another peer's does for longer: then this member is
 * cut off more likely than both are. Only where each end dials the other: such members speak to one peer
 * after another, so that the links stall one by one; a leader speaks to all of its learners at once.
 */
function isDoubtful({ role, peer, rows }: Link, spec: PortSpec, folded: Folded): boolean {
  return (
    dialsBothWays(spec) &&
    rows.some((row) => row.txQueueBytes > 0 && row.retransmits >= DOUBTFUL_RETRANSMITS) &&
    anotherIsSilent(folded, role, peer)
  );
}

/** Whether the link is one that this member is dialling and nobody has answered yet. */
export function isAttempt({ state, direction }: Link): boolean {
  return state === 'connecting' && direction === 'outbound';
}

/** A second first segment has gone out: the peer's kernel, where it is there, would have answered. */
export function isUnanswered(link: Link, persistence: Persistence): boolean {
  return (
    link.rows.some((row) => row.state === 'syn_sent' && row.retransmits > 0) &&
    isSettledLink(link, persistence)
  );
}

/** A peer that dialled anew after the silence began is back; its old connection only lingers. */
function isBack(
  usable: readonly Link[],
  silent: readonly Link[],
  spec: PortSpec,
  { held, nowMs, persistMs }: Persistence,
): boolean {
  const sinceMs = (name: string): number => held.get(name)?.sinceMs ?? nowMs;
  const silentSinceMs = latest(
    silent.flatMap((link) => link.rows.map((row) => sinceMs(rowStalled(row)))),
  );
  const [direction, ...others] = new Set(silent.map((link) => link.direction));
  // A single scan knows no order of events, only that a pair which holds one link at a time has two.
  const redialled = (link: Link): boolean =>
    persistMs === 0 &&
    perPairOf(spec)?.usual === 1 &&
    others.length === 0 &&
    direction === link.direction;
  return usable.some(
    (link) => redialled(link) || link.rows.some((row) => sinceMs(rowSeen(row)) > silentSinceMs),
  );
}

/** Whether a pair holds as many links as it needs, of each direction where each end dials the other. */
function enough(usable: readonly Link[], spec: PortSpec, folded: Folded): boolean {
  const least = perPairOf(spec)?.least ?? 1;
  if (!dialsBothWays(spec)) return usable.length >= least;
  const inbound = usable.filter(({ direction }) => direction === 'inbound').length;
  const hidden = anyHidden(folded, spec.role);
  return usable.length - inbound >= least && (hidden || inbound >= least);
}

/** The profile's port of a role. */
export function specOf(profile: Profile, role: string): PortSpec {
  const spec = profile.ports.find((candidate) => candidate.role === role);
  if (spec === undefined) throw new Error(`the profile ${profile.name} has no port ${role}`);
  return spec;
}

/** The greatest of some times. */
function latest(timesMs: readonly number[]): number {
  return timesMs.reduce((most, timeMs) => Math.max(most, timeMs), Number.NEGATIVE_INFINITY);
}
