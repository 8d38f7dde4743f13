/**
 * `clients.ts ORIGIN`: what asks one agent in a soak. Probes each second, scrapes each 5 s, every path each
 * 5 s, streams that come and go. Writes what it met from its start as a line of JSON each second, without end.
 */
import { get, type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { READ_PATHS, STREAM_PATHS } from '../load/paths.ts';
import type { ClientCounts } from './record.ts';

const [origin = ''] = process.argv.slice(2);
const PROBE_PATHS = ['/readyz', '/livez', '/healthz'];
const PROBE_TIMEOUT_MS = 1_000;
const TIMEOUT_MS = 10_000;
const STREAMERS = 4;
const SHORTEST_STREAM_MS = 3_000;

const counts = {
  probes: 0,
  probesUnanswered: 0,
  slowestProbeMs: 0,
  scrapes: 0,
  scrapesFailed: 0,
  answers: 0,
  answersFailed: 0,
  streams: 0,
} satisfies ClientCounts;

setInterval(() => void probe(), 1_000);
setInterval(() => void scrape(), 5_000);
setInterval(() => void readAll(), 5_000);
setInterval(() => process.stdout.write(`${JSON.stringify(counts)}\n`), 1_000);
for (let streamer = 0; streamer < STREAMERS; streamer += 1) void keepStreaming(streamer);

async function probe(): Promise<void> {
  for (const path of PROBE_PATHS) {
    const askedMs = performance.now();
    const status = await statusOf(path, PROBE_TIMEOUT_MS);
    counts.probes += 1;
    if (status === null) counts.probesUnanswered += 1;
    counts.slowestProbeMs = Math.max(counts.slowestProbeMs, performance.now() - askedMs);
  }
}

async function scrape(): Promise<void> {
  counts.scrapes += 1;
  if ((await statusOf('/metrics', TIMEOUT_MS)) !== 200) counts.scrapesFailed += 1;
}

async function readAll(): Promise<void> {
  for (const path of READ_PATHS) {
    const status = await statusOf(path, TIMEOUT_MS);
    counts.answers += 1;
    if (status === null) counts.answersFailed += 1;
  }
}

async function keepStreaming(streamer: number): Promise<never> {
  for (let turn = streamer; ; turn += 1) {
    try {
      const path = STREAM_PATHS[turn % STREAM_PATHS.length] ?? '';
      const response = await open(path, TIMEOUT_MS * 6, 'text/event-stream');
      counts.streams += 1;
      response.on('error', () => undefined).resume();
      await sleep(SHORTEST_STREAM_MS * (1 + (turn % STREAMERS)));
      response.destroy();
    } catch {
      counts.answersFailed += 1;
      await sleep(SHORTEST_STREAM_MS);
    }
  }
}

/** The status of an answer that came whole; `null` where none did. */
async function statusOf(path: string, timeoutMs: number): Promise<number | null> {
  try {
    const response = await open(path, timeoutMs);
    await finished(response.resume());
    return response.statusCode ?? null;
  } catch {
    return null;
  }
}

/** A request on a connection of its own, as the kubelet's are. */
function open(path: string, timeoutMs: number, accept = '*/*'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = get(
      `${origin}${path}`,
      { agent: false, headers: { accept }, timeout: timeoutMs },
      resolve,
    );
    asking.on('timeout', () => asking.destroy()).on('error', reject);
  });
}
