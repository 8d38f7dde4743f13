/** What clients may take of the probe. Times are in milliseconds. */
export interface Limits {
  /** From the connection, or the first byte of a later request, to the end of a request's headers. */
  readonly headersMs: number;
  /** How long a connection may wait for its next request. */
  readonly idleMs: number;
  /** How long a client may take nothing of an answer that waits for it. */
  readonly stuckMs: number;
  /** How long nothing may move on a connection with an answer under way that is not held. */
  readonly silentMs: number;
  /** How long the client has to close its end after the last answer. */
  readonly leavingMs: number;
  /** How often the times above are checked. */
  readonly checkEveryMs: number;
  /** How long a new connection is spared, so that its request can arrive. */
  readonly fairMs: number;
  /** From this many connections on, one that can best be spared goes for each that comes. */
  readonly mostConnections: number;
  /** How many there may be while all the others are new or have an answer under way. */
  readonly mostWithNew: number;
  /** Of all answers together, what may wait for clients to take it. */
  readonly mostQueuedBytes: number;
  /** Of all connections together, what may wait behind the requests that are served. */
  readonly mostUnservedBytes: number;
  /** How many answers may be held open on purpose; see `holdAnswer`. */
  readonly mostHeld: number;
}

/**
 * Enough for kubelet, scrapers and people, and too few to hurt. Connections may idle for a bit over a
 * minute: each new one of a scraper's would show in the counters watched.
 */
export const LIMITS: Limits = {
  headersMs: 5_000,
  idleMs: 75_000,
  stuckMs: 10_000,
  silentMs: 30_000,
  leavingMs: 1_000,
  checkEveryMs: 1_000,
  fairMs: 250,
  mostConnections: 128,
  mostWithNew: 256,
  mostQueuedBytes: 4 * 1024 * 1024,
  mostUnservedBytes: 1024 * 1024,
  mostHeld: 8,
};

/** Method, path and headers of one request together. */
export const LONGEST_HEAD_BYTES = 8_192;
/** Headers that come in more pieces than this cost more than they are worth. */
export const MOST_HEAD_PIECES = 32;
