import { WHOLE } from '../model/coverage.ts';
import { ALL_MATTER, type Mattering, type Socket, type SocketTable } from '../model/socket.ts';
import { createConnectionRoom, type Taken } from './connection-room.ts';
import { createListenerRoom } from './listener-room.ts';
import { createPortCounter } from './port-counts.ts';
import type { RowSink, TableRow } from './table-row.ts';

/** Which ports matter, and how closely their rows are read. */
export interface WatchedPorts {
  /** Ports of `clients` links: counted, no rows kept. */
  readonly counted: readonly number[];
  /** Ports between members: rows kept. */
  readonly peer: readonly number[];
  /** A mesh proxy's capture ports: rows kept, at most half of the cap. */
  readonly capture: readonly number[];
  /** Further ports whose listeners tell which mesh there is. */
  readonly markers: readonly number[];
}

export interface KeepOptions {
  readonly watched: WatchedPorts;
  /** The most rows kept on the ports between members. */
  readonly rowCap: number;
  readonly matters?: Mattering;
}

/** Builds one `SocketTable` from rows, by the same rules whoever reads them. */
export interface TableKeeper extends RowSink {
  table(): SocketTable;
}

const COUNTED = 1;
const PEER = 2;
const CAPTURE = 3;

/** TIME_WAIT rows are evidence of what was tried lately; a few are enough. */
const TIME_WAIT_CAP = 256;

/** Attempts kept at clients' ports, to name what does not answer. */
const ATTEMPTS_CAP = 32;

export function createTableKeeper(options: KeepOptions): TableKeeper {
  const { watched, rowCap, matters = ALL_MATTER } = options;
  const kindOfPort = kindsOf(watched);
  const markers = new Set(watched.markers);
  const isWatched = (port: number): boolean => kindOfPort[port] !== 0 || markers.has(port);
  const ports = createPortCounter([...watched.counted, ...watched.peer]);
  const listeners = createListenerRoom(rowCap, isWatched);
  const connections = createConnectionRoom(rowCap, matters);
  const timeWaits = createFew(TIME_WAIT_CAP);
  const attempts = createFew(ATTEMPTS_CAP);
  const tally = createTally();

  function keep(row: TableRow): void {
    const taken = row.state === 'listen' ? takeListener(row) : takeConnection(row);
    if (taken === 'counted') ports.count(row);
    tally.add(taken);
  }

  function takeListener(row: TableRow): Taken {
    if (!isWatched(row.localPort) && !listeners.takesOthers()) return 'counted';
    const socket = row.socket();
    if (typeof socket === 'string') return { unreadable: socket };
    listeners.offer(socket);
    return 'counted';
  }

  function takeConnection(row: TableRow): Taken {
    const local = kindOfPort[row.localPort] ?? 0;
    const remote = kindOfPort[row.remotePort] ?? 0;
    if (local === COUNTED || remote === COUNTED) {
      const wrong = ports.countOwned(local === COUNTED ? row.localPort : row.remotePort, row);
      if (wrong !== null) return { unreadable: wrong };
      // Only names what does not answer: the row was counted, readable or not.
      if (remote === COUNTED && row.state === 'syn_sent') attempts.offer(row);
    }
    const onPeerPort = local === PEER || remote === PEER;
    if (!onPeerPort && local !== CAPTURE && remote !== CAPTURE) return 'counted';
    if (row.state === 'time_wait') return onPeerPort ? timeWaits.offer(row) : 'counted';
    return onPeerPort ? connections.offerBetween(row) : connections.offerCaptured(row);
  }

  return {
    keep,
    refuse: (unreadable) => tally.add({ unreadable }),
    table: () => ({
      listeners: listeners.rows(),
      connections: connections.rows(),
      timeWaits: timeWaits.rows,
      attempts: attempts.rows,
      ports: ports.counts(),
      ...tally.counts(),
      captureCrowd: connections.hasCrowd(),
      coverage:
        connections.lacks() || listeners.lacks()
          ? { kind: 'truncated', listenersMissing: listeners.lacks() }
          : WHOLE,
    }),
  };
}

/** What became of the rows: read, read more than once, or refused and why. */
function createTally() {
  const malformed: Record<string, number> = {};
  let rowsRead = 0;
  let duplicates = 0;
  return {
    add(taken: Taken): void {
      if (taken === 'repeated') duplicates += 1;
      if (typeof taken === 'string') rowsRead += 1;
      else malformed[taken.unreadable] = (malformed[taken.unreadable] ?? 0) + 1;
    },
    counts: () => ({ rowsRead, malformed, duplicates }),
  };
}

/** The first rows that come, as many as `cap`; later ones are not even read. */
function createFew(cap: number) {
  const rows: Socket[] = [];
  return {
    rows,
    offer(row: TableRow): Taken {
      if (rows.length >= cap) return 'counted';
      const socket = row.socket();
      if (typeof socket === 'string') return { unreadable: socket };
      rows.push(socket);
      return 'counted';
    },
  };
}

/** For each port, how closely its rows are read. */
function kindsOf({ counted, peer, capture }: WatchedPorts): Uint8Array {
  const kinds = new Uint8Array(65_536);
  for (const port of capture) kinds[port] = CAPTURE;
  for (const port of counted) kinds[port] = COUNTED;
  for (const port of peer) kinds[port] = PEER;
  return kinds;
}
