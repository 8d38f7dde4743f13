/**
 * `node --import …/live-heap.mjs`: on SIGUSR2 collects all garbage and writes what is left of the heap as a
 * line of JSON to standard output. Plain JavaScript, so that any Node runs it with the shipped flags alone.
 */
import { writeSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  collect();
  const liveHeapBytes = getHeapStatistics().used_heap_size;
  writeSync(1, `${JSON.stringify({ liveHeapBytes })}\n`);
});
