import type { Netlink } from '../../src/kernel/netlink.ts';
import type { SocketTable } from '../../src/model/socket.ts';
import { ownProgram, startProgram } from '../bench/program.ts';
import { inTests } from '../runner/parts.ts';

/** What the world of `world.ts` is read with. */
export const WATCHED = {
  counted: [2181],
  peer: [2888, 3888, 3889],
  capture: [15_006],
  markers: [],
};

/** One request and the pieces of its answer, in base64. */
export interface Exchange {
  readonly request: string;
  readonly pieces: string[];
}

/** One moment of a real kernel's table, by both ways. */
export interface Recording {
  readonly tcp: string;
  readonly tcp6: string;
  readonly exchanges: readonly Exchange[];
  /** The table as netlink gave it then. */
  readonly table: PortableTable;
}

/** A netlink socket that answers its requests in turn with what was recorded, and adds them to `requests`. */
export function replay(exchanges: readonly Exchange[], requests: Buffer[] = []): Netlink {
  let turn = -1;
  let pieces: Buffer[] = [];
  const netlink = {
    send(request: Uint8Array): number {
      turn += 1;
      requests.push(Buffer.from(request));
      const sequence = new DataView(request.buffer).getUint32(8, true);
      pieces = (exchanges[turn]?.pieces ?? []).map((piece) =>
        renumbered(Buffer.from(piece, 'base64'), sequence),
      );
      return request.length;
    },
    receive(into: Uint8Array): number {
      const piece = pieces.shift();
      if (piece === undefined) return -11;
      into.set(piece);
      return piece.length;
    },
  };
  return {
    ...netlink,
    sendAside: (request) => Promise.resolve(netlink.send(request)),
    receiveAside: (into) => Promise.resolve(netlink.receive(into)),
    receiveEvent: () => -11,
    close: () => {},
  };
}

/** The messages of a piece under another sequence number. */
function renumbered(piece: Buffer, sequence: number): Buffer {
  for (let at = 0; at + 16 <= piece.length; ) {
    piece.writeUInt32LE(sequence, at + 8);
    at += Math.max(16, Math.ceil(piece.readUInt32LE(at) / 4) * 4);
  }
  return piece;
}

export type PortableTable = ReturnType<typeof portable>;

/** A table without what only one way tells, or each counts in its own way, its maps as lists, in an order of its own. */
export function portable({ ports, rowsRead: _rowsRead, brief: _brief, ...rest }: SocketTable) {
  const sorted = <T>(rows: readonly T[]): T[] =>
    [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return {
    ...rest,
    listeners: sorted(rest.listeners.map(({ acceptQueueLimit: _limit, ...row }) => row)),
    connections: sorted(rest.connections.map(({ vitals: _vitals, ...row }) => row)),
    timeWaits: sorted(rest.timeWaits),
    ports: [...ports].map(([port, counts]) => ({
      port,
      ...counts,
      inboundByUid: sorted([...counts.inboundByUid]),
    })),
  };
}

/** A link into the void: the address answers to nobody, and is looked for by nobody. */
const PREPARE = [
  'ip link set lo up',
  'ip link add v0 type veth peer name v1',
  'ip address add 10.9.9.1/24 dev v0',
  'ip link set v0 up',
  'ip link set v1 up',
  'ip neighbour add 10.9.9.9 lladdr 02:00:00:00:00:09 dev v0',
].join(' && ');

/** Reads the world of `world.ts` in a network namespace of its own so many times; needs root. */
export async function recordWorld(times: number): Promise<Recording[]> {
  const world = startProgram([
    ...['unshare', '--net', 'sh', '-c', `${PREPARE} && exec "$@"`, 'sh'],
    ...ownProgram(inTests('kernel/world.ts')),
  ]);
  try {
    const recordings: Recording[] = [JSON.parse(await world.nextLine())];
    while (recordings.length < times) {
      world.tell('again');
      recordings.push(JSON.parse(await world.nextLine()));
    }
    return recordings;
  } finally {
    await world.stop();
  }
}
