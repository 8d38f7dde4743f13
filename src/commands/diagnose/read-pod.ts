import { type PodRead, READ_FILES, type ReadFile } from '../../model/collection.ts';
import type { Kubectl, KubectlResult } from './kubectl.ts';

/** For one read of a pod's tables; a table of a hundred thousand sockets has 15 MB, and a busy node takes its time. */
export const READ_LIMITS = { timeoutMs: 10_000, maxBytes: 64 * 1024 * 1024 };

export interface ReadEdges {
  readonly kubectl: Kubectl;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  readonly wallClock: () => Date;
}

/**
 * Reads the tables and counters of a pod in the first of `containers` that has a `cat`. All containers of a
 * pod share one network namespace, so any of them shows the same rows.
 */
export async function readPod(
  { kubectl, clock, wallClock }: ReadEdges,
  pod: string,
  containers: readonly string[],
): Promise<PodRead> {
  const reasons: string[] = [];
  let isGone = true;
  for (const container of containers) {
    const startMs = clock();
    const result = await kubectl.run(
      ['exec', pod, '-c', container, '--', 'cat', ...READ_FILES.map((file) => `/proc/${file}`)],
      READ_LIMITS,
    );
    const endMs = clock();
    const files = splitFiles(result.out);
    if (isWhole(result, files)) {
      return { kind: 'read', startMs, endMs, at: wallClock().toISOString(), container, files };
    }
    reasons.push(`${container}: ${whyNot(result)}`);
    isGone &&= result.kind === 'failed' && result.why === 'no-container';
    // The right is missing for all containers alike, and a pod that does not answer will not for another.
    if (result.kind === 'failed' && ['forbidden', 'timeout', 'not-found'].includes(result.why))
      break;
  }
  return {
    kind: 'failed',
    why: isGone && reasons.length > 0 ? 'not-running' : 'unreadable',
    reason: reasons.length === 0 ? 'no container of it runs' : reasons.join('; '),
  };
}

/** `cat` fails where one file is missing, as `tcp6` without IPv6, and prints the others. */
function isWhole(result: KubectlResult, files: ReadonlyMap<ReadFile, Buffer>): boolean {
  if (!files.has('net/tcp')) return false;
  return result.kind === 'ok' || (result.why === 'failed' && files.has('net/snmp'));
}

function whyNot(result: KubectlResult): string {
  if (result.kind === 'ok') return 'it printed no socket table';
  return result.why === 'no-such-program' ? 'it has no cat' : result.reason;
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
