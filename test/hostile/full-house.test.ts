import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type BuiltProgram, buildProgram } from '../built-program.ts';
import { type HostileAgent, type Probe, startAgent } from './agent.ts';
import { type Crowd, crowd } from './crowd.ts';

const PROBES = 8;
/** While requests are unfinished, however many. */
const ANSWERED_WITHIN_MS = 1_000;
/** While a thousand clients ask for real and come again at once: each costs an answer. */
const ANSWERED_WHEN_BUSY_MS = 10_000;
/** A crowd must not need more than this, of the 128 MiB that the manifests allow. */
const MOST_BYTES = 110 * 1024 * 1024;
const PATHS = ['/livez', '/readyz', '/readyz/quorum-link', '/healthz'];

let program: BuiltProgram;

before(() => {
  program = buildProgram();
});

/** What a kubelet gets, with a new connection each time. */
async function kubelet(agent: HostileAgent, port: number): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (let count = 0; count < PROBES; count += 1) {
    probes.push(await agent.probe(PATHS[count % PATHS.length] ?? '/livez', port));
    await delay(500);
  }
  return probes;
}

const UNFINISHED = 'GET /livez HTTP/1.1\r\nX: y';
const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** `withinMs` is how soon each probe must be answered. */
const CROWDS: readonly (readonly [string, Crowd & { readonly withinMs: number }])[] = [
  [
    '128 unfinished requests',
    { many: 128, sends: UNFINISHED, reads: true, withinMs: ANSWERED_WITHIN_MS },
  ],
  [
    '1,000 unfinished requests',
    { many: 1_000, sends: UNFINISHED, reads: true, withinMs: ANSWERED_WITHIN_MS },
  ],
  [
    '1,000 connections that say nothing',
    { many: 1_000, sends: '', reads: true, withinMs: ANSWERED_WITHIN_MS },
  ],
  [
    '1,000 idle connections',
    { many: 1_000, sends: ask('/livez'), reads: true, withinMs: ANSWERED_WHEN_BUSY_MS },
  ],
  [
    '1,000 clients that take scrapes',
    { many: 1_000, sends: ask('/metrics'), reads: true, withinMs: ANSWERED_WHEN_BUSY_MS },
  ],
  [
    '1,000 clients that ask for what is not there',
    { many: 1_000, sends: ask('/none'), reads: true, withinMs: ANSWERED_WHEN_BUSY_MS },
  ],
  [
    '1,000 unread reports',
    {
      many: 1_000,
      sends: ask('/api/v1/report').repeat(50),
      reads: false,
      withinMs: ANSWERED_WHEN_BUSY_MS,
    },
  ],
  [
    '1,000 unread pages',
    { many: 1_000, sends: ask('/').repeat(50), reads: false, withinMs: ANSWERED_WHEN_BUSY_MS },
  ],
  [
    '1,000 unread scrapes',
    {
      many: 1_000,
      sends: ask('/metrics').repeat(2_000),
      reads: false,
      withinMs: ANSWERED_WHEN_BUSY_MS,
    },
  ],
  [
    '1,000 event streams',
    { many: 1_000, sends: ask('/api/v1/stream'), reads: false, withinMs: ANSWERED_WHEN_BUSY_MS },
  ],
  [
    '300 headers that drip',
    { many: 300, sends: UNFINISHED, reads: true, drips: 'y', withinMs: ANSWERED_WITHIN_MS },
  ],
  [
    '300 bodies that drip',
    {
      many: 300,
      sends: 'POST /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
      reads: true,
      drips: '1\r\na\r\n',
      withinMs: ANSWERED_WITHIN_MS,
    },
  ],
];

for (const [name, clients] of CROWDS) {
  test(`probes are answered beside ${name} from one address`, async (t) => {
    const agent = await startAgent(t, program);
    await crowd(t, agent.port, clients);
    const probes = await kubelet(agent, agent.port);
    const apart = await agent.probe('/readyz', agent.healthPort);
    const peakBytes = agent.peakBytes();
    const most = Math.max(...probes.map(({ tookMs }) => tookMs));
    t.diagnostic(`at most ${most.toFixed(0)} ms, peak ${(peakBytes / 2 ** 20).toFixed(0)} MiB`);
    assert.deepEqual(
      probes.map(({ status }) => status),
      probes.map(() => 200),
    );
    assert.ok(most < clients.withinMs, `${most} ms`);
    assert.ok(apart.status === 200 && apart.tookMs < clients.withinMs);
    assert.ok(peakBytes < MOST_BYTES, `${peakBytes} bytes`);
    assert.ok(agent.openFiles() <= 512);
  });
}
