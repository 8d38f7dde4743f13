import type { Profile } from '../model/profile.ts';
import type { Socket, SocketTable } from '../model/socket.ts';

/** How old the data of a connection may be while its silence, or the end of it, says something. */
export interface Listening {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Silence shorter than this is nobody's. */
const LEAST_MS = 500;
/** Silence this many times as long as the system itself bears was judged often enough. */
const BORNE_TIMES = 2;

/** The silence of peers that matters with this profile; `null` where none does. */
export function listeningOf({ ports }: Profile): Listening | null {
  const heartbeats = ports.flatMap(({ heartbeat }) => (heartbeat === null ? [] : [heartbeat]));
  if (heartbeats.length === 0) return null;
  return {
    fromMs: Math.max(LEAST_MS, Math.min(...heartbeats.map(({ everyMs }) => everyMs))),
    untilMs: BORNE_TIMES * Math.max(...heartbeats.map(({ bearsMs }) => bearsMs)),
  };
}

/** Whether a table shows nothing but figures that have grown since one before it. */
export function hasSameRows(table: SocketTable, before: SocketTable): boolean {
  return (
    areSame(table.listeners, before.listeners) && areSame(table.connections, before.connections)
  );
}

/** Whether a peer has been silent for as long as matters. */
export function isAnyoneSilent({ connections }: SocketTable, listening: Listening | null): boolean {
  return listening !== null && connections.some((one) => isSilent(one, listening));
}

/** What was judged last, and since when nothing but figures grew; times are of a steady clock. */
export interface LastJudged {
  /** `null` where the table could not be read. */
  readonly table: SocketTable | null;
  readonly atMs: number;
  /** When rows last came, went or changed. */
  readonly movedAtMs: number;
  /** Whether further readings would soon settle something. */
  readonly isOpen: boolean;
  readonly isHealthy: boolean;
}

/**
 * How long nothing is judged while nothing but figures grow. What follows from a change follows within the time
 * in which it must last to count, 10 s for most; later there is nothing more to come.
 */
const QUIET_MS = 1_000;
const CALM_MS = 5_000;
const CALM_AFTER_MS = 15_000;

/** Whether judging a tick would show more than what was judged last does. */
export function isWorthJudging(
  table: SocketTable,
  last: LastJudged | null,
  nowMs: number,
  listening: Listening | null,
): boolean {
  if (last === null || last.table === null || last.isOpen) return true;
  if (nowMs - last.atMs >= quietMs(last, nowMs)) return true;
  return !hasSameRows(table, last.table) || isAnyoneSilent(table, listening);
}

function quietMs(last: LastJudged, nowMs: number): number {
  return isCalm(last, nowMs) ? CALM_MS : QUIET_MS;
}

function isCalm({ isHealthy, isOpen, movedAtMs }: LastJudged, nowMs: number): boolean {
  return isHealthy && !isOpen && nowMs - movedAtMs >= CALM_AFTER_MS;
}

/** Whether all was well when it was last judged, nothing has changed for long, and nobody is silent. */
export function isCalmTick(
  table: SocketTable,
  last: LastJudged | null,
  nowMs: number,
  listening: Listening | null,
): boolean {
  return last !== null && isCalm(last, nowMs) && !isAnyoneSilent(table, listening);
}

/** When rows last came, went or changed, after one more table was judged. */
export function movedAt(table: SocketTable | null, last: LastJudged | null, nowMs: number): number {
  const before = last?.table ?? null;
  if (last === null || table === null || before === null) return nowMs;
  return hasSameRows(table, before) ? last.movedAtMs : nowMs;
}

function isSilent({ vitals }: Socket, { fromMs, untilMs }: Listening): boolean {
  const ageMs = vitals?.lastHeardMs ?? null;
  return ageMs !== null && ageMs >= fromMs && ageMs < untilMs;
}

/** The kernel gives listeners in one order, and connections are asked after in one. */
function areSame(rows: readonly Socket[], before: readonly Socket[]): boolean {
  return (
    rows.length === before.length &&
    rows.every((row, at) => {
      const other = before[at];
      return other !== undefined && isSame(row, other);
    })
  );
}

function isSame(a: Socket, b: Socket): boolean {
  return (
    a.state === b.state &&
    a.txQueueBytes === b.txQueueBytes &&
    a.rxQueueBytes === b.rxQueueBytes &&
    a.timer === b.timer &&
    a.retransmits === b.retransmits &&
    a.unansweredProbes === b.unansweredProbes &&
    a.accepted === b.accepted &&
    uidOf(a) === uidOf(b) &&
    a.local.port === b.local.port &&
    a.remote.port === b.remote.port &&
    a.local.address === b.local.address &&
    a.remote.address === b.remote.address
  );
}

function uidOf({ owner }: Socket): number | null {
  return owner.kind === 'uid' ? owner.uid : null;
}
