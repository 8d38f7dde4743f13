import { setImmediate as pause } from 'node:timers/promises';
import { openNetlink } from '../../src/kernel/koffi.ts';
import type { SocketSource } from '../../src/kernel/source.ts';
import { netlinkSource } from '../../src/kernel/sources.ts';
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

const NO_CLIENTS = { ...OPTIONS, watched: { ...OPTIONS.watched, counted: [] } };

let netlink: Promise<SocketSource> | null = null;

/** The same by netlink. */
export async function scanByNetlink(): Promise<TableReading> {
  netlink ??= netlinkSource(openNetlink);
  return (await netlink).read(['tcp', 'tcp6'], OPTIONS, TIMING);
}

/** By netlink without the crowd's port, as where the crowd belongs to another container: the kernel filters it. */
export async function scanOthersByNetlink(): Promise<TableReading> {
  netlink ??= netlinkSource(openNetlink);
  return (await netlink).read(['tcp', 'tcp6'], NO_CLIENTS, TIMING);
}

/** A tick: the listeners, and what became of the connections of the last scan by netlink. */
export async function watchKnown(): Promise<unknown> {
  netlink ??= netlinkSource(openNetlink);
  return (await netlink).watch(TIMING);
}

/** One full scan as the agent does it; the crowd's sockets are on the watched client port. */
export function scanOnce(): Promise<TableReading> {
  return readTables('/proc', ['tcp', 'tcp6'], OPTIONS, TIMING);
}
