import {
  type PodRead,
  READ_FILES,
  type ReadFailure,
  type ReadFile,
} from '../../model/collection.ts';
import type { Kubectl, KubectlFailure, KubectlResult } from './kubectl.ts';

/** For one read of a pod's tables; a table of a hundred thousand sockets has 15 MB, and a busy node takes its time. */
export const READ_LIMITS = { timeoutMs: 15_000, maxBytes: 64 * 1024 * 1024 };

export interface ReadEdges {
  readonly kubectl: Kubectl;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  readonly wallClock: () => Date;
}

/** A container in which files can be printed, and the program of its image that does it. */
export interface Reader {
  readonly container: string;
  readonly by: 'cat' | 'node';
}

/** Node.js of the project's own image, which has neither a shell nor a `cat`. */
const NODE = '/nodejs/bin/node';

/** As `cat` does: it prints what is there, piece by piece, and ends with 1 where a file is missing. */
const CAT_IN_NODE = `const fs = require('fs'), piece = Buffer.alloc(65536);
let code = 0;
for (const path of process.argv.slice(1)) {
  try {
    const file = fs.openSync(path);
    for (let got; (got = fs.readSync(file, piece, 0, piece.length, null)) > 0;)
      for (let sent = 0; sent < got;) sent += fs.writeSync(1, piece, sent, got - sent);
  } catch { code = 1; }
}
process.exit(code);`;

/** A heap that its work needs: the container has a limit, and the probe in it needs most of that. */
const SMALL = ['--max-old-space-size=16', '--max-semi-space-size=1'];

const PRINTERS: Readonly<Record<Reader['by'], readonly string[]>> = {
  cat: ['cat'],
  node: [NODE, ...SMALL, '-e', CAT_IN_NODE],
};

/** What keeps a container of the project's own image running for so many seconds. */
export function idleInNode(seconds: number): readonly string[] {
  return [NODE, ...SMALL, '-e', `setTimeout(() => {}, ${seconds * 1_000})`];
}

/**
 * Reads the tables and counters of a pod by the first of `readers` that can. All containers of a pod share one
 * network namespace, so any of them shows the same rows.
 */
export async function readPod(
  { kubectl, clock, wallClock }: ReadEdges,
  pod: string,
  readers: readonly Reader[],
): Promise<PodRead> {
  const reasons: string[] = [];
  const failures = new Set<KubectlFailure | null>();
  for (const { container, by } of readers) {
    const startMs = clock();
    const files = READ_FILES.map((file) => `/proc/${file}`);
    const command = ['exec', pod, '-c', container, '--', ...PRINTERS[by], ...files];
    const result = await kubectl.run(command, READ_LIMITS);
    const endMs = clock();
    const texts = splitFiles(result.out);
    if (isWhole(result, texts)) {
      const at = wallClock().toISOString();
      return { kind: 'read', startMs, endMs, at, container, files: texts };
    }
    reasons.push(`container ${container}: ${whyNot(result, by)}`);
    failures.add(result.kind === 'failed' ? result.why : null);
    // The right is missing for all containers alike, and a pod that does not answer will not for another.
    if (result.kind === 'failed' && ['forbidden', 'timeout', 'not-found'].includes(result.why))
      break;
  }
  return {
    kind: 'failed',
    why: failureOf(failures),
    reason: reasons.length === 0 ? 'no container of it runs' : reasons.join('; '),
  };
}

/** By what became of all containers that were tried. */
function failureOf(failures: ReadonlySet<KubectlFailure | null>): ReadFailure {
  const [only] = failures.size === 1 ? failures : [];
  if (only === 'no-container') return 'not-running';
  return failures.has('forbidden') ? 'forbidden' : 'unreadable';
}

/** `cat` fails where one file is missing, as `tcp6` without IPv6, and prints the others. */
function isWhole(result: KubectlResult, files: ReadonlyMap<ReadFile, Buffer>): boolean {
  if (!files.has('net/tcp')) return false;
  return result.kind === 'ok' || (result.why === 'failed' && files.has('net/snmp'));
}

function whyNot(result: KubectlResult, by: Reader['by']): string {
  if (result.kind === 'ok') return 'it printed no socket table';
  return result.why === 'no-such-program' ? `it has no ${by}` : result.reason;
}

/** How the first line of each file begins (`net/ipv4/tcp_ipv4.c`, `net/ipv6/tcp_ipv6.c`, `net/ipv4/proc.c`). */
const FIRST_LINES: readonly (readonly [ReadFile, RegExp])[] = [
  ['net/tcp6', /^ {2}sl {2}local_address {20,}remote_address/],
  ['net/tcp', /^ {2}sl {2}local_address rem_address/],
  ['net/snmp', /^Ip: Forwarding/],
  ['net/netstat', /^TcpExt: /],
  ['version', /^Linux version /],
];

/** Parts what `cat` printed of several files by the first line of each. */
export function splitFiles(printed: Buffer): ReadonlyMap<ReadFile, Buffer> {
  const starts: { file: ReadFile; at: number }[] = [];
  for (let at = 0; at < printed.length; ) {
    const newline = printed.indexOf(0x0a, at);
    const end = newline < 0 ? printed.length : newline;
    const first = printed[at];
    // Rows begin with a blank too, and a number: only the heads of files are looked at closely.
    if (first !== 0x20 || printed[at + 2] === 0x73) {
      const line = printed.toString('latin1', at, Math.min(end, at + 80));
      const file = FIRST_LINES.find(([, head]) => head.test(line))?.[0];
      if (file !== undefined && !starts.some((start) => start.file === file)) {
        starts.push({ file, at });
      }
    }
    at = end + 1;
  }
  return new Map(
    starts.map(({ file, at }, index): [ReadFile, Buffer] => [
      file,
      printed.subarray(at, starts[index + 1]?.at ?? printed.length),
    ]),
  );
}
