import type { Socket } from '../model/socket.ts';

/** Remembers in which order rows came, for rooms that keep them by what they are worth. */
export interface Arrivals {
  /** Notes that the row came, and returns it. */
  note(socket: Socket): Socket;
  /** The rows in the order in which they came. */
  sorted(sockets: Iterable<Socket>): Socket[];
}

export function createArrivals(): Arrivals {
  const places = new WeakMap<Socket, number>();
  let next = 0;
  return {
    note(socket) {
      places.set(socket, next);
      next += 1;
      return socket;
    },
    sorted: (sockets) =>
      [...sockets].sort((a, b) => (places.get(a) ?? next) - (places.get(b) ?? next)),
  };
}
