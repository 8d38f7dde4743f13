import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { CollectEdges } from '../../../src/commands/diagnose/collect.ts';
import { diagnose } from '../../../src/commands/diagnose/diagnose.ts';
import {
  createKubectl,
  type Forward,
  failed,
  type KubectlResult,
} from '../../../src/commands/diagnose/kubectl.ts';
import { ADDRESSES, CAPTURES } from '../captures.ts';

/** What the stand-in for kubectl answers. */
export interface Cluster {
  /** By kind as it is asked for; a text is what kubectl prints on standard error in its place. */
  readonly objects: Readonly<Record<string, readonly unknown[] | string>>;
  readonly pods: Readonly<Record<string, RecordedPod>>;
  readonly raw?: Readonly<Record<string, string>>;
}

type Answer = string | ((request: string) => string);

export interface RecordedPod {
  /** Folders that stand for /proc, one for each read. */
  readonly reads: readonly string[];
  /** Containers that have a cat; every one but the probe's unless given. */
  readonly containers?: readonly string[];
  /** What kubectl exec fails with. */
  readonly exec?: string;
  /** What a forwarded port answers, by port, or by port and what it is asked; no port-forward unless given. */
  readonly forward?: Readonly<Record<string, Answer>> | undefined;
}

const NAMES = ['zookeeper-0', 'zookeeper-1', 'zookeeper-2'] as const;

/** A StatefulSet of three ZooKeeper pods whose tables are those of two captured moments. */
export function captured(scenario: string, first: string, second: string): Cluster {
  return {
    objects: {
      statefulset: [statefulSet(NAMES.length)],
      pods: NAMES.map((name, at) => pod(name, ADDRESSES[at] ?? '')),
      services: [service()],
      poddisruptionbudgets: [budget()],
    },
    pods: Object.fromEntries(
      NAMES.map((name, at) => [
        name,
        {
          reads: [first, second].map((moment) => join(CAPTURES, scenario, moment, String(at))),
          forward: { 2181: srvrOf(join(CAPTURES, scenario, second, String(at))) },
        },
      ]),
    ),
  };
}

function srvrOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'srvr'), 'utf8');
  } catch {
    return '';
  }
}

export function statefulSet(replicas: number): object {
  return {
    kind: 'StatefulSet',
    metadata: { name: 'zookeeper', namespace: 'zk' },
    spec: {
      replicas,
      serviceName: 'zookeeper-headless',
      selector: { matchLabels: { app: 'zookeeper' } },
    },
  };
}

export function pod(name: string, address: string, more: object = {}): object {
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'zk',
      labels: { app: 'zookeeper' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'zookeeper', controller: true }],
    },
    spec: {
      nodeName: 'node-a',
      containers: [{ name: 'zookeeper', image: 'docker.io/library/zookeeper:3.9' }],
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'zookeeper', restartCount: 0, state: { running: {} } }],
    },
    ...more,
  };
}

export function service(more: object = {}): object {
  return {
    kind: 'Service',
    metadata: { name: 'zookeeper-headless', namespace: 'zk' },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: { app: 'zookeeper' },
      ...more,
    },
  };
}

export function budget(): object {
  return {
    kind: 'PodDisruptionBudget',
    metadata: { name: 'zookeeper', namespace: 'zk' },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'zookeeper' } } },
  };
}

/** What a run of `diagnose` came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** Its first line. */
  readonly first: string;
  /** How kubectl was called, in order. */
  readonly calls: readonly string[];
}

/** Runs `diagnose` in this process, with a kubectl that answers from `cluster` and a clock that waits for nobody. */
export async function run(cluster: Cluster, words: readonly string[]): Promise<Ran> {
  const calls: string[] = [];
  const ran = await runWith(words, (flags) => edgesOn(cluster, flags, calls));
  return { ...ran, calls };
}

/** Runs `diagnose` with these edges, or with a kubectl that is not there. */
export async function runWith(
  words: readonly string[],
  edges: (flags: readonly string[]) => CollectEdges = () => withProgram('/nowhere/kubectl'),
  stopSignal: () => Promise<unknown> = () => new Promise(() => {}),
): Promise<Omit<Ran, 'calls'>> {
  let out = '';
  let error = '';
  const code = await diagnose(words, {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    colour: false,
    width: 100,
    stopSignal,
    edges,
  });
  return { code, out, error, first: out.split('\n')[0] ?? '' };
}

/** The edges with a program of the test's in the place of kubectl. */
export function withProgram(program: string, flags: readonly string[] = []): CollectEdges {
  return {
    kubectl: createKubectl({ program, flags, atOnce: 12 }),
    clock: () => performance.now(),
    wallClock: () => new Date(),
    delay: () => Promise.resolve(),
    onProgress: () => {},
  };
}

