import { queuedBytes } from './connection.ts';
import type { Limits } from './limits.ts';
import type { Connection } from './stage.ts';

/**
 * In what order connections go when the house is full; within a rank the one that has been so for
 * longest. The newcomer for whom room is made never goes, wherever it comes from: in a mesh everybody
 * comes from 127.0.0.6, kubelet included.
 */
const RANKS = {
  /** All was answered, and the client has not closed its end. */
  leaving: 0,
  /** Between two requests: the client connects again and loses nothing. */
  idle: 1,
  /** A request that does not get finished. */
  unfinished: 2,
  /** The client does not take the answer that waits for it. */
  unread: 3,
  /** A request that has had no fair moment to arrive. */
  new: 4,
  /** An answer or a stream of events that the client takes. */
  answering: 5,
} as const;

type Rank = (typeof RANKS)[keyof typeof RANKS];

/** Held answers have no rank: there is a bound of their own on how many there are. */
function rankOf(
  connection: Connection,
  nowMs: number,
  { fairMs }: Limits,
): readonly [Rank, number] | null {
  const { stage } = connection;
  switch (stage.kind) {
    case 'leaving':
      return [RANKS.leaving, stage.sinceMs];
    case 'idle':
      return [RANKS.idle, stage.sinceMs];
    case 'parsing':
      return [RANKS.unfinished, stage.sinceMs];
    case 'securing':
    case 'asking': {
      const isNew = stage.kind === 'securing' || stage.isNew;
      const isFresh = isNew && nowMs - stage.sinceMs < fairMs;
      return [isFresh ? RANKS.new : RANKS.unfinished, stage.sinceMs];
    }
    case 'waiting':
      return [RANKS.answering, stage.sinceMs];
    case 'answering': {
      if (stage.isHeld) return null;
      const isUnread = queuedBytes(connection) > 0 && nowMs - stage.movedAtMs >= fairMs;
      return [isUnread ? RANKS.unread : RANKS.answering, stage.movedAtMs];
    }
  }
}

/** The connection that goes so that `newcomer` can stay; `null` where it fits in, or all others must stay. */
export function toMakeRoom(
  connections: ReadonlySet<Connection>,
  newcomer: Connection,
  nowMs: number,
  limits: Limits,
): Connection | null {
  if (connections.size <= limits.mostConnections) return null;
  // Those who are new or being answered go only where even the room for such is used up.
  const lastRank = connections.size > limits.mostWithNew ? RANKS.answering : RANKS.unread;
  let found: Connection | null = null;
  let least: readonly [Rank, number] = [lastRank, Number.POSITIVE_INFINITY];
  for (const connection of connections) {
    if (connection === newcomer) continue;
    const rank = rankOf(connection, nowMs, limits);
    if (rank === null) continue;
    if (rank[0] < least[0] || (rank[0] === least[0] && rank[1] < least[1])) {
      found = connection;
      least = rank;
    }
  }
  return found;
}

/**
 * The one that goes because answers that are not taken use too much memory: who has taken nothing for
 * longest. A client that reads has its time, unless there are several and together they want far too much.
 */
export function slowestReader(
  connections: ReadonlySet<Connection>,
  nowMs: number,
  { fairMs, mostQueuedBytes }: Limits,
): Connection | null {
  let found: Connection | null = null;
  let sinceMs = Number.POSITIVE_INFINITY;
  let readers = 0;
  let totalBytes = 0;
  for (const connection of connections) {
    const bytes = queuedBytes(connection);
    if (bytes === 0 || connection.stage.kind !== 'answering') continue;
    readers += 1;
    totalBytes += bytes;
    if (connection.stage.movedAtMs >= sinceMs) continue;
    found = connection;
    sinceMs = connection.stage.movedAtMs;
  }
  if (totalBytes <= mostQueuedBytes) return null;
  const hadItsTime = nowMs - sinceMs >= fairMs;
  return hadItsTime || (readers > 1 && totalBytes > 4 * mostQueuedBytes) ? found : null;
}

/** Whether a connection has used up its time, and for what. */
export function overdue(
  connection: Connection,
  nowMs: number,
  limits: Limits,
): 'request' | 'rest' | null {
  const { stage } = connection;
  switch (stage.kind) {
    case 'securing':
      return nowMs - stage.sinceMs >= limits.headersMs ? 'rest' : null;
    case 'asking':
    case 'parsing':
      return nowMs - stage.sinceMs >= limits.headersMs ? 'request' : null;
    case 'idle':
      return nowMs - stage.sinceMs >= limits.idleMs ? 'rest' : null;
    case 'leaving':
      return nowMs - stage.sinceMs >= limits.leavingMs ? 'rest' : null;
    case 'waiting':
      return nowMs - stage.sinceMs >= limits.silentMs ? 'rest' : null;
    case 'answering': {
      const mostMs = answeringMs(connection, limits);
      return nowMs - stage.movedAtMs >= mostMs ? 'rest' : null;
    }
  }
}

/** How long nothing may move on a connection with an answer under way. */
function answeringMs(connection: Connection, limits: Limits): number {
  // The client has closed its end: it may still take the rest of an answer, and leaves a stream.
  if (connection.socket.readableEnded) return limits.leavingMs;
  if (connection.stage.kind === 'answering' && connection.stage.isHeld) return Infinity;
  return queuedBytes(connection) > 0 ? limits.stuckMs : limits.silentMs;
}
