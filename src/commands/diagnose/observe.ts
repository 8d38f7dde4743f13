import { NO_SCAN } from '../../agent/before-scan.ts';
import { watchedBy } from '../../agent/scan-once.ts';
import type { EnsembleEvidence } from '../../assess/diagnosis/diagnose.ts';
import type { ObservedMember, ObservedRead } from '../../assess/diagnosis/members.ts';
import type { AskedEvidence } from '../../model/asked.ts';
import type { CollectedPod, Collection, PodRead, ReadFailure } from '../../model/collection.ts';
import { kernelOf } from '../../model/kernel.ts';
import type { Names } from '../../model/names.ts';
import type { Profile } from '../../model/profile.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import type { Address } from '../../model/socket.ts';
import { parseCounters } from '../../proc/counters.ts';
import { createTableScanner } from '../../proc/tcp-table.ts';
import { byteOrderOf } from './byte-order.ts';

/** The most rows kept of one pod's connections between members. */
const ROW_CAP = 4_096;

/** Decodes what was collected, so that it can be judged. */
export function evidenceOf(collection: Collection, settings: JudgeSettings): EnsembleEvidence {
  const { pods, profile } = collection;
  const names: Names = new Map(
    pods.map(({ facts: { name, addresses } }) => [
      name,
      addresses.length > 0
        ? { kind: 'published', addresses, atMs: 0 }
        : { kind: 'unpublished', addresses, atMs: 0, sinceMs: 0 },
    ]),
  );
  const everybody = pods.flatMap(({ facts }) => facts.addresses);
  return {
    ...collection,
    profileBy: profile.kind === 'known' ? profile.by : profile.reason,
    settings,
    members: pods.map((pod) => observedMember(pod, settings.profile, names, everybody)),
  };
}

function observedMember(
  pod: CollectedPod,
  profile: Profile,
  names: Names,
  everybody: readonly Address[],
): ObservedMember {
  const { facts, reads, report } = pod;
  const readings = reads.map((read) => observedRead(read, pod, profile, names, everybody));
  const failure = readings.find((one) => typeof one === 'string');
  const container = reads.flatMap((read) => (read.kind === 'read' ? [read.container] : []))[0];
  return {
    facts: {
      ...facts,
      unread: typeof failure === 'string' ? failure : null,
      failure: failureOf(reads),
      container: container ?? null,
    },
    reads: readings.filter((one): one is ObservedRead => typeof one !== 'string'),
    probe: report,
  };
}

/** Why neither read could be had. */
function failureOf(reads: CollectedPod['reads']): ReadFailure | null {
  const [first, second] = reads;
  if (first.kind === 'read' || second.kind === 'read') return null;
  return first.why === second.why ? first.why : 'unreadable';
}

/** One read as an observation, or why it is none. */
function observedRead(
  read: PodRead,
  pod: CollectedPod,
  profile: Profile,
  names: Names,
  everybody: readonly Address[],
): ObservedRead | string {
  if (read.kind === 'failed') return read.reason;
  const { files, startMs, endMs, at } = read;
  const tcp = files.get('net/tcp');
  if (tcp === undefined) return 'net/tcp is missing';
  const tables = [tcp, files.get('net/tcp6') ?? Buffer.alloc(0)];
  const scanner = createTableScanner({
    watched: watchedBy(profile),
    rowCap: ROW_CAP,
    littleEndian: byteOrderOf(tables, everybody) === 'little',
  });
  for (const table of tables) {
    scanner.push(table);
    scanner.end();
  }
  const table = scanner.table();
  const lines = Object.values(table.malformed).reduce((sum, rows) => sum + rows, 0);
  // A table of the kernel without a single row, in a pod in which nothing listens, has its heading all the same.
  if (table.rowsRead === 0 && !/^ +sl /.test(tcp.toString('latin1', 0, 16))) {
    return 'its socket table is empty';
  }
  if (lines > 0) return `${lines} rows of its socket table could not be read`;
  const text = (file: 'net/snmp' | 'net/netstat' | 'version'): string | null =>
    files.get(file)?.toString('latin1') ?? null;
  return {
    startMs,
    endMs,
    duplicates: duplicatesIn(text('net/netstat') ?? ''),
    observation: {
      nowMs: endMs,
      at,
      table,
      counters: parseCounters(text('net/snmp'), text('net/netstat')),
      names,
      podAddresses: pod.facts.addresses.length > 0 ? pod.facts.addresses : null,
      interfaces: [],
      asked: askedOf(pod, endMs),
      kernel: kernelOf(text('version') ?? ''),
      tcpRetries: null,
      awakeSinceMs: null,
      certificate: null,
      scan: {
        ...NO_SCAN,
        at,
        durationMs: endMs - startMs,
        rows: table.rowsRead,
        malformed: { ...table.malformed },
        duplicates: table.duplicates,
        truncated: table.coverage.kind === 'truncated',
      },
    },
  };
}

function askedOf({ srvr, envoy }: CollectedPod, atMs: number): AskedEvidence {
  return {
    // A question that went through a port-forward may have failed for that alone.
    srvr: srvr === null || srvr.kind === 'failed' ? null : { answer: srvr, atMs },
    envoy: envoy === null ? null : { answer: envoy, atMs },
    peers: null,
  };
}

/** `TCPDSACKOldSent` of `/proc/net/netstat`: segments that came in again after they had been received. */
function duplicatesIn(netstat: string): number {
  const [names, values] = netstat
    .split('\n')
    .filter((line) => line.startsWith('TcpExt: '))
    .map((line) => line.split(/\s+/));
  const value = Number(values?.[names?.indexOf('TCPDSACKOldSent') ?? -1]);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
