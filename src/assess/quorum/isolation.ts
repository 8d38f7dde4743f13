import type { AskedEvidence, PeerMemory } from '../../model/asked.ts';
import type { PeerAnswer } from '../../model/evidence.ts';
import type { QuorumRule } from '../../model/profile.ts';
import { isQuorum, type QuorumVerifier, votersOf } from '../../model/quorum-verifier.ts';
import { OUT } from './membership.ts';
import type { Standing } from './standing.ts';

export const NEW_PEER: PeerMemory = { lastAnswerMs: null, timeouts: 0, silentSinceMs: null };

/** By configured name: every voting peer, asked or not. */
export type PeerHistory = ReadonlyMap<string, PeerMemory>;

/** Adds one answer, to a question asked at `askedMs`. */
export function rememberAnswer(
  memory: PeerMemory,
  answer: PeerAnswer,
  askedMs: number,
): PeerMemory {
  if (answer.kind === 'timeout') {
    return {
      ...memory,
      timeouts: memory.timeouts + 1,
      silentSinceMs: memory.silentSinceMs ?? askedMs,
    };
  }
  if (answer.kind === 'not-asked') return memory;
  const isReport = answer.kind === 'answered' || answer.kind === 'not-understood';
  const lastAnswerMs = isReport ? askedMs + answer.rttMs : memory.lastAnswerMs;
  return { ...memory, lastAnswerMs, timeouts: 0, silentSinceMs: null };
}

/** Adds that the peer's packets arrive all the same, such as its own questions or another port's answers. */
export function rememberHeard(memory: PeerMemory): PeerMemory {
  return { ...memory, timeouts: 0, silentSinceMs: null };
}

export type Isolation =
  | { readonly kind: 'isolated'; readonly silent: readonly string[]; readonly sinceMs: number }
  | { readonly kind: 'connected' };

/** How lately a peer must have answered for its silence to mean anything. */
export const ANSWERED_WITHIN_MS = 30_000;

/** One lost SYN, sent again after a second, is one time-out. */
export const TIMEOUTS_NEEDED = 2;

/**
 * Whether this member is cut off: a majority of its voting peers, each of which answered within the
 * last 30 s, now lets one question after another time out. With a majority of its
 * peers lost no member can be in a quorum. A refusal, a reset or an HTTP error comes from the other
 * end, so it proves the network. Where no majority is needed, either half of a divided system serves
 * on: there, all peers must be silent. Where votes have weights, those that are left must be no quorum; an oracle is not heard.
 */
export function judgeIsolation(
  history: PeerHistory,
  nowMs: number,
  rule: QuorumRule['kind'],
  verifier: QuorumVerifier | null,
): Isolation {
  const silent: string[] = [];
  let sinceMs = nowMs;
  for (const [name, memory] of history) {
    if (!isSilent(memory, nowMs)) continue;
    silent.push(name);
    sinceMs = Math.min(sinceMs, memory.silentSinceMs ?? nowMs);
  }
  const needsMajority = rule === 'hub' || rule === 'pairwise';
  const needed = needsMajority ? Math.floor(history.size / 2) + 1 : Math.max(1, history.size);
  const isCut =
    verifier === null ? silent.length >= needed : silent.length > 0 && !isLeft(verifier, silent);
  return isCut ? { kind: 'isolated', silent, sinceMs } : { kind: 'connected' };
}

/** Whether the voters that are not silent could still be a quorum. */
function isLeft(verifier: QuorumVerifier, silent: readonly string[]): boolean {
  if (verifier.kind === 'oracle') return true;
  return isQuorum(verifier, new Set(votersOf(verifier).filter((name) => !silent.includes(name))));
}

function isSilent({ lastAnswerMs, timeouts }: PeerMemory, nowMs: number): boolean {
  if (lastAnswerMs === null || timeouts < TIMEOUTS_NEEDED) return false;
  return nowMs - lastAnswerMs <= ANSWERED_WITHIN_MS;
}

/** A member that is cut off from its peers is in no quorum, however quiet its own sockets still are. */
export function cutOff(
  { asked, nowMs }: { readonly asked: AskedEvidence; readonly nowMs: number },
  standing: Standing,
  rule: QuorumRule['kind'],
  verifier: QuorumVerifier | null,
): Standing {
  const { peers } = asked;
  if (peers === null || standing.inQuorum.kind !== 'in') return standing;
  const isolation = judgeIsolation(peers.answer.history, nowMs, rule, verifier);
  return isolation.kind === 'isolated' ? { ...standing, inQuorum: OUT } : standing;
}
