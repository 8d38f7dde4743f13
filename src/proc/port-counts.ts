import { countsByState, type PortCounts, type TcpState } from '../model/socket.ts';
import type { TableRow } from './table-row.ts';

interface Counting {
  readonly states: Record<TcpState, number>;
  readonly inboundByUid: Map<number, number>;
  readonly passthrough: { open: number; timeWait: number };
  unreadBytes: number;
  unackedBytes: number;
}

/** Counts rows by port, those of crowds too, of which none is kept. */
export interface PortCounter {
  /** Counts a row by state on both of its ports. */
  count(row: TableRow): void;
  /** Adds a row's owner and queues on the port; a text is the reason why it cannot be read. */
  countOwned(port: number, row: TableRow): string | null;
  counts(): ReadonlyMap<number, PortCounts>;
}

export function createPortCounter(ports: readonly number[]): PortCounter {
  const counting = new Map(ports.map((port) => [port, newCounting()] as const));

  function countOn(port: number, state: TcpState): void {
    const one = counting.get(port);
    if (one !== undefined) one.states[state] += 1;
  }

  function countPassthrough(row: TableRow): void {
    const passthrough = counting.get(row.remotePort)?.passthrough;
    if (passthrough === undefined || !row.isPassthrough()) return;
    if (row.state === 'time_wait') passthrough.timeWait += 1;
    else passthrough.open += 1;
  }

  return {
    count(row) {
      const { localPort, remotePort, state } = row;
      countOn(localPort, state);
      if (remotePort !== localPort && state !== 'listen') countOn(remotePort, state);
      if (state !== 'close') countPassthrough(row);
    },
    countOwned(port, row) {
      const one = counting.get(port);
      const queues = row.queues();
      if (typeof queues === 'string') return queues;
      if (one === undefined) return null;
      if (port !== row.localPort) return null;
      one.unreadBytes += queues.rx;
      one.unackedBytes += queues.tx;
      if (row.state === 'established') {
        one.inboundByUid.set(queues.uid, (one.inboundByUid.get(queues.uid) ?? 0) + 1);
      }
      return null;
    },
    counts: () => new Map<number, PortCounts>(counting),
  };
}

function newCounting(): Counting {
  return {
    states: countsByState(),
    inboundByUid: new Map(),
    passthrough: { open: 0, timeWait: 0 },
    unreadBytes: 0,
    unackedBytes: 0,
  };
}
