import { NO_SCAN } from '../agent/before-scan.ts';
import { PROXY_PORTS, watchedBy } from '../agent/scan-once.ts';
import type { Observation } from '../assess/scene/observation.ts';
import { coverageOf } from '../listings/coverage.ts';
import { decodeListing } from '../listings/decode.ts';
import { refusal } from '../listings/formats.ts';
import { type HostListing, hostsOf } from '../listings/hosts.ts';
import { parseListing } from '../listings/listing.ts';
import { reportListing } from '../listings/notes.ts';
import { tableOfHost } from '../listings/table.ts';
import { NOTHING_ASKED } from '../model/asked.ts';
import type { JudgeSettings, ScanCommand } from '../model/settings.ts';
import type { Socket } from '../model/socket.ts';
import { parseCounters } from '../proc/counters.ts';

/** What a listing shows of one host. */
export interface ObservedHost {
  /** As the paste names it, by its address, or by its place in the paste. */
  readonly name: string;
  readonly observation: Observation;
}

/** The hosts of a listing that somebody pasted, at least one. Throws where it holds no socket. */
export function observeListing(
  command: ScanCommand,
  path: string,
  bytes: Uint8Array,
): ObservedHost[] {
  const startMs = performance.now();
  return hostsIn(path, bytes).map((host, at) => ({
    name: host.name ?? `host ${at + 1}`,
    observation: observe(host, command, command.judge, startMs),
  }));
}

/** The listeners of each of the hosts. Throws where the listing holds no socket. */
export function listenersIn(path: string, bytes: Uint8Array): readonly Socket[][] {
  return hostsIn(path, bytes).map(({ sockets }) =>
    sockets.filter(({ state }) => state === 'listen'),
  );
}

function hostsIn(path: string, bytes: Uint8Array): readonly HostListing[] {
  const where = path === '-' ? 'standard input' : path;
  const decoded = decodeListing(bytes);
  if (decoded.kind === 'binary') {
    throw new Error(
      `${where} is ${decoded.what}, which cannot be read; paste the text of the listing`,
    );
  }
  const isCapture = (port: number): boolean => PROXY_PORTS.includes(port);
  const hosts = hostsOf(parseListing(decoded.text).sections, isCapture);
  if (hosts.every(({ sockets }) => sockets.length === 0)) {
    throw new Error(`${where} ${whyNothing(hosts, decoded.text)}`);
  }
  return hosts;
}

function whyNothing(hosts: readonly HostListing[], text: string): string {
  const unread = hosts.flatMap(({ sections }) => sections.flatMap((section) => section.unread));
  const [first] = unread;
  if (first === undefined) return refusal(text);
  const names = unread.some(({ reason }) => reason === 'name');
  const why = names ? 'they hold names in place of numbers: print numbers with -n' : first.text;
  return `holds ${unread.length} rows, and none could be read: ${why}; paste the output of netstat -na, ss -tan or cat /proc/net/tcp`;
}

function observe(
  host: HostListing,
  command: ScanCommand,
  judge: JudgeSettings,
  startMs: number,
): Observation {
  const watched = watchedBy(judge.profile);
  const votersKnown = judge.ensemble.kind === 'members';
  const reading = coverageOf(host, judge.profile, watched.capture, votersKnown);
  const table = tableOfHost(host, watched, reading.coverage);
  const at = new Date().toISOString();
  return {
    nowMs: startMs,
    at,
    table,
    counters: parseCounters(null, null),
    names: new Map(),
    podAddresses: command.podAddresses,
    interfaces: [],
    asked: NOTHING_ASKED,
    certificate: null,
    ...{ kernel: 'unknown', tcpRetries: null, awakeSinceMs: null },
    scan: {
      ...NO_SCAN,
      at,
      source: 'listing',
      durationMs: performance.now() - startMs,
      rows: table.rowsRead,
      malformed: { ...table.malformed },
      duplicates: table.duplicates,
      truncated: reading.gaps.has('cut'),
      listing: reportListing(host, reading, judge.profile),
    },
  };
}
