import type { Socket } from './socket.ts';

/** The row's identity in the kernel's table. */
export function fourTuple(row: Pick<Socket, 'local' | 'remote'>): string {
  return `${row.local.address}|${row.local.port}|${row.remote.address}|${row.remote.port}`;
}

/** The identity of the other end's row, where both ends are in the table. */
export function reversedTuple({ local, remote }: Pick<Socket, 'local' | 'remote'>): string {
  return fourTuple({ local: remote, remote: local });
}
