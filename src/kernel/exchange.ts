import type { Socket } from '../model/socket.ts';
import type { RowSink } from '../proc/table-row.ts';
import { type AnswerReader, createAnswerReader, type PieceEnd } from './answers.ts';
import type { Netlink } from './netlink.ts';
import { type DumpRequest, dumpRequest, lookupRequests, type PortComparison } from './requests.ts';
import { ASIDE_MS, type Slices } from './slices.ts';
import { createSocketIds, isSameSocket, type SocketId, type SocketIds } from './socket-ids.ts';

export type DumpEnd = Exclude<PieceEnd, { kind: 'more' }> | { readonly kind: 'interrupted' };

export type Wanted = Omit<DumpRequest, 'sequence' | 'comparison'>;

/** What became of one known socket. */
export type Found =
  | { readonly kind: 'found'; readonly socket: Socket }
  /** It is closed, or rests in TIME_WAIT. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly end: Exclude<DumpEnd, { kind: 'done' }> };

/** Asks the kernel one question after the other. */
export interface Exchange {
  readonly ids: SocketIds;
  dump(wanted: Wanted, sink: RowSink, slices: Slices): Promise<DumpEnd>;
  /** Asks after one socket. It takes microseconds however many sockets there are, and never waits. */
  lookUp(id: SocketId): Found;
  /** Gives `sink` sockets that were destroyed since the last call; says whether the kernel had to drop some. */
  drain(sink: RowSink): 'all' | 'some';
}

/** A dump comes in pieces of at most 32 KiB (`net/netlink/af_netlink.c netlink_recvmsg`). */
const BUFFER_BYTES = 64 * 1024;

/** Half a gigabyte: a million rows. The kernel's own table has no limit. */
const MOST_PIECES = 16 * 1024;

/** Answers to earlier questions that may be in the way of one to this. */
const MOST_LEFT_OVERS = 16;

/** More of them than these in one go say that a crowd comes and goes. */
const MOST_EVENTS = 64;
/** The sequence number of messages that nobody asked for. */
const UNASKED = 0;

/**
 * A dump of listeners alone walks through none of the connections: 0.1 ms on every host. In the thread pool it
 * would cost several times as much, and on a busy machine would seem to be long for ever.
 */
const SHORT_MS = 0;

const EINVAL = 22;
const ENOENT = 2;
/** Another socket has these ends now (`net/core/sock_diag.c sock_diag_check_cookie`). */
const ESTALE = 116;
const EAGAIN = 11;

/** Numbers of requests, by which their answers are known; never 0. */
function createSequence() {
  let last = Math.floor(Math.random() * 2 ** 30);
  return {
    last: () => last,
    next: () => {
      last = (last % (2 ** 32 - 1)) + 1;
      return last;
    },
  };
}