export function edgesOn(cluster: Cluster, flags: readonly string[], calls: string[]): CollectEdges {
  let nowMs = 1_000;
  const reads = new Map<string, number>();
  const answer = (args: readonly string[]): KubectlResult => {
    calls.push([...args.slice(0, 1), ...flags, ...args.slice(1)].join(' '));
    nowMs += 1;
    if (args[0] === 'get') return get(cluster, args.slice(1));
    if (args[0] === 'exec') return exec(cluster, args.slice(1), reads);
    return failed(`error: unknown command "${args[0]}" for "kubectl"`, 1, NOTHING);
  };
  return {
    kubectl: {
      run: (args) => Promise.resolve(answer(args)),
      forward: (pod, ports) => {
        calls.push(['port-forward', ...flags, pod, ...ports].join(' '));
        return forward(cluster, pod, ports);
      },
      end: () => {},
    },
    clock: () => nowMs,
    wallClock: () => new Date(Date.UTC(2026, 10, 26) + nowMs),
    delay: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
    onProgress: () => {},
  };
}

const NOTHING = Buffer.alloc(0);

/** What `kubectl get` prints of these objects. */
export function get(
  { objects, raw }: Pick<Cluster, 'objects' | 'raw'>,
  [kind = '', ...words]: readonly string[],
): KubectlResult {
  if (kind === '--raw') {
    const text = raw?.[words[0] ?? ''];
    return text === undefined
      ? failed('Error from server (NotFound): the server could not find it', 1, NOTHING)
      : { kind: 'ok', out: Buffer.from(text) };
  }
  const names = words.filter(
    (word, at) => !word.startsWith('-') && !/^-[lo]$/.test(words[at - 1] ?? ''),
  );
  const found = objects[kind === 'pod' ? 'pods' : kind];
  if (typeof found === 'string') return failed(found, 1, NOTHING);
  if (found === undefined) {
    return failed(`error: the server doesn't have a resource type "${kind}"`, 1, NOTHING);
  }
  const items = names.length === 0 ? found : found.filter((one) => names.includes(nameOf(one)));
  const [first] = items;
  const json = Buffer.from(
    JSON.stringify(names.length === 1 && first !== undefined ? first : { kind: 'List', items }),
  );
  const missing = names.find((name) => !items.some((one) => nameOf(one) === name));
  if (missing === undefined) return { kind: 'ok', out: json };
  const words404 = `Error from server (NotFound): ${kind} "${missing}" not found`;
  return failed(words404, 1, items.length === 0 ? NOTHING : json);
}

function nameOf(object: unknown): string {
  return z.object({ metadata: z.object({ name: z.string() }) }).parse(object).metadata.name;
}

function exec(
  { pods }: Cluster,
  [name = '', , container = '', , program = '', ...words]: readonly string[],
  reads: Map<string, number>,
): KubectlResult {
  const one = pods[name];
  if (one === undefined) {
    return failed(`Error from server (NotFound): pods "${name}" not found`, 1, NOTHING);
  }
  if (one.exec !== undefined) return failed(one.exec, 1, NOTHING);
  const isProbe = container.startsWith('quorum-probe');
  const has = program === 'cat' ? (one.containers?.includes(container) ?? !isProbe) : isProbe;
  if (!has) return failed(noProgram(program), 126, NOTHING);
  const files = words.filter((word) => word.startsWith('/proc/'));
  const read = reads.get(name) ?? 0;
  reads.set(name, read + 1);
  const root = one.reads[Math.min(read, one.reads.length - 1)] ?? '';
  const texts = files.map((file) => textOf(join(root, file.replace(/^\/proc\//, ''))));
  const out = Buffer.concat(texts.filter((text) => text !== null));
  // As cat does: what is there is printed, and what is missing makes it fail.
  return texts.includes(null)
    ? failed('cat: No such file or directory\ncommand terminated with exit code 1', 1, out)
    : { kind: 'ok', out };
}

function noProgram(program: string): string {
  return `error: Internal error occurred: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
}

function textOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

async function forward(
  { pods }: Cluster,
  name: string,
  ports: readonly number[],
): Promise<Forward | string> {
  const answers = pods[name]?.forward;
  if (answers === undefined) return `pods "${name}" is forbidden: cannot create pods/portforward`;
  const servers = await Promise.all(ports.map((port) => serverOf(answers[port])));
  return {
    ports: new Map(ports.map((port, at) => [port, servers[at]?.port ?? 0])),
    close: () => {
      for (const { server } of servers) server.close();
    },
  };
}

function serverOf(
  answer: Answer | undefined,
): Promise<{ readonly server: Server; readonly port: number }> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (request) => {
        if (answer === undefined) socket.destroy();
        else socket.end(typeof answer === 'string' ? answer : answer(request.toString('latin1')));
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
    });
  });
}

/** A folder that is gone when the test is over. */
export function scratch(t: { after(done: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-diagnose-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  return folder;
}
