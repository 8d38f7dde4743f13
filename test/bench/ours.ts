import { setImmediate as pause } from 'node:timers/promises';
import { readTables, type TableReading } from '../../src/proc/read.ts';
import { ZOOKEEPER_PORTS } from '../demo/stand-in.ts';

const { client, quorum, election } = ZOOKEEPER_PORTS;
const OPTIONS = {
  watched: { counted: [client], peer: [quorum, election], capture: [] },
  rowCap: 1_000,
};
const TIMING = { sliceMs: 4, clock: () => performance.now(), pause: () => pause() };

/** One full scan as the agent does it; the crowd's sockets are on the watched client port. */
export function scanOnce(): Promise<TableReading> {
  return readTables('/proc', ['tcp', 'tcp6'], OPTIONS, TIMING);
}
