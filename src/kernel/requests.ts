import { TCP_STATES, type TcpState } from '../model/socket.ts';
import { SOCK_DIAG_BY_FAMILY } from './answers.ts';
import { SOCKID_AT, type SocketId } from './socket-ids.ts';

/** An address family, by its number. */
export const FAMILIES = { tcp: 2, tcp6: 10 } as const;
export type Family = (typeof FAMILIES)[keyof typeof FAMILIES];

/** How the kernel compares ports: `equal` since Linux 4.16 or so, `range` in every one. */
export type PortComparison = 'equal' | 'range';

export interface DumpRequest {
  readonly sequence: number;
  readonly family: Family;
  readonly states: readonly TcpState[];
  /** Rows whose local or remote port is one of these; `null` for all. */
  readonly ports: readonly number[] | null;
  readonly comparison: PortComparison;
  /** Whether each row brings its `tcp_info`. */
  readonly withInfo: boolean;
}

/** All states but `listen`: connections of every kind. */
export const CONNECTION_STATES: readonly TcpState[] = TCP_STATES.filter(
  (state) => state !== 'listen',
);

const HEADER_BYTES = 16;
const REQUEST_BYTES = 56;
const ATTRIBUTE_HEADER_BYTES = 4;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;
const IPPROTO_TCP = 6;
const INET_DIAG_REQ_BYTECODE = 1;
/** Bit of INET_DIAG_INFO, attribute 2. */
const WITH_INFO = 1 << 1;

/** Operations of `inet_diag_bc_run` (`net/ipv4/inet_diag.c`). */
const JMP = 1;
const SOURCE = { equal: [11], range: [2, 3] };
const DESTINATION = { equal: [12], range: [4, 5] };

/** A request for all sockets of one family in some states (`struct inet_diag_req_v2`). */
export function dumpRequest(request: DumpRequest, littleEndian: boolean): Uint8Array {
  const { ports } = request;
  const filter = ports === null ? [] : portFilter(ports, request.comparison, littleEndian);
  const attributeBytes = filter.length === 0 ? 0 : ATTRIBUTE_HEADER_BYTES + filter.length;
  const bytes = new Uint8Array(HEADER_BYTES + REQUEST_BYTES + attributeBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, littleEndian);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, littleEndian);
  view.setUint16(6, NLM_F_REQUEST | NLM_F_DUMP, littleEndian);
  view.setUint32(8, request.sequence, littleEndian);
  bytes[16] = request.family;
  bytes[17] = IPPROTO_TCP;
  bytes[18] = request.withInfo ? WITH_INFO : 0;
  view.setUint32(20, maskOf(request.states), littleEndian);
  if (attributeBytes > 0) {
    view.setUint16(72, attributeBytes, littleEndian);
    view.setUint16(74, INET_DIAG_REQ_BYTECODE, littleEndian);
    bytes.set(filter, 76);
  }
  return bytes;
}

/**
 * Requests for one known socket with its `tcp_info`, in whatever state it is. They are made in one place, each over
 * the one before: many are sent a second.
 */
export function lookupRequests(
  littleEndian: boolean,
): (id: SocketId, sequence: number) => Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + REQUEST_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, littleEndian);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, littleEndian);
  view.setUint16(6, NLM_F_REQUEST, littleEndian);
  bytes[17] = IPPROTO_TCP;
  bytes[18] = WITH_INFO;
  view.setUint32(20, maskOf(TCP_STATES), littleEndian);
  return (id, sequence) => {
    view.setUint32(8, sequence, littleEndian);
    bytes[16] = id[0] ?? 0;
    for (let at = SOCKID_AT; at < id.length; at += 1) bytes[20 + at] = id[at] ?? 0;
    return bytes;
  };
}

/** States are numbered from 1 on. */
function maskOf(states: readonly TcpState[]): number {
  return states.reduce((mask, state) => mask | (1 << (TCP_STATES.indexOf(state) + 1)), 0);
}

/**
 * Bytecode that accepts a socket whose local or remote port is one of `ports`. A condition takes two
 * operations of four bytes: `yes` is where to go on when it holds, and the port stands in the second. Where
 * all of them hold, a jump to the very end accepts; four bytes beyond the end rejects.
 */
function portFilter(
  ports: readonly number[],
  comparison: PortComparison,
  littleEndian: boolean,
): Uint8Array {
  const tests = ports.flatMap((port) =>
    [SOURCE[comparison], DESTINATION[comparison]].map((codes) => ({ port, codes })),
  );
  const testBytes = (comparison === 'equal' ? 8 : 16) + 4;
  const bytes = new Uint8Array(tests.length * testBytes);
  const view = new DataView(bytes.buffer);
  tests.forEach(({ port, codes }, index) => {
    const begin = index * testBytes;
    const isLast = index === tests.length - 1;
    const otherwise = isLast ? bytes.length + 4 : begin + testBytes;
    codes.forEach((code, step) => {
      const at = begin + step * 8;
      bytes[at] = code;
      bytes[at + 1] = 8;
      view.setUint16(at + 2, otherwise - at, littleEndian);
      view.setUint16(at + 6, port, littleEndian);
    });
    const jump = begin + testBytes - 4;
    bytes[jump] = JMP;
    bytes[jump + 1] = 4;
    view.setUint16(jump + 2, bytes.length - jump, littleEndian);
  });
  return bytes;
}
