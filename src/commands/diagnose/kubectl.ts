import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { boundedBuffer } from '../../evidence/bounded-buffer.ts';
import { printable } from './printable.ts';

/** Why a call of kubectl gave nothing. */
export type KubectlFailure =
  | 'no-kubectl'
  | 'forbidden'
  | 'not-found'
  | 'no-such-kind'
  | 'no-such-program'
  | 'no-container'
  | 'timeout'
  | 'too-long'
  | 'failed';

export type KubectlResult =
  | { readonly kind: 'ok'; readonly out: Buffer }
  /** `reason` is one line fit for a terminal; `out` is what was printed all the same. */
  | {
      readonly kind: 'failed';
      readonly why: KubectlFailure;
      readonly reason: string;
      readonly out: Buffer;
    };

export interface CallLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Ports of a pod that are reachable on this machine while it is open. */
export interface Forward {
  /** Local ports by the pod's. */
  readonly ports: ReadonlyMap<number, number>;
  close(): void;
}

/** The operator's own kubectl, with the cluster and namespace that were asked for. */
export interface Kubectl {
  run(args: readonly string[], limits: CallLimits): Promise<KubectlResult>;
  /** Resolves to the forwarded ports, or to the reason why there are none, as one line. */
  forward(pod: string, ports: readonly number[], timeoutMs: number): Promise<Forward | string>;
  /** Ends whatever is still under way. */
  end(): void;
}

export interface KubectlOptions {
  /** The program, found on the PATH. */
  readonly program: string;
  /** Flags that go with every call: context, kubeconfig and namespace. */
  readonly flags: readonly string[];
  /** How many run at a time. */
  readonly atOnce: number;
}

type Started = ChildProcessByStdio<null, Readable, Readable>;

/** Words on standard error are kept to this; the last line of them is what kubectl complains of. */
const STDERR_BYTES = 65_536;

export function createKubectl({ program, flags, atOnce }: KubectlOptions): Kubectl {
  const turns = inTurns(atOnce);
  const children = new Set<ChildProcess>();
  const start = (args: readonly string[]): Started => {
    const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    child.on('close', () => children.delete(child));
    return child;
  };
  return {
    run: (args, limits) =>
      turns(() => call(start([...args.slice(0, 1), ...flags, ...args.slice(1)]), program, limits)),
    forward: (pod, ports, timeoutMs) => {
      const wanted = ports.map((port) => `:${port}`);
      const child = start(['port-forward', ...flags, `pod/${pod}`, ...wanted]);
      return forward(child, program, ports, timeoutMs);
    },
    end() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

/** Lets at most `atOnce` run at a time, the others in their order. */
function inTurns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

function call(child: Started, program: string, limits: CallLimits): Promise<KubectlResult> {
  return new Promise((resolve) => {
    const out = boundedBuffer(limits.maxBytes);
    const words = boundedBuffer(STDERR_BYTES);
    let ended: KubectlFailure | null = null;
    const end = (why: KubectlFailure): void => {
      ended ??= why;
      child.kill('SIGKILL');
    };
    const deadline = setTimeout(() => end('timeout'), limits.timeoutMs);
    const settle = (result: KubectlResult): void => {
      clearTimeout(deadline);
      resolve(result);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      if (!out.add(chunk)) end('too-long');
    });
    child.stderr.on('data', (chunk: Buffer) => words.add(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'no-kubectl' : 'failed';
      settle(
        failure(why, `${program} cannot be started (${error.code ?? error.name})`, out.bytes()),
      );
    });
    child.on('close', (code) => {
      if (ended !== null) settle(failure(ended, endedBecause(ended, limits), out.bytes()));
      else if (code === 0) settle({ kind: 'ok', out: out.bytes() });
      else settle(failed(words.text(), code, out.bytes()));
    });
  });
}

function endedBecause(why: KubectlFailure, { timeoutMs, maxBytes }: CallLimits): string {
  return why === 'timeout'
    ? `no answer within ${timeoutMs / 1000} s`
    : `the answer is longer than ${maxBytes} bytes`;
}

/** What a call that ended with another code than 0 comes to, by its words on standard error. */
export function failed(
  words: string,
  code: number | null,
  out: Buffer,
): Extract<KubectlResult, { kind: 'failed' }> {
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  const said = lines.filter(
    (line) => !/^(?:W|I)\d{4} |^Defaulted container|^command terminated with/.test(line),
  );
  const line = said.at(-1) ?? lines.at(-1) ?? `it ended with ${code ?? 'a signal'}`;
  return failure(
    whyOf(words),
    printable(line.replace(/^(?:error|Error from server)(?: \(\w+\))?: /i, '')),
    out,
  );
}

/** By the words of kubectl and of the API server, which are in English whatever the locale. */
function whyOf(words: string): KubectlFailure {
  if (/\(Forbidden\)|is forbidden|\(Unauthorized\)|must be logged in/i.test(words))
    return 'forbidden';
  if (/doesn't have a resource type|could not find the requested resource/i.test(words)) {
    return 'no-such-kind';
  }
  if (/container not found|container .* is not running|current phase is/i.test(words))
    return 'no-container';
  if (/\(NotFound\)|\bnot found$/im.test(words) && !/executable file/.test(words))
    return 'not-found';
  if (/executable file not found|exec: "[^"]*": .*no such file|exit code 12[67]\b/i.test(words)) {
    return 'no-such-program';
  }
  return 'failed';
}

function failure(
  why: KubectlFailure,
  reason: string,
  out: Buffer,
): Extract<KubectlResult, { kind: 'failed' }> {
  return { kind: 'failed', why, reason, out };
}

/**
 * Opens a port-forward and waits for the line that kubectl prints for each port,
 * `Forwarding from 127.0.0.1:40123 -> 2181` (`kubectl port-forward --help`: no local port picks a free one).
 */
function forward(
  child: Started,
  program: string,
  ports: readonly number[],
  timeoutMs: number,
): Promise<Forward | string> {
  return new Promise((resolve) => {
    const open = new Map<number, number>();
    const words = boundedBuffer(STDERR_BYTES);
    const printed = boundedBuffer(STDERR_BYTES);
    const settle = (result: Forward | string): void => {
      clearTimeout(deadline);
      if (typeof result === 'string') child.kill('SIGKILL');
      resolve(result);
    };
    const deadline = setTimeout(
      () => settle(`no port-forward within ${timeoutMs / 1000} s`),
      timeoutMs,
    );
    child.stdout.on('data', (chunk: Buffer) => {
      printed.add(chunk);
      for (const [, local, remote] of printed
        .text()
        .matchAll(/^Forwarding from (?:127\.0\.0\.1|\[::1\]):(\d+) -> (\d+)$/gm)) {
        if (!open.has(Number(remote))) open.set(Number(remote), Number(local));
      }
      if (ports.every((port) => open.has(port))) settle(whileOpen(child, open));
    });
    child.stderr.on('data', (chunk: Buffer) => words.add(chunk));
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle(`${program} cannot be started (${error.code ?? error.name})`),
    );
    child.on('close', (code) => {
      settle(failed(words.text(), code, Buffer.alloc(0)).reason);
    });
  });
}

function whileOpen(child: ChildProcess, ports: ReadonlyMap<number, number>): Forward {
  return { ports, close: () => void child.kill('SIGKILL') };
}
