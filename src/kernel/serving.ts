import type { ReadTiming, TableFile } from '../proc/read.ts';
import { createTableKeeper, type KeepOptions } from '../proc/table-keeper.ts';
import { ATTEMPTS, readDiag } from './compare.ts';
import { createDestroyed, type Destroyed, withBrief } from './destroyed.ts';
import type { DiagReader } from './dump.ts';
import type { SourceReading, WatchReading } from './source.ts';
import { type Known, portSets, watchTable, withVitals } from './watch.ts';

/** Netlink where it serves: it reads tables, and watches the last one. A text is the reason why it failed. */
export interface Serving {
  readonly reader: DiagReader;
  read(
    files: readonly TableFile[],
    options: KeepOptions,
    timing: ReadTiming,
  ): Promise<SourceReading | string>;
  /** `null` where nothing was read yet, or the kernel interrupted it. */
  watch(timing: ReadTiming): Promise<WatchReading | string | null>;
}

export function createServing(reader: DiagReader): Serving {
  let known: Known | null = null;
  return {
    reader,
    async read(files, options, timing) {
      const { peer, betweenMembers } = portSets(options.watched);
      const destroyed = createDestroyed(betweenMembers, peer);
      const reading = await readWhole(reader, files, options, timing, destroyed);
      if (typeof reading === 'string') {
        known = null;
        return reading;
      }
      const { brief = [], connections = [] } = known?.table ?? {};
      const nowMs = timing.clock();
      const table = {
        ...reading.table,
        brief: withBrief(brief, destroyed.between(), connections, nowMs),
      };
      known = { files, options, table };
      return { ...reading, table };
    },
    async watch(timing) {
      if (known === null) return null;
      const watching = await watchTable(reader, known, timing);
      if (watching.kind === 'failed') return watching.reason;
      if (watching.kind === 'interrupted') return null;
      const { table, moved, longestHoldMs } = watching;
      known = { ...known, table };
      return { table, moved, longestHoldMs, source: 'netlink' };
    },
  };
}

async function readWhole(
  reader: DiagReader,
  files: readonly TableFile[],
  options: KeepOptions,
  timing: ReadTiming,
  destroyed: Destroyed,
): Promise<SourceReading | string> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const keeper = createTableKeeper(options);
    const reading = await readDiag(reader, files, options.watched, keeper, timing, destroyed);
    if (reading.kind === 'failed') return reading.reason;
    if (reading.kind === 'interrupted') continue;
    const whole = await withVitals(reader, keeper.table(), timing);
    if (whole.kind === 'failed') return whole.reason;
    if (whole.kind === 'interrupted') continue;
    const longestHoldMs = Math.max(reading.longestHoldMs, whole.longestHoldMs);
    return { table: whole.table, longestHoldMs, source: 'netlink' };
  }
  return `the kernel interrupted ${ATTEMPTS} dumps in a row`;
}
