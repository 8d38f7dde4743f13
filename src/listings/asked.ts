import type { TcpState } from '../model/socket.ts';
import type { Filter } from './filters.ts';

/** What a command asks its tool for. */
export interface Asked {
  readonly listeners: boolean;
  readonly connections: boolean;
  /** Only one family of addresses, where that was asked for: a server on the other one is not shown. */
  readonly family: 'both' | 'one';
  /** Only some processes' sockets, where that was asked for: a server that is another process is not shown. */
  readonly processes: 'all' | 'some';
  /** The one state that was asked for, which `ss` then does not print. */
  readonly onlyState: TcpState | null;
  readonly filters: readonly Filter[];
}
