import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type MetricDefinition, type ProcessFigures, single } from './definition.ts';

/** A chosen few of the customary process metrics, under their customary names. */
export const processMetrics: readonly MetricDefinition[] = [
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    labels: [],
    help: 'CPU time of the probe, user and system.',
    samples: ({ process }) => single(process.cpuSeconds),
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    labels: [],
    help: 'Resident memory of the probe.',
    samples: ({ process }) => single(process.residentBytes),
  },
  {
    name: 'process_start_time_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the probe started, in Unix time.',
    samples: ({ process }) => single(process.startedAtSeconds),
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    type: 'gauge',
    labels: [],
    help: "JavaScript heap in use, including garbage; the image's flags limit it to 48 MiB.",
    samples: ({ process }) => single(process.heapUsedBytes),
  },
  {
    name: 'nodejs_eventloop_lag_max_seconds',
    type: 'gauge',
    labels: [],
    help: 'The longest delay of a one-second timer in the last minute or two, the same for every scraper.',
    samples: ({ process }) => single(process.eventLoopLagSeconds),
  },
];

/** A finer timer wakes the process so often that the watching alone costs most of its idle CPU. */
const LAG_RESOLUTION_MS = 1000;

/** The greatest lag is kept for one to two of these, so that each of two scrapers sees all of it. */
const LAG_WINDOW_MS = 60_000;

/** Starts watching the event loop; the returned function reads the figures. */
export function watchProcess(): () => ProcessFigures {
  const startedAtSeconds = Date.now() / 1000 - process.uptime();
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  delays.enable();
  const readLag = keptLag(
    {
      maxSeconds: () => Math.max(0, delays.max / 1e9 - LAG_RESOLUTION_MS / 1000),
      reset: () => delays.reset(),
    },
    () => performance.now(),
  );
  return () => {
    const cpu = process.cpuUsage();
    const memory = process.memoryUsage();
    return {
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      residentBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      startedAtSeconds,
      eventLoopLagSeconds: readLag(),
    };
  };
}

/** A greatest lag that grows until it is reset. */
export interface LagRecord {
  maxSeconds(): number;
  reset(): void;
}

/**
 * Reads the greatest lag of the last one to two windows: reading it changes nothing for the next reader.
 * @param nowMs A clock that only grows.
 */
export function keptLag(record: LagRecord, nowMs: () => number): () => number {
  let beganMs = nowMs();
  let before = 0;
  return () => {
    const current = record.maxSeconds();
    const shown = Math.max(before, current);
    if (nowMs() - beganMs >= LAG_WINDOW_MS) {
      before = current;
      beganMs = nowMs();
      record.reset();
    }
    return shown;
  };
}
