import ipaddr from 'ipaddr.js';
import type { Endpoint, Socket } from '../../src/model/socket.ts';
import { TCP_STATES } from '../../src/model/socket.ts';

const TIMERS = ['none', 'retransmit', 'keepalive', 'time-wait', 'window-probe'];
const ROW = 20;
const DONE = 3;
const ERROR = 2;

/** How the kernel would write its messages. */
export interface Writing {
  readonly littleEndian: boolean;
  readonly sequence: number;
  /** Of the `tcp_info` that goes with each row; 0 for none. */
  readonly infoBytes?: number;
  readonly flags?: number;
  /** Of a held socket. */
  readonly inode?: number;
}

/** A row as `net/ipv4/inet_diag.c inet_sk_diag_fill` writes it. */
export function rowMessage(socket: Socket, writing: Writing): Buffer {
  const { littleEndian, infoBytes = 232, inode = 4711 } = writing;
  const attribute = infoBytes === 0 ? 0 : 4 + infoBytes;
  const bytes = Buffer.alloc(72 + attribute);
  const isV6 = [socket.local, socket.remote].some(({ address }) => address.includes(':'));
  bytes[0] = isV6 ? 10 : 2;
  bytes[1] = TCP_STATES.indexOf(socket.state) + 1;
  bytes[2] = TIMERS.indexOf(socket.timer);
  writeEnd(bytes, 4, 8, socket.local, isV6);
  writeEnd(bytes, 6, 24, socket.remote, isV6);
  const u32 = (at: number, value: number): void => {
    if (littleEndian) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
  };
  const u16 = (at: number, value: number): void => {
    if (littleEndian) bytes.writeUInt16LE(value, at);
    else bytes.writeUInt16BE(value, at);
  };
  u32(56, socket.rxQueueBytes);
  u32(60, socket.txQueueBytes);
  u32(64, socket.owner.kind === 'uid' ? socket.owner.uid : 0);
  u32(68, socket.accepted ? inode : 0);
  if (attribute > 0) {
    u16(72, attribute);
    u16(74, 2);
    bytes[76 + 2] = socket.retransmits;
    bytes[76 + 3] = socket.unansweredProbes;
    if (infoBytes >= 56) u32(76 + 52, socket.vitals?.lastHeardMs ?? 0);
  }
  return message(ROW, bytes, writing);
}

export function doneMessage(writing: Writing): Buffer {
  return message(DONE, Buffer.alloc(4), writing);
}

export function errorMessage(errno: number, writing: Writing): Buffer {
  const number = Buffer.alloc(4);
  if (writing.littleEndian) number.writeInt32LE(-errno);
  else number.writeInt32BE(-errno);
  return message(ERROR, number, writing);
}

export function message(type: number, payload: Buffer, writing: Writing): Buffer {
  const { littleEndian, sequence, flags = 0 } = writing;
  const bytes = Buffer.alloc(Math.ceil((16 + payload.length) / 4) * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, 16 + payload.length, littleEndian);
  view.setUint16(4, type, littleEndian);
  view.setUint16(6, flags, littleEndian);
  view.setUint32(8, sequence, littleEndian);
  payload.copy(bytes, 16);
  return bytes;
}

function writeEnd(bytes: Buffer, portAt: number, at: number, end: Endpoint, isV6: boolean): void {
  bytes.writeUInt16BE(end.port, portAt);
  const address = end.address === '*' ? (isV6 ? '::' : '0.0.0.0') : end.address;
  bytes.set(ipaddr.parse(address).toByteArray(), at);
}
