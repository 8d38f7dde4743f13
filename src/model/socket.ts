import type { Coverage } from './coverage.ts';

/**
 * TCP states by the kernel's lower-case names, in the order of their numbers from 1 on
 * (`include/net/tcp_states.h`); the table prints NEW_SYN_RECV as SYN_RECV.
 */
export const TCP_STATES = [
  'established',
  'syn_sent',
  'syn_recv',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
] as const;

export type TcpState = (typeof TCP_STATES)[number];

/** A count of rows for each state, all of them still 0. */
export function countsByState(): Record<TcpState, number> {
  return {
    established: 0,
    syn_sent: 0,
    syn_recv: 0,
    fin_wait1: 0,
    fin_wait2: 0,
    time_wait: 0,
    close: 0,
    close_wait: 0,
    last_ack: 0,
    listen: 0,
    closing: 0,
  };
}

/**
 * An IP address in its shortest text form, IPv4-mapped IPv6 addresses as plain IPv4; `*` for the wildcard of
 * either family. A pasted listing may have a host's name, or the beginning of an address, in its place.
 */
export type Address = string;

export interface Endpoint {
  readonly address: Address;
  readonly port: number;
}

/** What the row's timer column says (`Documentation/networking/proc_net_tcp.rst`). */
export type SocketTimer = 'none' | 'retransmit' | 'keepalive' | 'time-wait' | 'window-probe';

/** Who holds a socket. */
export type Owner =
  | { readonly kind: 'uid'; readonly uid: number }
  /** As `netstat -p`, `ss -p` and `lsof` print it: of pasted listings alone. The name may be cut short. */
  | { readonly kind: 'process'; readonly pid: number; readonly program: string }
  /** Not printed, or of a row that the kernel prints without an owner (inode 0). */
  | { readonly kind: 'unknown' };

/**
 * What the kernel says of an ESTABLISHED connection where it is asked by netlink (`struct tcp_info`); `null` for
 * what this kernel does not say, or has not measured yet.
 */
export interface Vitals {
  /** Since data last came, or since the connection was made. */
  readonly lastHeardMs: number | null;
  /** Since data was last sent, or since the connection was made. */
  readonly lastSentMs: number | null;
  /** Smoothed round-trip time. */
  readonly rttMs: number | null;
  readonly receivedBytes: number | null;
  /** Sent for the first time and again. */
  readonly sentBytes: number | null;
  readonly retransmittedBytes: number | null;
  readonly pathMtuBytes: number | null;
  /** Since the last acknowledgement of any kind. */
  readonly lastAckMs: number | null;
  /** Of data, sent for the first time and again. */
  readonly sentSegments: number | null;
  readonly retransmittedSegments: number | null;
  /** Of what is under way: acknowledged although something sent before them is not (SACK). */
  readonly sackedSegments: number | null;
  /** The most data that one segment carries. */
  readonly segmentBytes: number | null;
  /** How long data waited for room in the peer's receive window. */
  readonly windowLimitedMs: number | null;
  /** How long data waited for room in the own send buffer. */
  readonly bufferLimitedMs: number | null;
}

/**
 * A connection that was opened, carried something and was destroyed between two readings of the table, so that
 * none of them shows it.
 */
export interface BriefConnection extends Pick<Socket, 'local' | 'remote'> {
  /** When it was seen to be gone, on the clock of the readings. */
  readonly goneMs: number;
}

/** One row of the kernel's socket table. */
export interface Socket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: TcpState;
  /** Unacknowledged bytes; for a listener the kernel leaves it at 0. */
  readonly txQueueBytes: number;
  /** Unread bytes; for a listener the number of connections waiting to be accepted. */
  readonly rxQueueBytes: number;
  readonly timer: SocketTimer;
  /** Retransmission time-outs not yet answered. */
  readonly retransmits: number;
  /** Keepalive or window probes not yet answered. */
  readonly unansweredProbes: number;
  readonly owner: Owner;
  /** False while the connection waits in its listener's accept queue: ESTABLISHED with inode 0. */
  readonly accepted: boolean;
  /** Absent where the row came from /proc or a listing, or is neither ESTABLISHED nor destroyed. */
  readonly vitals?: Vitals;
  /** Of a listener: how many connections may wait to be accepted. Absent where the row does not say it, as in /proc. */
  readonly acceptQueueLimit?: number;
}

/** Sockets that one scan counted by port without keeping their rows. */
export interface PortCounts {
  /** Rows whose local or remote port is this one, each in-pod connection's two rows included. */
  readonly states: Readonly<Record<TcpState, number>>;
  /** ESTABLISHED rows with this local port, by owner's uid (`-1` where the row names none). */
  readonly inboundByUid: ReadonlyMap<number, number>;
  /**
   * Rows with this remote port that hold a source port of the address from which a mesh proxy dials the
   * application (127.0.0.6): those in TIME_WAIT, and all others.
   */
  readonly passthrough: { readonly open: number; readonly timeWait: number };
  /** Sum of unread bytes over the connections with this local port. */
  readonly unreadBytes: number;
  /** Sum of unacknowledged bytes over the connections with this local port. */
  readonly unackedBytes: number;
}

/** Everything the judging needs from one reading of the tables. */
export interface SocketTable {
  readonly listeners: readonly Socket[];
  /** Connections on peer ports, and a few of each remote address on a mesh proxy's capture ports; TIME_WAIT left out. */
  readonly connections: readonly Socket[];
  /** Some of the TIME_WAIT rows on peer ports: what was tried lately. */
  readonly timeWaits: readonly Socket[];
  /** Some of the connections to clients' ports that are being opened from here and were not answered yet. */
  readonly attempts: readonly Socket[];
  readonly ports: ReadonlyMap<number, PortCounts>;
  readonly rowsRead: number;
  /** Rows left out, by reason. */
  readonly malformed: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly coverage: Coverage;
  /** True when rows of a crowd on a mesh proxy's capture ports were left out. */
  readonly captureCrowd: boolean;
  /** Of the last minute, on peer ports, bounded; absent where the source does not tell, as /proc does not. */
  readonly brief?: readonly BriefConnection[];
}

/** Which rows matter, as far as that is known before the table is read. */
export interface Mattering {
  /** Uids of the server and of its mesh proxy; empty where they are not known yet. */
  readonly uids: ReadonlySet<number>;
  /** Whether an address is a member's, or one that stands in for members; `null` where members have no addresses. */
  readonly isMember: ((address: Address) => boolean) | null;
}

export const ALL_MATTER: Mattering = { uids: new Set(), isMember: null };

/** The row's identity in the kernel's table. */
export function fourTuple(row: Pick<Socket, 'local' | 'remote'>): string {
  return `${row.local.address}|${row.local.port}|${row.remote.address}|${row.remote.port}`;
}

/** The identity of the other end's row, where both ends are in the table. */
export function reversedTuple({ local, remote }: Pick<Socket, 'local' | 'remote'>): string {
  return fourTuple({ local: remote, remote: local });
}
