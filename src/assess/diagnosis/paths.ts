import { isStalling, stallOf } from '../../links/stall.ts';
import type { MemberPath } from '../../model/diagnosis.ts';

import type { MeshKind } from '../../model/link.ts';
import {
  type Address,
  fourTuple,
  reversedTuple,
  type Socket,
  type SocketTable,
} from '../../model/socket.ts';
import { rowText } from '../scene/row-text.ts';

/** One read of one member, for the comparison of both ends of a connection. */
export interface EndRead {
  readonly startMs: number;
  readonly endMs: number;
  readonly table: SocketTable;
  /** Segments that came in a second time so far (`TCPDSACKOldSent`); 0 where that is not known. */
  readonly duplicates: number;
}

/** A member of whom both reads are there. */
export interface PathEnd {
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly mesh: MeshKind;
  readonly hostNetwork: boolean;
  readonly reads: readonly [EndRead, EndRead];
}

/** How far apart two reads must be to show that a connection stays as it is. */
export const APART_MS = 2_000;

const EVIDENCE_ROWS = 6;

type Rows = ReadonlyMap<string, Socket>;

/** The ways between each two of the members whose tables were read twice. */
export function pathsBetween(ends: readonly PathEnd[]): MemberPath[] {
  const members = new Set(ends.flatMap(({ addresses }) => addresses));
  return ends.flatMap((a, at) => ends.slice(at + 1).map((b) => pathBetween(a, b, members)));
}

function pathBetween(a: PathEnd, b: PathEnd, members: ReadonlySet<Address>): MemberPath {
  const between = [a.name, b.name] as const;
  const nothing = { between, lost: null, otherArrives: false, reason: '', evidence: [] };
  const hidden = whyHidden(a, members) ?? whyHidden(b, members);
  if (hidden !== null) return { ...nothing, kind: 'unknown', reason: hidden };
  const [ab, ba] = [directed(a, b), directed(b, a)];
  const evidence = [...new Set([...ab.rows, ...ba.rows])].slice(0, EVIDENCE_ROWS);
  const oneWay = (from: PathEnd, to: PathEnd, otherArrives: boolean): MemberPath => ({
    ...{ ...nothing, kind: 'one-way', evidence, otherArrives },
    lost: { from: from.name, to: to.name },
  });
  const [abArrives, baArrives] = [ba.receives, ab.receives];
  if (ab.loses && baArrives && !abArrives) return oneWay(a, b, true);
  if (ba.loses && abArrives && !baArrives) return oneWay(b, a, true);
  if (ab.loses && ba.loses) return { ...nothing, kind: 'cut', evidence };
  if (ab.loses) return oneWay(a, b, false);
  if (ba.loses) return oneWay(b, a, false);
  if (ab.halfOpen || ba.halfOpen) return { ...nothing, kind: 'half-open', evidence };
  return { ...nothing, kind: ab.connected ? 'connected' : 'not-connected' };
}

/** Why rows of this end cannot be matched with those of others; `null` where they can. */
function whyHidden(end: PathEnd, members: ReadonlySet<Address>): string | null {
  if (end.mesh !== 'none') return `${end.name} is behind a mesh proxy, which changes four-tuples`;
  if (end.hostNetwork) return `${end.name} is on its host's network and shares the host's table`;
  const [first, second] = end.reads;
  if (second.startMs - first.endMs < APART_MS) {
    return `the two reads of ${end.name} are less than ${APART_MS / 1000} s apart`;
  }
  if (second.table.coverage.kind !== 'whole' || first.table.coverage.kind !== 'whole') {
    return `not every row of ${end.name} was kept`;
  }
  const own = new Set(end.addresses);
  const translated = second.table.connections.find(
    ({ local, remote, state }) =>
      state === 'established' && own.has(local.address) && !members.has(remote.address),
  );
  return translated === undefined
    ? null
    : `${end.name} has a connection with ${translated.remote.address}, which no member has: addresses are translated on the way`;
}

