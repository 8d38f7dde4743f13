import { type ReadTiming, readRows, TABLE_FILES, type TableFile } from '../proc/read.ts';
import type { WatchedPorts } from '../proc/table-keeper.ts';
import type { RowSink } from '../proc/table-row.ts';
import { createRowScanner } from '../proc/tcp-table.ts';
import { createSighting, difference, type Sighting } from './agreement.ts';
import type { DiagReader, DiagReading } from './dump.ts';

/** A live table moves between one reading and the next, and may move again. */
export const ATTEMPTS = 3;

/** Reads by netlink what a table of the watched ports needs. */
export function readDiag(
  reader: DiagReader,
  files: readonly TableFile[],
  { counted, peer, capture }: WatchedPorts,
  sink: RowSink,
  timing: ReadTiming,
  destroyed?: RowSink,
): Promise<DiagReading> {
  return reader.read(files, [...counted, ...peer, ...capture], sink, timing, destroyed);
}

/** What comparing netlink with /proc gave. */
export type Trial =
  | { readonly kind: 'agree' }
  | { readonly kind: 'differ' | 'failed'; readonly reason: string };

/**
 * Compares a dump with readings of /proc below `root` before and after it. Rejects where /proc cannot be read.
 */
export async function compare(
  root: string,
  reader: DiagReader,
  watched: WatchedPorts,
  timing: ReadTiming,
): Promise<Trial> {
  let trial: Trial = {
    kind: 'failed',
    reason: `the kernel interrupted ${ATTEMPTS} dumps in a row`,
  };
  for (let attempt = 0; attempt < ATTEMPTS && trial.kind !== 'agree'; attempt += 1) {
    const before = await sightProc(root, watched, null, timing);
    const dump = createSighting(watched, before);
    const reading = await readDiag(reader, TABLE_FILES, watched, dump, timing);
    if (reading.kind === 'failed') return reading;
    if (reading.kind === 'interrupted') continue;
    const after = await sightProc(root, watched, before, timing);
    const reason = difference(before, dump, after);
    trial = reason === null ? { kind: 'agree' } : { kind: 'differ', reason };
  }
  return trial;
}

async function sightProc(
  root: string,
  watched: WatchedPorts,
  only: Sighting | null,
  timing: ReadTiming,
): Promise<Sighting> {
  const sighting = createSighting(watched, only);
  await readRows(root, TABLE_FILES, createRowScanner(sighting), timing);
  return sighting;
}
