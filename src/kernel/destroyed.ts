import { type BriefConnection, fourTuple, type Socket } from '../model/socket.ts';
import type { RowSink } from '../proc/table-row.ts';

/** Sockets that one reading takes over: whoever opens connections makes as many as they like. */
const MOST_TAKEN = 64;

/** Brief connections that are remembered, of the last minute. */
const MOST_KEPT = 256;
const KEPT_MS = 60_000;

/** The sockets that were destroyed since the last reading. */
export interface Destroyed extends RowSink {
  /** Whether one of them had a watched port. */
  sawWatched(): boolean;
  /** Those on ports between members, some of many. */
  between(): readonly Socket[];
}

/** `watched`: whose end is worth another reading; `peer`: the ports between members themselves. */
export function createDestroyed(
  watched: ReadonlySet<number>,
  peer: ReadonlySet<number>,
): Destroyed {
  const taken: Socket[] = [];
  let saw = false;
  return {
    keep(row) {
      saw ||= watched.has(row.localPort) || watched.has(row.remotePort);
      const isPeers = peer.has(row.localPort) || peer.has(row.remotePort);
      if (!isPeers || taken.length >= MOST_TAKEN) return;
      const socket = row.socket();
      if (typeof socket !== 'string') taken.push(socket);
    },
    refuse() {},
    sawWatched: () => saw,
    between: () => taken,
  };
}

/**
 * Adds those of the destroyed sockets that no reading had shown and that carried something: an attempt that was
 * refused, and a bare look at whether a port is open, carry nothing.
 */
export function withBrief(
  before: readonly BriefConnection[],
  destroyed: readonly Socket[],
  shown: readonly Socket[],
  nowMs: number,
): readonly BriefConnection[] {
  const recent = before.filter(({ goneMs }) => nowMs - goneMs < KEPT_MS);
  if (destroyed.length === 0) return recent.length === before.length ? before : recent;
  const known = new Set(shown.map(fourTuple));
  const added = destroyed
    .filter((socket) => hasCarried(socket) && !known.has(fourTuple(socket)))
    .map(({ local, remote }): BriefConnection => ({ local, remote, goneMs: nowMs }));
  return [...recent, ...added].slice(-MOST_KEPT);
}

/** The end of a connection counts as one received byte. */
const FIN_BYTES = 1;

function hasCarried({ vitals }: Socket): boolean {
  return (vitals?.sentBytes ?? 0) > 0 || (vitals?.receivedBytes ?? 0) > FIN_BYTES;
}
