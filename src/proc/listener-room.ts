import { fourTuple, type Socket } from '../model/socket.ts';

/** Listeners kept of one port and owner: a server binds a few addresses, and a crowd is another's. */
const LISTENERS_OF_ONE = 32;

/** Keeps listeners: those of ports that matter come before all others. */
export interface ListenerRoom {
  offer(socket: Socket): void;
  /** Whether there is room for one more of a port that does not matter. */
  takesOthers(): boolean;
  /** Whether one of a port that matters had to be left out. */
  lacks(): boolean;
  /** In the order in which they came. */
  rows(): Socket[];
}

export function createListenerRoom(most: number, matters: (port: number) => boolean): ListenerRoom {
  const rows = new Map<string, Socket>();
  const ofHolder = new Map<string, number>();
  let watched = 0;
  let lacking = false;

  function hasRoomFor({ local, owner }: Socket): boolean {
    const holder = `${local.port} ${owner.kind === 'uid' ? owner.uid : ''}`;
    const held = ofHolder.get(holder) ?? 0;
    if (held >= LISTENERS_OF_ONE || watched >= most) return false;
    ofHolder.set(holder, held + 1);
    watched += 1;
    return true;
  }

  return {
    offer(socket) {
      const key = fourTuple(socket);
      const twin = rows.get(key);
      // Envoy's workers listen on one port with a socket each (SO_REUSEPORT): their queues add up.
      if (twin !== undefined) rows.set(key, withQueueOf(twin, socket));
      else if (!matters(socket.local.port) || hasRoomFor(socket)) rows.set(key, socket);
      else lacking = true;
    },
    takesOthers: () => rows.size - watched < most,
    lacks: () => lacking,
    rows: () => [...rows.values()],
  };
}

function withQueueOf(listener: Socket, twin: Socket): Socket {
  return { ...listener, rxQueueBytes: listener.rxQueueBytes + twin.rxQueueBytes };
}
