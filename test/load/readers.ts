/**
 * `readers.ts ORIGIN COUNT SECONDS`: that many clients at once, each on a connection of its own for each request,
 * go over every path for that long; every eighth opens streams instead and leaves them after a second.
 * Then writes how many answers had which status as a line of JSON; `lost` counts requests without one.
 */
import { get, type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { READ_PATHS, STREAM_PATHS } from './paths.ts';

const [origin = '', count, seconds] = process.argv.slice(2);
const untilMs = performance.now() + Number(seconds) * 1_000;
const STREAM_EVERY = 8;
const STREAM_MS = 1_000;
const PATIENCE_MS = 20_000;

const answers: Record<string, number> = {};
const note = (what: string): void => {
  answers[what] = (answers[what] ?? 0) + 1;
};

await Promise.all(Array.from({ length: Number(count) }, (_, index) => read(index)));
process.stdout.write(`${JSON.stringify(answers)}\n`);

async function read(reader: number): Promise<void> {
  const streams = reader % STREAM_EVERY === 0;
  const paths = streams ? STREAM_PATHS : READ_PATHS;
  for (let turn = reader; performance.now() < untilMs; turn += 1) {
    const path = paths[turn % paths.length] ?? '/';
    try {
      const response = await open(path, streams);
      note(String(response.statusCode));
      response.resume();
      if (streams) await sleep(STREAM_MS);
      else await finished(response);
      response.destroy();
    } catch {
      note('lost');
      await sleep(10);
    }
  }
}

function open(path: string, streams: boolean): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = streams ? { accept: 'text/event-stream' } : {};
    const asking = get(
      `${origin}${path}`,
      { agent: false, headers, timeout: PATIENCE_MS },
      resolve,
    );
    asking.on('timeout', () => asking.destroy()).on('error', reject);
  });
}
