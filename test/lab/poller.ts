/**
 * Runs inside the fabric's namespace, where the kubelet would be: asks every agent and every
 * server over and over, and prints each answer as a line of JSON.
 */
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODES, type Mode, type Sample, type Targets } from './sample.ts';

const INTERVALS_MS = { readyz: 100, report: 200, second: 500, metrics: 500, srvr: 500 } as const;
const PATIENCE_MS = 1000;

/** The series that alerts rest on. */
const WATCHED = /^quorum_probe_(ready|in_quorum|quorum_margin|stalled_links|listening)\b/;
const RAISED = /^quorum_probe_finding\{.*\} 1$/;

const targets: Targets = JSON.parse(process.argv[2] ?? '');
const keepAlive = new Agent({ keepAlive: true });

for (const [pod, address] of targets.addresses.entries()) {
  const print = (sample: Sample): void => {
    process.stdout.write(`${JSON.stringify(sample)}\n`);
  };
  const ask = (path: string, port = targets.agentPort): Promise<{ status: number; body: string }> =>
    fetchText(address, port, path);
  repeat(INTERVALS_MS.readyz, async () => {
    const { status, body } = await ask('/readyz');
    print({ kind: 'readyz', pod, at: Date.now(), status, text: body });
  });
  repeat(INTERVALS_MS.report, async () => {
    const { status, body } = await ask('/api/v1/report');
    if (status === 200) print({ kind: 'report', pod, at: Date.now(), report: JSON.parse(body) });
  });
  repeat(INTERVALS_MS.metrics, async () => {
    const { status, body } = await ask('/metrics');
    if (status === 200) print({ kind: 'metrics', pod, at: Date.now(), series: seriesOf(body) });
  });
  const { clientPort, secondPort } = targets;
  if (secondPort !== null) {
    repeat(INTERVALS_MS.second, async () => {
      const { status, body } = await ask('/api/v1/report', secondPort);
      if (status === 200) print({ kind: 'second', pod, at: Date.now(), report: JSON.parse(body) });
    });
  }
  if (clientPort === null) continue;
  repeat(INTERVALS_MS.srvr, async () => {
    const mode = await srvr(address, clientPort);
    print({ kind: 'srvr', pod, at: Date.now(), mode });
  });
}

async function repeat(intervalMs: number, once: () => Promise<void>): Promise<void> {
  for (;;) {
    const next = Date.now() + intervalMs;
    await once();
    await sleep(Math.max(0, next - Date.now()));
  }
}

function fetchText(
  host: string,
  port: number,
  path: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: 0, body: error.message });
    const request = get(
      { host, port, path, agent: keepAlive, timeout: PATIENCE_MS },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', fail);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    request.on('error', fail);
  });
}

function seriesOf(exposition: string): Record<string, number> {
  const series: Record<string, number> = {};
  for (const line of exposition.split('\n')) {
    if (!WATCHED.test(line) && !RAISED.test(line)) continue;
    const space = line.lastIndexOf(' ');
    series[line.slice(0, space)] = Number(line.slice(space + 1));
  }
  return series;
}

function srvr(host: string, port: number): Promise<Mode> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host, port });
    const silence = setTimeout(() => finish('timeout'), PATIENCE_MS);
    const finish = (mode: Mode): void => {
      clearTimeout(silence);
      socket.destroy();
      resolve(mode);
    };
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write('srvr'));
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => finish(modeOf(answer)));
    socket.on('error', () => finish('refused'));
  });
}

function modeOf(answer: string): Mode {
  if (answer === '') return 'refused';
  const said = /^Mode: (.+)$/m.exec(answer)?.[1];
  return MODES.find((mode) => mode === said) ?? 'not-serving';
}
