import { endianness } from 'node:os';
import type { Socket } from '../model/socket.ts';
import type { ReadTiming, TableFile } from '../proc/read.ts';
import type { RowSink } from '../proc/table-row.ts';
import { createExchange, type DumpEnd, type Found, type Wanted } from './exchange.ts';
import { errorName } from './koffi.ts';
import type { Netlink } from './netlink.ts';
import { CONNECTION_STATES, FAMILIES } from './requests.ts';
import { createSlices, type Slices } from './slices.ts';

export type DiagReading =
  | { readonly kind: 'read'; readonly longestHoldMs: number }
  /** Rows may be missing, since the table changed meanwhile: to be read again. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads the socket table of this network namespace through one netlink socket. */
export interface DiagReader {
  /**
   * Gives `sink` the listeners of every port and the connections that have one of `ports`, of the protocols
   * of `files`. One call at a time. `destroyed` takes the sockets that were destroyed before it.
   */
  read(
    files: readonly TableFile[],
    ports: readonly number[],
    sink: RowSink,
    timing: ReadTiming,
    destroyed?: RowSink,
  ): Promise<DiagReading>;
  /** Asks after what is known already, which walks through no table of connections. One call at a time. */
  follow(known: Followed, timing: ReadTiming): Promise<DiagFollowing>;
  close(): void;
}

/** What is followed. */
export interface Followed {
  /** The protocols whose listeners are read anew, and given to `listeners`. */
  readonly files: readonly TableFile[];
  readonly listeners: RowSink;
  /** Connections of an earlier reading or following. */
  readonly connections: readonly Socket[];
  /** Takes the sockets that were destroyed since the last call; `null` to leave them for later. */
  readonly destroyed: RowSink | null;
}

export type DiagFollowing =
  | {
      readonly kind: 'followed';
      /** What became of each connection, in their order; `null` where it is gone. */
      readonly connections: readonly (Socket | null)[];
      /** Whether the kernel had to drop some of the destroyed sockets, or there are more. */
      readonly missedSome: boolean;
      readonly longestHoldMs: number;
    }
  | Exclude<DiagReading, { kind: 'read' }>;

const ENOENT = 2;

const NOBODY: RowSink = { keep() {}, refuse() {} };
const LISTENERS = { states: ['listen'], ports: null, withInfo: false } as const;
/** What `tcp_info` says of a few of them is asked later; in a dump it would be made for all. */
const CONNECTIONS = { states: CONNECTION_STATES, withInfo: false };

export function createDiagReader(
  netlink: Netlink,
  littleEndian = endianness() === 'LE',
): DiagReader {
  const exchange = createExchange(netlink, littleEndian);

  async function dump(
    file: TableFile,
    wanted: Omit<Wanted, 'family'>,
    sink: RowSink,
    slices: Slices,
  ): Promise<DumpEnd> {
    const end = await exchange.dump({ ...wanted, family: FAMILIES[file] }, sink, slices);
    // A kernel without IPv6 has no handler for it.
    return file === 'tcp6' && isRefusedBy(ENOENT, end) ? { kind: 'done' } : end;
  }

  async function lookUp(
    known: readonly Socket[],
    slices: Slices,
  ): Promise<readonly (Socket | null)[] | Failed> {
    const connections: (Socket | null)[] = [];
    for (const socket of known) {
      await slices.breathe();
      const id = exchange.ids.of(socket);
      const found: Found = id === null ? { kind: 'found', socket } : exchange.lookUp(id);
      if (found.kind === 'failed') return ended(found.end);
      connections.push(found.kind === 'found' ? found.socket : null);
    }
    return connections;
  }

  return {
    read: (files, ports, sink, timing, destroyed = NOBODY) =>
      inSlices(timing, async (slices) => {
        // What was destroyed before is not missed in what follows.
        exchange.drain(destroyed);
        for (const file of files) {
          const listeners = await dump(file, LISTENERS, sink, slices);
          if (listeners.kind !== 'done') return ended(listeners);
          const connections = await dump(file, { ...CONNECTIONS, ports }, sink, slices);
          if (connections.kind !== 'done') return ended(connections);
        }
        return { kind: 'read', longestHoldMs: slices.longestHoldMs() };
      }),
    follow: ({ files, listeners, connections, destroyed }, timing) =>
      inSlices(timing, async (slices) => {
        const missedSome = destroyed !== null && exchange.drain(destroyed) === 'some';
        for (const file of files) {
          const end = await dump(file, LISTENERS, listeners, slices);
          if (end.kind !== 'done') return ended(end);
        }
        const found = await lookUp(connections, slices);
        if ('kind' in found) return found;
        const longestHoldMs = slices.longestHoldMs();
        return { kind: 'followed', connections: found, missedSome, longestHoldMs };
      }),
    close: netlink.close,
  };
}

function isRefusedBy(errno: number, end: DumpEnd): boolean {
  return end.kind === 'refused' && end.errno === errno;
}

type Failed = Exclude<DiagReading, { kind: 'read' }>;

async function inSlices<Result>(
  timing: ReadTiming,
  work: (slices: Slices) => Promise<Result>,
): Promise<Result | Failed> {
  const slices = createSlices(timing);
  try {
    return await work(slices);
  } catch (error) {
    // What calls the C library may refuse too, and must cost no more than a kernel that does.
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    slices.end();
  }
}

function ended(end: Exclude<DumpEnd, { kind: 'done' }>): Failed {
  switch (end.kind) {
    case 'interrupted':
      return end;
    case 'refused':
      return { kind: 'failed', reason: `the kernel answered ${errorName(end.errno)}` };
    case 'garbled':
      return { kind: 'failed', reason: `the kernel's answer cannot be read: ${end.reason}` };
  }
}
