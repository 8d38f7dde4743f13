import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../lab/run-command.ts';
import { afterwards } from './afterwards.ts';

/** Runs kubectl as the kubeconfig's user to its end and gives its standard output; throws with its complaint. */
export function kubectl(args: readonly string[], input = ''): Promise<string> {
  return run('kubectl', args, input);
}

/** The same for a command of one namespace. */
export function kubectlIn(namespace: string, args: readonly string[], input = ''): Promise<string> {
  return kubectl(['--namespace', namespace, ...args], input);
}

/** An answer of the API server, or of a pod behind it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The API server, spoken to through `kubectl proxy`, which knows how the kubeconfig's user proves itself. */
export interface Api {
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  /** Calls back with each event of a watch until it is stopped; a watch that ends is begun anew. */
  watch(path: string, listener: (event: unknown) => void): () => void;
}

const PATIENCE_MS = 5000;
const WATCH_PAUSE_MS = 200;

/** Starts the proxy; it ends with the tests of the file that asked for it. */
export async function startApi(): Promise<Api> {
  const proxy = spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ending = new AbortController();
  afterwards(async () => {
    ending.abort();
    proxy.kill();
    if (proxy.exitCode === null && proxy.signalCode === null) await once(proxy, 'close');
  });
  const [line] = await once(createInterface(proxy.stdout), 'line');
  const address = /127\.0\.0\.1:\d+/.exec(String(line))?.[0];
  if (address === undefined) throw new Error(`kubectl proxy says: ${String(line)}`);
  return apiAt(`http://${address}`, ending.signal);
}

function apiAt(server: string, ending: AbortSignal): Api {
  return {
    async get(path) {
      const answer = await fetch(server + path, { signal: AbortSignal.timeout(PATIENCE_MS) });
      return { status: answer.status, body: await answer.text() };
    },
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const sent = { method: 'POST', headers, body: JSON.stringify(body), signal };
      const answer = await fetch(server + path, sent);
      return { status: answer.status, body: await answer.text() };
    },
    watch(path, listener) {
      const stopping = new AbortController();
      void follow(server + path, AbortSignal.any([stopping.signal, ending]), listener);
      return () => stopping.abort();
    },
  };
}

async function follow(
  url: string,
  signal: AbortSignal,
  listener: (event: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { body } = await fetch(url, { signal });
      if (body !== null) await eachLine(body, (line) => listener(JSON.parse(line)));
    } catch {
      // The API server ends a watch now and then, and the caller its own.
      await sleep(WATCH_PAUSE_MS);
    }
  }
}

async function eachLine(
  body: AsyncIterable<Uint8Array>,
  listener: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const chunk of body) {
    const lines = (waiting + decoder.decode(chunk, { stream: true })).split('\n');
    waiting = lines.pop() ?? '';
    for (const line of lines) listener(line);
  }
}