export function createExchange(netlink: Netlink, littleEndian: boolean): Exchange {
  const ids = createSocketIds();
  const answers = createAnswerReader(littleEndian, ids);
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const firstCallMs = new Map<string, number>();
  const sequence = createSequence();
  let comparison: PortComparison = 'equal';

  async function dumpOnce(wanted: Wanted, sink: RowSink, slices: Slices): Promise<DumpEnd> {
    const request = dumpRequest({ ...wanted, sequence: sequence.next(), comparison }, littleEndian);
    const kind = `${wanted.family} ${wanted.states.length}`;
    const isShort = wanted.ports === null;
    const sent = await slices.call(
      isShort ? SHORT_MS : (firstCallMs.get(kind) ?? ASIDE_MS),
      () => netlink.send(request),
      () => netlink.sendAside(request),
    );
    firstCallMs.set(kind, slices.lastCallMs());
    return sent < 0 ? { kind: 'refused', errno: -sent } : receiveAll(isShort, sink, slices);
  }

  async function receiveAll(isShort: boolean, sink: RowSink, slices: Slices): Promise<DumpEnd> {
    let interrupted = false;
    for (let pieces = 0; pieces < MOST_PIECES; pieces += 1) {
      const length = await slices.call(
        isShort ? SHORT_MS : slices.lastCallMs(),
        () => netlink.receive(buffer),
        () => netlink.receiveAside(buffer),
      );
      if (length < 0) return { kind: 'refused', errno: -length };
      if (length === 0 || length > BUFFER_BYTES) {
        return { kind: 'garbled', reason: `a piece of ${length} bytes` };
      }
      const piece = answers.read(buffer.subarray(0, length), sequence.last(), sink);
      interrupted ||= piece.interrupted;
      if (piece.end.kind === 'done' && interrupted) return { kind: 'interrupted' };
      if (piece.end.kind !== 'more') return piece.end;
    }
    return { kind: 'garbled', reason: `more than ${MOST_PIECES} pieces` };
  }

  const lookUp = lookups(netlink, littleEndian, {
    ...{ ids, answers, buffer },
    nextSequence: sequence.next,
  });

  return {
    ids,
    async dump(wanted, sink, slices) {
      const end = await dumpOnce(wanted, sink, slices);
      const refused = end.kind === 'refused' && end.errno === EINVAL;
      if (wanted.ports === null || comparison === 'range' || !refused) return end;
      // The filter of older kernels knows no equality, and is refused before a row has come.
      comparison = 'range';
      return dumpOnce(wanted, sink, slices);
    },
    lookUp,
    drain: (sink) => drainEvents(netlink, answers, buffer, sink),
  };
}

interface Asking {
  readonly ids: SocketIds;
  readonly answers: AnswerReader;
  readonly buffer: Buffer;
  readonly nextSequence: () => number;
}

function lookups(
  netlink: Netlink,
  littleEndian: boolean,
  { ids, answers, buffer, nextSequence }: Asking,
): Exchange['lookUp'] {
  const requestOf = lookupRequests(littleEndian);
  let socket: Socket | string = '';
  const sink: RowSink = {
    keep(row) {
      socket = row.socket();
    },
    refuse(reason) {
      socket = reason;
    },
  };

  return (id) => {
    const sequence = nextSequence();
    const sent = netlink.send(requestOf(id, sequence));
    if (sent < 0) return missing(-sent);
    ids.expect(id);
    socket = '';
    for (let pieces = 0; pieces < MOST_LEFT_OVERS; pieces += 1) {
      const length = netlink.receive(buffer);
      if (length < 0) return missing(-length);
      const { end } = answers.read(
        buffer.subarray(0, Math.min(length, BUFFER_BYTES)),
        sequence,
        sink,
      );
      if (end.kind === 'refused') return missing(end.errno);
      if (end.kind === 'garbled') return { kind: 'failed', end };
      if (typeof socket !== 'string') return verified(socket, id, ids);
      if (socket !== '') return failed(`a row that is ${socket}`);
      if (end.kind === 'done') return failed('an end without a row');
    }
    return failed('no answer to a lookup');
  };
}

/** The kernel answers for an inbound connection that is gone with the listener of its port. */
function verified(socket: Socket, asked: SocketId, ids: SocketIds): Found {
  const id = ids.of(socket);
  return id !== null && isSameSocket(id, asked) ? { kind: 'found', socket } : { kind: 'gone' };
}

function missing(errno: number): Found {
  if (errno === ENOENT || errno === ESTALE) return { kind: 'gone' };
  return { kind: 'failed', end: { kind: 'refused', errno } };
}

function failed(reason: string): Found {
  return { kind: 'failed', end: { kind: 'garbled', reason } };
}

function drainEvents(
  netlink: Netlink,
  answers: AnswerReader,
  buffer: Buffer,
  sink: RowSink,
): 'all' | 'some' {
  for (let pieces = 0; pieces < MOST_EVENTS; pieces += 1) {
    const length = netlink.receiveEvent(buffer);
    if (length === -EAGAIN) return 'all';
    if (length < 0 || length > BUFFER_BYTES) return 'some';
    answers.read(buffer.subarray(0, length), UNASKED, sink);
  }
  return 'some';
}
