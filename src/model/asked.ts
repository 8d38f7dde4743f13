import type { EnvoyAnswer, PeerAnswer, SrvrAnswer } from './evidence.ts';
import type { Address } from './socket.ts';

/** One source's newest answer. Times are of the agent's steady clock. */
export interface Asked<Answer> {
  readonly answer: Answer;
  readonly atMs: number;
}

/** What asking one configured peer has shown so far. */
export interface PeerMemory {
  readonly lastAnswerMs: number | null;
  /** Time-outs in a row up to now, and when the first of them was asked. */
  readonly timeouts: number;
  readonly silentSinceMs: number | null;
}

/** How young the newest report of a peer is. Times are of the agent's steady clock. */
export interface PeerSight {
  /** The report's own time, which tells it from the one before; `null` where it gives none. */
  readonly at: string | null;
  /** When the round of questions began in which it was last given. */
  readonly askedMs: number;
  /** It was made after this; minus infinity for the first report of a peer. */
  readonly madeAfterMs: number;
  /** When the first report of an unbroken row in which the peer leads was received; `null` where it does not lead. */
  readonly leadsSinceMs: number | null;
}

/** The peers' probes: newest answers by member name, and what came before of each voting peer. */
export interface AskedPeers {
  readonly answers: ReadonlyMap<string, PeerAnswer>;
  readonly history: ReadonlyMap<string, PeerMemory>;
  readonly sights: ReadonlyMap<string, PeerSight>;
}

/** Evidence beyond the socket table; a source that was not asked, or not yet, is `null`. */
export interface AskedEvidence {
  readonly srvr: Asked<SrvrAnswer> | null;
  readonly envoy: Asked<EnvoyAnswer> | null;
  readonly peers: Asked<AskedPeers> | null;
}

export const NOTHING_ASKED: AskedEvidence = { srvr: null, envoy: null, peers: null };

/** A member whose probe is to be asked. */
export interface AskedMember {
  readonly name: string;
  readonly addresses: readonly Address[];
  readonly voter: boolean;
}
