/**
 * As much of ZooKeeper's client protocol as writing needs: length-prefixed records in network
 * order (zookeeper-jute, `zookeeper.jute` and `Request`/`Reply` headers).
 */

const OPERATIONS = { create: 1, setData: 5 } as const;
/** World, anyone, all permissions. */
const OPEN_ACL = Buffer.concat([int(1), int(31), text('world'), text('anyone')]);
const ANY_VERSION = -1;
const HEADER_BYTES = 16;

export interface Reply {
  readonly xid: number;
  /** 0, or ZooKeeper's negative error code. */
  readonly error: number;
}

/** Opens a new session. */
export function connectRequest(sessionTimeoutMs: number): Buffer {
  const noSession = [long(0n), buffer(Buffer.alloc(16))];
  return frame(int(0), long(0n), int(sessionTimeoutMs), ...noSession, Buffer.from([0]));
}

export function createRequest(xid: number, path: string): Buffer {
  const persistent = int(0);
  return frame(int(xid), int(OPERATIONS.create), text(path), text(''), OPEN_ACL, persistent);
}

export function setDataRequest(xid: number, path: string, data: string): Buffer {
  return frame(int(xid), int(OPERATIONS.setData), text(path), text(data), int(ANY_VERSION));
}

/** Splits whole records off the front of what has arrived; the rest waits for more. */
export function takeRecords(received: Buffer): { records: Buffer[]; rest: Buffer } {
  const records: Buffer[] = [];
  let rest = received;
  while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
    const end = 4 + rest.readInt32BE(0);
    records.push(rest.subarray(4, end));
    rest = rest.subarray(end);
  }
  return { records, rest };
}

/** Reads a reply's header; null for a record too short to be one. */
export function readReply(record: Buffer): Reply | null {
  if (record.length < HEADER_BYTES) return null;
  return { xid: record.readInt32BE(0), error: record.readInt32BE(12) };
}

function frame(...parts: readonly Buffer[]): Buffer {
  return buffer(Buffer.concat(parts));
}

function buffer(bytes: Buffer): Buffer {
  return Buffer.concat([int(bytes.length), bytes]);
}

function text(value: string): Buffer {
  return buffer(Buffer.from(value));
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
