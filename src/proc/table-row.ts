import type { Socket, TcpState } from '../model/socket.ts';

/** Queues of a row in bytes, and its owner's uid: -1 where the row names none. */
export interface RowQueues {
  readonly tx: number;
  readonly rx: number;
  readonly uid: number;
}

/** Who holds a row's socket; the inode is 0 where nobody does, and the uid then says nothing. */
export interface RowHolder {
  readonly uid: number;
  readonly inode: number;
}

/**
 * One row of the kernel's table in its reader's hands: ports and state are read, and the rest only where
 * it is wanted. A text is the reason why the row cannot be read.
 */
export interface TableRow {
  readonly state: TcpState;
  readonly localPort: number;
  readonly remotePort: number;
  /** A number that differs for nearly all different remote addresses. */
  remoteHash(): number;
  /** Whether the local address is 127.0.0.6, from which a mesh proxy dials the application. */
  isPassthrough(): boolean;
  queues(): RowQueues | string;
  holder(): RowHolder | string;
  socket(): Socket | string;
}

/** Takes rows from whoever reads them. */
export interface RowSink {
  /** Takes a row while its reader stands on it. */
  keep(row: TableRow): void;
  /** Counts a row that cannot be read. */
  refuse(reason: string): void;
}
