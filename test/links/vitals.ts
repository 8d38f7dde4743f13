import type { Socket, SocketTable, Vitals } from '../../src/model/socket.ts';

/** Vitals of a healthy connection between two nodes of one rack. */
export const VITALS: Vitals = {
  lastHeardMs: 620,
  lastSentMs: 1,
  rttMs: 0.5,
  receivedBytes: 1_000,
  sentBytes: 1_000,
  retransmittedBytes: 0,
  pathMtuBytes: 1_500,
  lastAckMs: 620,
  sentSegments: 20,
  retransmittedSegments: 0,
  sackedSegments: 0,
  segmentBytes: 1_448,
  windowLimitedMs: 0,
  bufferLimitedMs: 0,
};

/** The table as netlink gives it: ESTABLISHED rows have the vitals of a healthy connection with what `of` changes. */
export function withVitals(
  table: SocketTable,
  of: (row: Socket) => Partial<Vitals> | null,
): SocketTable {
  return {
    ...table,
    connections: table.connections.map((row) => {
      const changes = row.state === 'established' ? of(row) : null;
      return changes === null ? row : { ...row, vitals: { ...VITALS, ...changes } };
    }),
  };
}
