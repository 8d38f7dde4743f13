import { endianness } from 'node:os';
import type { ReadTiming, TableFile } from '../proc/read.ts';
import type { RowSink } from '../proc/table-row.ts';
import { createAnswerReader, type PieceEnd } from './answers.ts';
import { errorName } from './koffi.ts';
import type { Netlink } from './netlink.ts';
import {
  CONNECTION_STATES,
  type DumpRequest,
  dumpRequest,
  FAMILIES,
  type PortComparison,
} from './requests.ts';
import { ASIDE_MS, createSlices, type Slices } from './slices.ts';

export type DiagReading =
  | { readonly kind: 'read'; readonly longestHoldMs: number }
  /** Rows may be missing, since the table changed meanwhile: to be read again. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads the socket table of this network namespace through one netlink socket. */
export interface DiagReader {
  /**
   * Gives `sink` the listeners of every port and the connections that have one of `ports`, of the protocols
   * of `files`. One call at a time.
   */
  read(
    files: readonly TableFile[],
    ports: readonly number[],
    sink: RowSink,
    timing: ReadTiming,
  ): Promise<DiagReading>;
  close(): void;
}

/** A dump comes in pieces of at most 32 KiB (`net/netlink/af_netlink.c netlink_recvmsg`). */
const BUFFER_BYTES = 64 * 1024;

/** Half a gigabyte: a million rows. The kernel's own table has no limit. */
const MOST_PIECES = 16 * 1024;

const EINVAL = 22;
const ENOENT = 2;

type DumpEnd = Exclude<PieceEnd, { kind: 'more' }> | { readonly kind: 'interrupted' };

export function createDiagReader(
  netlink: Netlink,
  littleEndian = endianness() === 'LE',
): DiagReader {
  const dumper = createDumper(netlink, littleEndian);

  async function readFile(
    file: TableFile,
    ports: readonly number[],
    sink: RowSink,
    slices: Slices,
  ): Promise<DumpEnd> {
    const family = FAMILIES[file];
    const listeners = { family, states: ['listen'], ports: null, withInfo: false } as const;
    const end = await dumper.dump(listeners, sink, slices);
    // A kernel without IPv6 has no handler for it.
    if (file === 'tcp6' && end.kind === 'refused' && end.errno === ENOENT) return { kind: 'done' };
    if (end.kind !== 'done') return end;
    return dumper.dump({ family, states: CONNECTION_STATES, ports, withInfo: true }, sink, slices);
  }

  return {
    async read(files, ports, sink, timing) {
      const slices = createSlices(timing);
      try {
        for (const file of files) {
          const end = await readFile(file, ports, sink, slices);
          if (end.kind !== 'done') return ended(end);
        }
        return { kind: 'read', longestHoldMs: slices.longestHoldMs() };
      } catch (error) {
        // What calls the C library may refuse too, and must cost no more than a kernel that does.
        return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
      } finally {
        slices.end();
      }
    },
    close: netlink.close,
  };
}

type Wanted = Omit<DumpRequest, 'sequence' | 'comparison'>;

/** Makes one dump after the other. */
interface Dumper {
  dump(wanted: Wanted, sink: RowSink, slices: Slices): Promise<DumpEnd>;
}

function createDumper(netlink: Netlink, littleEndian: boolean): Dumper {
  const answers = createAnswerReader(littleEndian);
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const firstCallMs = new Map<string, number>();
  let comparison: PortComparison = 'equal';
  let sequence = Math.floor(Math.random() * 2 ** 30);

  async function dumpOnce(wanted: Wanted, sink: RowSink, slices: Slices): Promise<DumpEnd> {
    sequence = (sequence + 1) % 2 ** 32;
    const request = dumpRequest({ ...wanted, sequence, comparison }, littleEndian);
    const kind = `${wanted.family} ${wanted.states.length}`;
    const sent = await slices.call(
      firstCallMs.get(kind) ?? ASIDE_MS,
      () => netlink.send(request),
      () => netlink.sendAside(request),
    );
    firstCallMs.set(kind, slices.lastCallMs());
    return sent < 0 ? { kind: 'refused', errno: -sent } : receiveAll(sink, slices);
  }

  async function receiveAll(sink: RowSink, slices: Slices): Promise<DumpEnd> {
    let interrupted = false;
    for (let pieces = 0; pieces < MOST_PIECES; pieces += 1) {
      const length = await slices.call(
        slices.lastCallMs(),
        () => netlink.receive(buffer),
        () => netlink.receiveAside(buffer),
      );
      if (length < 0) return { kind: 'refused', errno: -length };
      if (length === 0 || length > BUFFER_BYTES) {
        return { kind: 'garbled', reason: `a piece of ${length} bytes` };
      }
      const piece = answers.read(buffer.subarray(0, length), sequence, sink);
      interrupted ||= piece.interrupted;
      if (piece.end.kind === 'done' && interrupted) return { kind: 'interrupted' };
      if (piece.end.kind !== 'more') return piece.end;
    }
    return { kind: 'garbled', reason: `more than ${MOST_PIECES} pieces` };
  }

  return {
    async dump(wanted, sink, slices) {
      const end = await dumpOnce(wanted, sink, slices);
      const refused = end.kind === 'refused' && end.errno === EINVAL;
      if (wanted.ports === null || comparison === 'range' || !refused) return end;
      // The filter of older kernels knows no equality, and is refused before a row has come.
      comparison = 'range';
      return dumpOnce(wanted, sink, slices);
    },
  };
}

function ended(end: Exclude<DumpEnd, { kind: 'done' }>): DiagReading {
  switch (end.kind) {
    case 'interrupted':
      return end;
    case 'refused':
      return { kind: 'failed', reason: `the kernel answered ${errorName(end.errno)}` };
    case 'garbled':
      return { kind: 'failed', reason: `the kernel's answer cannot be read: ${end.reason}` };
  }
}
