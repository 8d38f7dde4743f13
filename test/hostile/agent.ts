import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import type { Socket } from '../../src/model/socket.ts';
import { podFolder } from '../agent/pod.ts';
import { followLog } from '../agent-log.ts';
import type { BuiltProgram } from '../built-program.ts';
import { IMAGE_FLAGS } from '../image-flags.ts';
import { member, PEERS, POD, row } from '../links/rows.ts';

const LEARNER = [...member(POD, 'other'), row(`${POD}:40000`, `${PEERS[0]}:2888`)];

/** What one health request on a connection of its own came to. */
export interface Probe {
  /** The status; 0 for an answer that did not come whole. */
  readonly status: number;
  readonly tookMs: number;
}

/** The built program with the image's own flags, watching a healthy learner. */
export interface HostileAgent {
  readonly port: number;
  readonly healthPort: number;
  isRunning(): boolean;
  /** The most memory that was resident so far. */
  peakBytes(): number;
  openFiles(): number;
  /** What a kubelet does: a new connection, one request. */
  probe(path: string, port?: number): Promise<Probe>;
}

/** What it is started with, where that is not usual. */
export interface Started {
  readonly rows?: readonly Socket[];
  readonly more?: readonly string[];
}

/** Starts it, and ends it at the test's end. Resolves when it is ready. */
export async function startAgent(
  t: TestContext,
  program: BuiltProgram,
  { rows = LEARNER, more = [] }: Started = {},
): Promise<HostileAgent> {
  const { root } = podFolder(t, rows);
  const members = [POD, ...PEERS].join();
  const argv = ['serve', '--proc', root, '--members', members, '--pod-ip', POD, '--settle', '0s'];
  const listen = ['--listen', '127.0.0.1:0', '--listen-health', '127.0.0.1:0'];
  const child = spawn(
    process.execPath,
    [...IMAGE_FLAGS, program.path, ...argv, ...listen, ...more],
    {
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.after(() => child.kill('SIGKILL'));
  const { port, healthPort } = await followLog(child).watching();
  const file = (name: string) => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
  const agent: HostileAgent = {
    port,
    healthPort,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    peakBytes: () => 1024 * Number(/VmHWM:\s*(\d+)/.exec(file('status'))?.[1]),
    openFiles: () => Number(/FDSize:\s*(\d+)/.exec(file('status'))?.[1]),
    probe: (path, to = port) => probe(to, path),
  };
  while ((await agent.probe('/readyz', healthPort)).status !== 200) {
    if (!agent.isRunning()) throw new Error('the agent ended before it was ready');
  }
  return agent;
}

async function probe(port: number, path: string): Promise<Probe> {
  const beganMs = performance.now();
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').setTimeout(15_000, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  return { status, tookMs: performance.now() - beganMs };
}
