import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { RuleFile } from '../../deploy/prometheus/rules.ts';
import { toolPath } from '../tools.ts';

/** One series of an answer: its labels, and its value as Prometheus prints it. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** A real Prometheus on the loopback address, in a folder of its own that goes with it. */
export interface Prometheus {
  query(expression: string, atSeconds?: number): Promise<readonly Series[]>;
  /** The alerts that fire, with their texts. */
  alerts(): Promise<readonly Alert[]>;
  /** Seconds that the last evaluation of each group of rules took. */
  groupSeconds(): Promise<ReadonlyMap<string, number>>;
  /** Series that it has in memory. */
  headSeries(): Promise<number>;
  residentBytes(): number;
  /** CPU time that it has used since it started. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What Prometheus is given: rules, and the rest of its configuration as it stands in the file. */
export interface Configuration {
  readonly rules: RuleFile;
  readonly global: Readonly<Record<string, string>>;
  readonly scrape_configs: readonly unknown[];
}

const READY_MS = 60_000;
const texts = z.record(z.string(), z.string());
const vector = z.object({
  data: z.object({
    result: z.array(
      z
        .object({ metric: texts, value: z.tuple([z.number(), z.string()]) })
        .transform(({ metric, value }): Series => ({ labels: metric, value: value[1] })),
    ),
  }),
});
const alertList = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: texts, annotations: texts })),
  }),
});
const groupList = z.object({
  data: z.object({
    groups: z.array(z.object({ name: z.string(), evaluationTime: z.number() })),
  }),
});

/** Starts Debian's Prometheus; the promise is resolved when it answers. */
export async function startPrometheus(configuration: Configuration): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-prometheus-'));
  const { rules, ...rest } = configuration;
  // JSON is YAML.
  writeFileSync(join(folder, 'rules.yml'), JSON.stringify(rules));
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({ ...rest, rule_files: [join(folder, 'rules.yml')] }),
  );
  const port = await freePort();
  const child = spawn(
    toolPath('prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  // It must not outlive a process that is ended in the middle.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await ended(child);
    rmSync(folder, { recursive: true });
  };
  const api = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`Prometheus refuses ${path}: ${JSON.stringify(body)}`);
    return body;
  };
  try {
    await ready(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    residentBytes: () => residentBytes(child.pid),
    cpuSeconds: () => cpuSeconds(child.pid),
    async query(expression, atSeconds) {
      const time = atSeconds === undefined ? '' : `&time=${atSeconds}`;
      const body = await api(`query?query=${encodeURIComponent(expression)}${time}`);
      return vector.parse(body).data.result;
    },
    async alerts() {
      const { alerts } = alertList.parse(await api('alerts')).data;
      return alerts.filter(({ state }) => state === 'firing');
    },
    async headSeries() {
      const own = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^prometheus_tsdb_head_series (\S+)$/m.exec(own)?.[1]);
    },
    async groupSeconds() {
      const { groups } = groupList.parse(await api('rules')).data;
      return new Map(groups.map(({ name, evaluationTime }) => [name, evaluationTime]));
    },
  };
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const isReady = await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await sleep(100);
  }
  throw new Error('Prometheus did not start: its complaint is above');
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kilobytes) * 1024;
}

/** Linux counts user and system time in hundredths, in the 14th and 15th field; the second may hold spaces. */
function cpuSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  server.close();
  await once(server, 'close');
  return port;
}
