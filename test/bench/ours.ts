import { setImmediate as pause } from 'node:timers/promises';
import { CAPTURE_PORTS, MARKER_PORTS } from '../../src/links/mesh.ts';
import { createMeter, PROCESS_CLOCKS } from '../../src/proc/meter.ts';
import { readTables, type TableReading } from '../../src/proc/read.ts';
import { watchedPorts } from '../../src/proc/watched.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

const OPTIONS = { watched: watchedPorts(zookeeper, CAPTURE_PORTS, MARKER_PORTS), rowCap: 4_096 };
const TIMING = {
  sliceMs: 4,
  clock: () => performance.now(),
  pause: () => pause(),
  meter: createMeter(PROCESS_CLOCKS),
};

/** One full scan as the agent does it; the crowd's sockets are on the watched client port. */
export function scanOnce(): Promise<TableReading> {
  return readTables('/proc', ['tcp', 'tcp6'], OPTIONS, TIMING);
}
