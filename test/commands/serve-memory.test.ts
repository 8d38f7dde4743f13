import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { podFolder } from '../agent/pod.ts';
import { buildProgram } from '../built-program.ts';
import { HEAP_LIMIT_MIB, IMAGE_FLAGS } from '../image-flags.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';
import { READ_PATHS, STREAM_PATHS } from '../load/paths.ts';
import { LIVE_HEAP, liveHeapMiB } from '../load/worst-case.ts';

const ROUNDS = 25;
const SCHEMAS = 200;
/** One after the other would take the longest of this test. */
const AT_ONCE = 8;
const CLIENTS = 1_000;

/** A learner with a crowd of clients. */
const ROWS = [
  ...member(POD, 'other'),
  row(`${POD}:40000`, `${PEERS[0]}:2888`),
  ...Array.from({ length: CLIENTS }, (_, index) => row(`${POD}:2181`, `10.0.0.9:${1024 + index}`)),
];

test('with the shipped flags, 25 rounds over all paths with open streams and 200 schemas leave half of the heap free', async (t) => {
  const program = buildProgram();
  const { root } = podFolder(t, ROWS);
  const options = ['--members', [POD, ...PEERS].join(), '--pod-ip', POD, '--listen', '127.0.0.1:0'];
  const child = spawn(
    process.execPath,
    [
      ...IMAGE_FLAGS,
      `--import=${LIVE_HEAP}`,
      ...[program.path, 'serve', '--proc', root, '--ask', 'peers', ...options],
    ],
    { env: { NODE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('"watching"')) resolve(JSON.parse(line).port);
    });
    child.on('exit', () => reject(new Error('ended before it watched')));
  });
  const liveMiB = async (): Promise<number> => {
    const line = new Promise<number>((resolve) => {
      lines.on('line', (text) => {
        const mib = liveHeapMiB(text);
        if (mib !== null) resolve(mib);
      });
    });
    child.kill('SIGUSR2');
    return await line;
  };
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    assert.ok(response.status === 200 || response.status === 503, `${path}: ${response.status}`);
    return await response.text();
  };

  const streams = STREAM_PATHS.map(async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { accept: 'text/event-stream' },
    });
    assert.equal(response.status, 200);
    return response;
  });
  const open = await Promise.all(streams);
  for (let round = 0; round < ROUNDS; round += 1) await Promise.all(READ_PATHS.map(get));
  const served = await get('/api/v1/report/schema');
  const firstMiB = await liveMiB();
  for (let fetched = 0; fetched < SCHEMAS; fetched += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => get('/api/v1/report/schema')));
  }
  const lastMiB = await liveMiB();
  for (const response of open) await response.body?.cancel();

  t.diagnostic(`${firstMiB.toFixed(1)} and ${lastMiB.toFixed(1)} MiB alive of ${HEAP_LIMIT_MIB}`);
  assert.ok(2 * lastMiB <= HEAP_LIMIT_MIB, `${lastMiB} MiB are alive of ${HEAP_LIMIT_MIB}`);
  assert.ok(lastMiB - firstMiB < 1, `the schema left ${lastMiB - firstMiB} MiB`);
  const shipped = readFileSync(join(dirname(program.path), 'report.schema.json'), 'utf8');
  assert.equal(served, shipped, 'the schema is the file that ships');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});
