import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { podFolder } from '../agent/pod.ts';
import { buildProgram } from '../built-program.ts';
import { IMAGE_FLAGS } from '../image-flags.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';
import { makePipe } from '../pipe.ts';

const built = buildProgram();

const LINKED = [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)];
/**
 * Each change is several lines of the log, of findings of its own: one that comes and goes has ten lines a
 * minute, which alone do not fill what is kept of the log.
 */
const STATES = [
  member(POD, 'other'),
  LINKED,
  member('127.0.0.1', 'other'),
  [],
  [...LINKED, row(`${POD}:40001`, '10.255.255.1:2888')],
];

const DROPPED = /^quorum_probe_log_lines_dropped_total (\d+)$/m;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Agent {
  readonly child: ChildProcess;
  /** Gives the table its states in turn until `done`, while every probe must be answered within a second. */
  changesUntil(done: (metrics: string, changes: number) => boolean): Promise<void>;
  /** Sends SIGTERM; resolves to how long the end took. */
  stops(): Promise<number>;
}

async function starts(t: TestContext, output: number | 'pipe'): Promise<Agent> {
  const pod = podFolder(t, LINKED);
  const port = await freePort();
  const options = [
    ['--proc', pod.root, '--members', [POD, ...PEERS].join(), '--pod-ip', POD],
    ['--settle', '0s', '--listen', `127.0.0.1:${port}`],
    ['--scan-hint-interval', '10ms', '--scan-min-interval', '10ms', '--scan-confirm-delay', '10ms'],
    ['--scan-idle-share', '50%', '--scan-busy-share', '50%'],
  ];
  const argv = [...IMAGE_FLAGS, built.path, 'serve', ...options.flat()];
  const child = spawn(process.execPath, argv, { env: {}, stdio: ['ignore', output, output] });
  t.after(() => child.kill('SIGKILL'));
  const get = async (path: string): Promise<string> => {
    const asked = AbortSignal.timeout(1_000);
    return await (await fetch(`http://127.0.0.1:${port}${path}`, { signal: asked })).text();
  };
  for (let tries = 0; ; tries += 1) {
    const answer = await get('/livez').catch(() => '');
    if (answer.startsWith('ok')) break;
    assert.ok(tries < 200, 'the agent does not start');
    await delay(50);
  }
  return {
    child,
    async changesUntil(done) {
      for (let changes = 0; ; changes += 1) {
        pod.shows(STATES[changes % STATES.length] ?? LINKED);
        await delay(100);
        assert.match(await get('/livez'), /^ok/);
        if (done(await get('/metrics'), changes)) return;
        assert.ok(changes < 600, 'it did not come to that');
      }
    },
    async stops() {
      const startMs = performance.now();
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      assert.equal(code, 0);
      return performance.now() - startMs;
    },
  };
}

function droppedIn(metrics: string): number {
  return Number(DROPPED.exec(metrics)?.[1]);
}

test('a full pipe that nobody reads: every probe is answered, lines are dropped, counted, and said once it is read', async (t) => {
  const pipe = makePipe(t);
  pipe.fill();
  const agent = await starts(t, pipe.writeEnd);
  await agent.changesUntil((metrics) => droppedIn(metrics) > 5);
  let read = pipe.read();
  await agent.changesUntil(() => {
    read += pipe.read();
    return read.includes('log lines were dropped');
  });
  const lines = read.slice(read.indexOf('{')).split('\n').slice(0, -1);
  const entries = lines.map((line): Record<string, unknown> => JSON.parse(line));
  assert.equal(entries[0]?.['msg'], 'watching');
  assert.ok(entries.some(({ dropped, level }) => Number(dropped) > 5 && level === 'warn'));
  pipe.fill();
  assert.ok((await agent.stops()) < 8_000);
});

test('a socket that nobody reads holds up nothing', async (t) => {
  const agent = await starts(t, 'pipe');
  await agent.changesUntil((metrics, changes) => droppedIn(metrics) > 0 || changes > 40);
  assert.ok((await agent.stops()) < 8_000);
});

test('a pipe whose reader went costs lines and nothing else', async (t) => {
  const pipe = makePipe(t);
  const agent = await starts(t, pipe.writeEnd);
  pipe.closeReader();
  await agent.changesUntil((metrics) => droppedIn(metrics) > 5);
  assert.ok((await agent.stops()) < 8_000);
});

test('a disk without room costs lines and nothing else', async (t) => {
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const agent = await starts(t, full);
  await agent.changesUntil((metrics) => droppedIn(metrics) > 5);
  assert.ok((await agent.stops()) < 8_000);
});
