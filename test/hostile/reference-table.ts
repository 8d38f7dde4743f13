import ipaddr from 'ipaddr.js';
import type { Owner, Socket, SocketTimer } from '../../src/model/socket.ts';
import { TCP_STATES } from '../../src/model/socket.ts';
import type { WatchedPorts } from '../../src/proc/tcp-table.ts';

/** What the scanner is compared with: line by line, with a regular expression, in no hurry. */
export interface ReferenceTable {
  readonly listeners: readonly Socket[];
  readonly connections: readonly Socket[];
  readonly timeWaits: readonly Socket[];
  readonly rowsRead: number;
  readonly duplicates: number;
}

const ROW =
  /^ *\d+: ([\dA-F]+):([\dA-F]{4}) ([\dA-F]+):([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]{8}):([\dA-F]{8}) ([\dA-F]{2}):[\dA-F]+ ([\dA-F]{8}) +(\d+) +(\d+) +(\d+) /;
const TIMERS: readonly SocketTimer[] = [
  'none',
  'retransmit',
  'keepalive',
  'time-wait',
  'window-probe',
];

/** Reads whole, undamaged files as a little-endian kernel prints them. Throws for any other line. */
export function referenceTable(files: readonly string[], watched: WatchedPorts): ReferenceTable {
  const listeners = new Map<string, Socket>();
  const connections = new Map<string, Socket>();
  const timeWaits: Socket[] = [];
  let rowsRead = 0;
  let duplicates = 0;
  const peer = new Set(watched.peer);
  const capture = new Set(watched.capture);
  for (const row of files.flatMap(rowsOf)) {
    rowsRead += 1;
    const key = JSON.stringify([row.local, row.remote]);
    const ports = [row.local.port, row.remote.port];
    const onPeerPort = ports.some((port) => peer.has(port));
    if (row.state === 'listen') {
      const twin = listeners.get(key);
      const waiting = row.rxQueueBytes + (twin?.rxQueueBytes ?? 0);
      listeners.set(key, { ...(twin ?? row), rxQueueBytes: waiting });
    } else if (row.state === 'time_wait') {
      if (onPeerPort) timeWaits.push(row);
    } else if (onPeerPort || ports.some((port) => capture.has(port))) {
      if (connections.has(key)) duplicates += 1;
      else connections.set(key, row);
    }
  }
  return {
    listeners: [...listeners.values()],
    connections: [...connections.values()],
    timeWaits,
    rowsRead,
    duplicates,
  };
}

function rowsOf(file: string): Socket[] {
  return file
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^ *sl/.test(line))
    .map(readRow);
}

function readRow(line: string): Socket {
  const columns = ROW.exec(line);
  if (columns === null) throw new Error(`not a row: ${line}`);
  const at = (column: number): string => columns[column] ?? '';
  const number = (column: number): number => Number.parseInt(at(column), 16);
  const state = TCP_STATES[number(5) - 1];
  const timer = TIMERS[number(8)];
  if (state === undefined || timer === undefined) throw new Error(`no such state: ${line}`);
  const accepted = at(12) !== '0';
  const owner: Owner = accepted ? { kind: 'uid', uid: Number(at(10)) } : { kind: 'unknown' };
  return {
    local: { address: addressOf(at(1)), port: number(2) },
    remote: { address: addressOf(at(3)), port: number(4) },
    state,
    txQueueBytes: number(6),
    rxQueueBytes: number(7),
    timer,
    retransmits: number(9),
    unansweredProbes: Number(at(11)),
    owner,
    accepted,
  };
}

function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const octets = words.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (octets.every((octet) => octet === 0)) return '*';
  const address = ipaddr.fromByteArray(octets);
  if (!(address instanceof ipaddr.IPv6) || !address.isIPv4MappedAddress())
    return address.toString();
  const mapped = address.toIPv4Address().toString();
  return mapped === '0.0.0.0' ? '*' : mapped;
}
