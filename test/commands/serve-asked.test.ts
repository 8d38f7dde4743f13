import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../../src/model/report.ts';
import { podFolder } from '../agent/pod.ts';
import { buildProgram } from '../built-program.ts';
import { drip, flood } from '../evidence/hostile-server.ts';
import { leaderReport } from '../http/sample-report.ts';
import { listens } from '../links/rows.ts';

const built = buildProgram();

/** The pod and its peers: loopback addresses, so that the peers' probes share the port of this one. */
const POD = '127.0.0.1';
const PEERS = ['127.0.0.2', '127.0.0.3'] as const;
const ADMIN_PORT = 15_000;

/** How long the program is under fire, and how long a probe's answer may take on a busy machine. */
const FIRE_MS = 8_000;
const ANSWER_MS = 1_500;
/** A few hundred KiB of answers, and what the collector leaves lying about. */
const GROWTH_KB = 48 * 1024;

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const HEALTHY = JSON.stringify(leaderReport());

const HOSTILE: Readonly<Record<string, (socket: Socket) => void>> = {
  'a gigabyte': (socket) => {
    socket.write(`${OK}Content-Length: 1073741824\r\n\r\n`);
    flood(socket, Buffer.alloc(65_536, 0x20));
  },
  'an endless answer': (socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
    flood(socket, '1000\r\n'.concat(' '.repeat(4096), '\r\n'));
  },
  'invalid JSON': (socket) => socket.end(`${OK}Content-Length: 9\r\n\r\n{"ready":`),
  'a redirect': (socket) =>
    socket.end(`HTTP/1.1 302 Found\r\nLocation: http://${POD}:1/\r\nContent-Length: 0\r\n\r\n`),
  'a slow drip': (socket) =>
    drip(socket, `${OK}Content-Length: ${HEALTHY.length}\r\n\r\n${HEALTHY}`, 20),
  silence: () => undefined,
};

/** Every connection meets the next kind of hostility. */
function inTurn(): (socket: Socket) => void {
  const kinds = Object.values(HOSTILE);
  let next = 0;
  return (socket) => {
    kinds[next % kinds.length]?.(socket);
    next += 1;
  };
}

interface Attacker {
  readonly port: number;
  /** Connections that came. */
  met(): number;
}

/** `null` where the address is taken already. */
async function attacker(
  t: TestContext,
  host: string,
  port: number,
  behave: (socket: Socket) => void,
): Promise<Attacker | null> {
  const sockets = new Set<Socket>();
  let met = 0;
  const server: Server = createServer((socket) => {
    met += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.resume();
    behave(socket);
  });
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).once('listening', () => resolve(true));
  });
  server.listen(port, host);
  if (!(await listening)) return null;
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { port: address.port, met: () => met };
}

/** Two peers on one free port of two loopback addresses. */
async function hostilePeers(t: TestContext): Promise<readonly [Attacker, Attacker]> {
  for (;;) {
    const first = await attacker(t, PEERS[0], 0, inTurn());
    assert.ok(first);
    const second = await attacker(t, PEERS[1], first.port, inTurn());
    if (second !== null) return [first, second];
  }
}

async function get(port: number, path: string): Promise<{ status: number; body: string }> {
  const asking = request({ host: POD, port, path, agent: false });
  asking.end();
  return await new Promise((resolve, reject) => {
    asking.on('error', reject);
    asking.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}

async function hasLooked(port: number): Promise<boolean> {
  try {
    const report: Report = JSON.parse((await get(port, '/api/v1/report')).body);
    return report.scan.at !== null;
  } catch {
    return false;
  }
}

function rssKb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN);
}

test('hostile answers from peers, server and proxy change no verdict, hold nothing up and fill no memory', async (t) => {
  const [first, second] = await hostilePeers(t);
  const server = await attacker(t, POD, 0, (socket) => flood(socket, 'Zookeeper version: 3.9\n'));
  assert.ok(server);
  const proxy = await attacker(t, POD, ADMIN_PORT, () => undefined);
  if (proxy === null) t.diagnostic(`port ${ADMIN_PORT} is taken: no proxy that hangs is asked`);
  // Looking: neither leader nor linked with one, which no answer may change.
  const pod = podFolder(t, [listens(`*:${server.port}`), listens(`${POD}:3888`)]);

  const child = built.starts([
    'serve',
    `--proc=${pod.root}`,
    `--listen=${POD}:${first.port}`,
    `--pod-ip=${POD}`,
    `--members=${[POD, ...PEERS].join(',')}`,
    `--ports=client=${server.port}`,
    `--ask=${proxy === null ? 'srvr,peers' : 'srvr,envoy,peers'}`,
    '--log-level=warn',
  ]);
  let complaints = '';
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
  }
  const ended = once(child, 'exit');
  t.after(() => child.kill('SIGKILL'));
  const { pid } = child;
  assert.ok(pid !== undefined);
  const { port } = first;
  const deadlineMs = performance.now() + 20_000;
  while (!(await hasLooked(port))) {
    assert.ok(child.exitCode === null && performance.now() < deadlineMs, complaints);
    await delay(100);
  }

  const scanAt: (string | null)[] = [];
  const states = new Set<string>();
  let startKb = 0;
  let slowestMs = 0;
  const untilMs = performance.now() + FIRE_MS;
  while (performance.now() < untilMs) {
    const askedMs = performance.now();
    const [live, ready] = await Promise.all([get(port, '/livez'), get(port, '/readyz')]);
    slowestMs = Math.max(slowestMs, performance.now() - askedMs);
    assert.equal(live.status, 200);
    assert.equal(ready.status, 503);
    const report: Report = JSON.parse((await get(port, '/api/v1/report')).body);
    assert.equal(report.role, 'looking');
    assert.equal(report.verdict, 'broken');
    assert.ok(report.asked.peers?.every(({ state }) => state !== 'answered') ?? true);
    for (const { state } of report.asked.peers ?? []) states.add(`peer ${state}`);
    if (report.asked.srvr !== null) states.add(`srvr ${report.asked.srvr.state}`);
    if (report.asked.envoy !== null) states.add(`envoy ${report.asked.envoy.state}`);
    scanAt.push(report.scan.at);
    if (startKb === 0 && first.met() > 3) startKb = rssKb(pid);
    await delay(100);
  }
  assert.ok(slowestMs < ANSWER_MS, `an answer took ${slowestMs} ms`);
  assert.ok(new Set(scanAt).size >= 2, 'the scans stood still');
  assert.ok(first.met() >= 3 && second.met() >= 3 && server.met() >= 1);
  assert.ok(states.has('srvr failed'), [...states].join());
  assert.ok(states.has('peer invalid'), [...states].join());
  if (proxy !== null) assert.ok(states.has('envoy failed'), [...states].join());
  const grownKb = rssKb(pid) - startKb;
  t.diagnostic(`grew by ${grownKb} KiB, slowest answer ${slowestMs.toFixed(0)} ms`);
  assert.ok(startKb > 0 && grownKb < GROWTH_KB, `grew by ${grownKb} KiB`);

  child.kill('SIGTERM');
  const [code] = await ended;
  assert.equal(code, 0, complaints);
});
