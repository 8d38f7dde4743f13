import { CAPTURE_PORTS, MARKER_PORTS } from '../../src/links/mesh.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { Owner, Socket, SocketTable } from '../../src/model/socket.ts';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import { watchedPorts } from '../../src/proc/watched.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { familyOf, fileText } from '../proc/kernel-text.ts';

/** The pod of most examples, and its two peers. */
export const POD = '10.96.8.10';
export const PEERS = ['10.96.6.11', '10.96.7.10'] as const;

/** Uids of the application and of Istio's proxy. */
export const APP = 1001;
export const PROXY = 1337;

const CLOSED_BY_KERNEL: Partial<Socket> = { owner: { kind: 'unknown' }, accepted: false };

/** An ESTABLISHED row from `ADDRESS:PORT` to `ADDRESS:PORT` of `uid`; `changes` make it another one. */
export function row(
  local: string,
  remote: string,
  uid: number = APP,
  changes: Partial<Socket> = {},
): Socket {
  return {
    local: endpoint(local),
    remote: endpoint(remote),
    state: 'established',
    txQueueBytes: 0,
    rxQueueBytes: 0,
    timer: 'none',
    retransmits: 0,
    unansweredProbes: 0,
    owner: owned(uid),
    accepted: true,
    ...changes,
  };
}

export function listens(local: string, uid: number = APP, waiting = 0): Socket {
  return row(local, '*:0', uid, { state: 'listen', rxQueueBytes: waiting });
}

/** What a connection becomes when its owner lets go of it: no holder, no inode. */
export function orphan(one: Socket, state: Socket['state']): Socket {
  return { ...one, state, ...CLOSED_BY_KERNEL };
}

/** Unacknowledged data after `retransmits` time-outs in a row. */
export function unanswered(one: Socket, retransmits: number, bytes = 44): Socket {
  return { ...one, txQueueBytes: bytes, timer: 'retransmit', retransmits };
}

/** A member's listeners on the pod address: client and election port, and a leader's quorum port. */
export function member(address: string, role: 'leader' | 'other', uid: number = APP): Socket[] {
  const host = address.includes(':') ? `[${address}]` : address;
  return [
    listens('*:2181', uid),
    listens(`${host}:3888`, uid),
    ...(role === 'leader' ? [listens(`${host}:2888`, uid)] : []),
  ];
}

/** Listeners of an Istio sidecar. */
export function istioSidecar(uid: number = PROXY): Socket[] {
  return ['*:15001', '*:15006', '127.0.0.1:15000', '*:15020', '*:15021', '*:15090'].map((local) =>
    listens(local, uid),
  );
}

/** The table that the scanner reads from these rows, printed as the kernel prints them. */
export function tableOf(
  rows: readonly Socket[],
  rowCap = 4096,
  profile: Profile = zookeeper,
): SocketTable {
  const watched = watchedPorts(profile, CAPTURE_PORTS, MARKER_PORTS);
  const scanner = createTableScanner({ watched, rowCap, littleEndian: true });
  for (const family of ['tcp', 'tcp6'] as const) {
    scanner.push(Buffer.from(fileText(rows.filter((one) => familyOf(one) === family))));
    scanner.end();
  }
  return scanner.table();
}

/** The same table as a listing without owners shows it. */
export function withoutUids(table: SocketTable): SocketTable {
  const bare = (rows: readonly Socket[]): Socket[] =>
    rows.map((one) => ({ ...one, owner: { kind: 'unknown' }, accepted: true }));
  return {
    ...table,
    listeners: bare(table.listeners),
    connections: bare(table.connections),
    timeWaits: bare(table.timeWaits),
    ports: new Map(
      [...table.ports].map(([port, counts]) => [
        port,
        {
          ...counts,
          inboundByUid: total(counts.inboundByUid),
        },
      ]),
    ),
  };
}

function total(byUid: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const rows = [...byUid.values()].reduce((sum, count) => sum + count, 0);
  return rows === 0 ? new Map() : new Map([[-1, rows]]);
}

function owned(uid: number): Owner {
  return { kind: 'uid', uid };
}

function endpoint(text: string): Socket['local'] {
  const colon = text.lastIndexOf(':');
  return {
    address: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: Number(text.slice(colon + 1)),
  };
}
