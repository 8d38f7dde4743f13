import type { Folded } from '../../model/link.ts';
import { type Address, fourTuple, type Socket } from '../../model/socket.ts';
import { memberAt } from './link-index.ts';
import type { Member } from './members.ts';
import { rowsByPeer } from './outer-rows.ts';

/** What connections have carried, in figures that only grow. */
export interface Carried {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly retransmittedBytes: number;
  readonly sentSegments: number;
  readonly retransmittedSegments: number;
  /** How long data waited for room in the peer's window, of all connections together. */
  readonly windowLimitedMs: number;
}

const FIGURES = [
  'sentBytes',
  'receivedBytes',
  'retransmittedBytes',
  'sentSegments',
  'retransmittedSegments',
  'windowLimitedMs',
] as const satisfies readonly (keyof Carried)[];

interface Sampled {
  readonly atMs: number;
  readonly total: Carried;
}

/** What was exchanged with one peer, over all its links since each was first seen. */
export interface PeerTraffic {
  readonly total: Carried;
  /** The kernel's own figures of the present connections, by four-tuple. */
  readonly connections: ReadonlyMap<string, Carried>;
  /** Totals of the last minute, oldest first; the first may be a little older. */
  readonly samples: readonly Sampled[];
}

/** By the peer's configured name, or by its address where the members are not given; strangers have none. */
export type Traffic = ReadonlyMap<string, PeerTraffic>;

const SAMPLES_FOR_MS = 60_000;
const SAMPLES_APART_MS = 5_000;

/** Whoever opens connections makes as many addresses as they like. */
const MOST_PEERS = 64;

const NOTHING: Carried = {
  sentBytes: 0,
  receivedBytes: 0,
  retransmittedBytes: 0,
  sentSegments: 0,
  retransmittedSegments: 0,
  windowLimitedMs: 0,
};

/** The name under which a peer's traffic is kept. */
export function trafficKey(members: readonly Member[], peer: Address): string {
  return memberAt(members, peer)?.name ?? peer;
}

/**
 * Carries what was exchanged with each peer to this scan. A configured member's totals stay when its links
 * end; a connection counts from its first sight on, since it may be older than this probe.
 */
export function carryTraffic(
  before: Traffic,
  folded: Folded,
  members: readonly Member[],
  roles: readonly string[],
  nowMs: number,
): Traffic {
  const present = connectionsByPeer(folded, members, roles);
  const traffic = new Map<string, PeerTraffic>();
  for (const { name } of members) {
    const known = before.get(name);
    if (known !== undefined && !present.has(name)) {
      traffic.set(name, sampled({ ...known, connections: new Map() }, nowMs));
    }
  }
  for (const [peer, connections] of present) {
    const known = before.get(peer);
    const total = addedTo(known, connections);
    traffic.set(peer, sampled({ total, connections, samples: known?.samples ?? [] }, nowMs));
  }
  return traffic;
}

function connectionsByPeer(
  folded: Folded,
  members: readonly Member[],
  roles: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, Carried>> {
  const byPeer = new Map<string, Map<string, Carried>>();
  for (const [address, rows] of rowsByPeer(folded, roles)) {
    const peer = trafficKey(members, address);
    const isStranger = members.length > 0 && memberAt(members, address) === undefined;
    if (isStranger || (byPeer.size >= MOST_PEERS && !byPeer.has(peer))) continue;
    for (const row of rows) {
      const carried = carriedBy(row);
      if (carried === null) continue;
      const known = byPeer.get(peer) ?? new Map<string, Carried>();
      known.set(fourTuple(row), carried);
      byPeer.set(peer, known);
    }
  }
  return byPeer;
}

/** `null` where the kernel does not say all of it. */
function carriedBy({ vitals }: Socket): Carried | null {
  if (vitals === undefined) return null;
  const figures = { ...NOTHING };
  for (const figure of FIGURES) {
    const value = vitals[figure];
    if (value === null) return null;
    figures[figure] = value;
  }
  return figures;
}

function addedTo(
  known: PeerTraffic | undefined,
  connections: ReadonlyMap<string, Carried>,
): Carried {
  const total = { ...(known?.total ?? NOTHING) };
  for (const [connection, now] of connections) {
    const then = known?.connections.get(connection);
    if (then === undefined) continue;
    // Another connection between the same ends begins with nothing.
    for (const figure of FIGURES) total[figure] += Math.max(0, now[figure] - then[figure]);
  }
  return total;
}

function sampled(traffic: PeerTraffic, nowMs: number): PeerTraffic {
  const { samples, total } = traffic;
  const newest = samples.at(-1);
  if (newest !== undefined && nowMs - newest.atMs < SAMPLES_APART_MS) return traffic;
  const firstKept = samples.findLastIndex(({ atMs }) => nowMs - atMs >= SAMPLES_FOR_MS);
  return {
    ...traffic,
    samples: [...samples.slice(Math.max(0, firstKept)), { atMs: nowMs, total }],
  };
}

/** What was exchanged between a moment of the last minute and now. */
export interface Exchanged extends Carried {
  readonly elapsedMs: number;
  /**
   * How many of the five-second intervals in between saw retransmissions while data got through. In a break
   * most of what is sent is sent again, and that goes on into the intervals beside it.
   */
  readonly lossyIntervals: number;
}

/** What was exchanged since the oldest sample that is at most `withinMs` old. */
export function exchangedWithin(
  { total, samples }: PeerTraffic,
  withinMs: number,
  nowMs: number,
): Exchanged {
  const since = samples.filter(({ atMs }) => nowMs - atMs <= withinMs);
  const [first] = since;
  const figures = { ...NOTHING };
  if (first === undefined) return { ...figures, elapsedMs: 0, lossyIntervals: 0 };
  for (const figure of FIGURES) figures[figure] = total[figure] - first.total[figure];
  const totals = [...since.map((sample) => sample.total), total];
  const intervals = totals.slice(1).map((end, at) => between(totals[at] ?? end, end));
  const lossyIntervals = intervals.filter(
    (one, at) =>
      one.again > 0 && ![intervals[at - 1], one, intervals[at + 1]].some((near) => isBreak(near)),
  ).length;
  return { ...figures, elapsedMs: nowMs - first.atMs, lossyIntervals };
}

interface Interval {
  readonly sent: number;
  /** Of these, how many were retransmissions. */
  readonly again: number;
}

function between(begin: Carried, end: Carried): Interval {
  return {
    sent: end.sentSegments - begin.sentSegments,
    again: end.retransmittedSegments - begin.retransmittedSegments,
  };
}

function isBreak(interval: Interval | undefined): boolean {
  return interval !== undefined && interval.again > 0 && 2 * interval.again >= interval.sent;
}