interface Directed {
  /** What this end sends does not arrive at the other, or what would answer it does not come back. */
  readonly loses: boolean;
  /** Packets of the other end were seen to arrive at this one. */
  readonly receives: boolean;
  /** ESTABLISHED here in both reads and unknown there in both. */
  readonly halfOpen: boolean;
  /** A connection is up at both ends. */
  readonly connected: boolean;
  readonly rows: readonly string[];
}

/** One connection as both ends show it, now and at the first read. */
interface BothEnds {
  readonly row: Socket;
  readonly before: Socket | undefined;
  readonly other: Socket | undefined;
  readonly otherBefore: Socket | undefined;
}

/** What the rows of both ends say of the packets from `here` to `there`, and of those that came back. */
function directed(here: PathEnd, there: PathEnd): Directed {
  const connections = connectionsOf(here, there);
  const losing = connections.filter(loses);
  const open = connections.filter(isHalfOpen);
  const repeats = here.reads[1].duplicates - here.reads[0].duplicates;
  const sentAgain = connections.some(
    ({ other, otherBefore }) => other !== undefined && isUnacknowledged(other, otherBefore),
  );
  return {
    loses: losing.length > 0,
    // A request for a connection came in; or the other end sends again, and this one saw repeated data.
    receives:
      connections.some(
        ({ row, other }) => row.state === 'syn_recv' && other?.state === 'syn_sent',
      ) ||
      (sentAgain && repeats > 0),
    halfOpen: open.length > 0,
    connected: connections.some(isUpAtBothEnds),
    rows: [...losing, ...open].flatMap(({ row, other }) => [
      `${here.name}: ${rowText(row)}`,
      `${there.name}: ${other === undefined ? 'has no such connection' : rowText(other)}`,
    ]),
  };
}

function connectionsOf(here: PathEnd, there: PathEnd): BothEnds[] {
  const [before, now] = here.reads.map(({ table }) => rowsTo(table, here, there));
  const [otherBefore, otherNow] = there.reads.map(({ table }) => rowsTo(table, there, here));
  return [...(now ?? [])].map(([tuple, row]) => ({
    row,
    before: before?.get(tuple),
    other: otherNow?.get(reversedTuple(row)),
    otherBefore: otherBefore?.get(reversedTuple(row)),
  }));
}

function loses({ row, before, other, otherBefore }: BothEnds): boolean {
  // The request came in, and the answer to it does not arrive.
  if (row.state === 'syn_recv') return other?.state === 'syn_sent';
  if (isUnansweredAttempt(row, before)) return other === undefined && otherBefore === undefined;
  return other !== undefined && isUnacknowledged(row, before);
}

function isHalfOpen({ row, before, other, otherBefore }: BothEnds): boolean {
  const stays = row.state === 'established' && before?.state === 'established';
  return stays && other === undefined && otherBefore === undefined;
}

function isUpAtBothEnds({ row, other }: BothEnds): boolean {
  if (row.state !== 'established' || other?.state !== 'established') return false;
  return stallOf(row) === null && stallOf(other) === null;
}

/** Rows of one end towards the other by their four-tuple, those in TIME_WAIT too: it knows of them. */
function rowsTo({ connections, timeWaits }: SocketTable, own: PathEnd, other: PathEnd): Rows {
  const here = new Set(own.addresses);
  const there = new Set(other.addresses);
  return new Map(
    [...timeWaits, ...connections]
      .filter(({ local, remote }) => here.has(local.address) && there.has(remote.address))
      .map((row) => [fourTuple(row), row]),
  );
}

/** Sent again and again without an answer: stalled now, or at it in both reads. */
function isUnacknowledged(row: Socket, before: Socket | undefined): boolean {
  if (row.state === 'established') {
    if (stallOf(row) === 'retransmission') return true;
    return isStalling(row) && before !== undefined && before.txQueueBytes > 0 && isStalling(before);
  }
  const closing = row.state === 'fin_wait1' || row.state === 'last_ack' || row.state === 'closing';
  return closing && row.retransmits > 0 && before?.state === row.state;
}

/** A second attempt from the same port is one that was not answered for as long as the reads are apart. */
function isUnansweredAttempt(row: Socket, before: Socket | undefined): boolean {
  return row.state === 'syn_sent' && (before?.state === 'syn_sent' || row.retransmits >= 1);
}
