import type { AskedEvidence } from '../../model/asked.ts';
import type { Readiness } from '../../model/readiness.ts';
import { type HeldConditions, heldForMs } from '../quorum/held.ts';
import type { Standing } from '../quorum/standing.ts';

export const IN_QUORUM = 'in quorum';

/** The condition under which membership in the quorum is carried: joining anew begins it again. */
export function quorumCondition(standing: Standing): string {
  return `${IN_QUORUM} as ${standing.basis}`;
}

/** What was asked, and the time at which it is judged, of the agent's steady clock. */
export interface Moment {
  readonly nowMs: number;
  readonly asked: AskedEvidence;
}

/** How long the server's own word counts. */
const SRVR_FRESH_MS = 10_000;

/** The server's answer to the question how it is, where it is fresh. */
export function freshWord({ nowMs, asked }: Moment) {
  return asked.srvr !== null && nowMs - asked.srvr.atMs <= SRVR_FRESH_MS ? asked.srvr : null;
}

/** Whether the server itself says that it leads and serves. */
export function saysItLeads(observation: Moment): boolean {
  const answer = freshWord(observation)?.answer;
  return answer?.kind === 'serving' && answer.mode === 'leader';
}

/** What readiness is judged by. */
export interface ReadinessInput {
  readonly standing: Standing;
  readonly held: HeldConditions;
  /** What the scan before made of it. */
  readonly before: Readiness;
  readonly observation: Moment;
  readonly settleMs: number;
  /** Whether a leader serves clients; one that does not says so for as long as it leads. */
  readonly leaderServes: boolean;
}

/**
 * Ready once the quorum has held for the settling time, or the server says that it serves; not while it
 * says that it does not. Kept as long as the quorum holds, and lost at once with it.
 */
export function judgeReadiness(input: ReadinessInput): Readiness {
  return since(input.before, withoutBeginning(input), input.observation.nowMs);
}

/** Ready by the bootstrap rule, whatever else holds. */
export function readyByBootstrap(before: Readiness, nowMs: number): Readiness {
  return since(before, { kind: 'ready', by: 'bootstrap' }, nowMs);
}

function since(before: Readiness, judged: Judged, nowMs: number): Readiness {
  return { ...judged, sinceMs: judged.kind === before.kind ? before.sinceMs : nowMs };
}

type Judged = Readiness extends infer Kind
  ? Kind extends Readiness
    ? Omit<Kind, 'sinceMs'>
    : never
  : never;

function withoutBeginning(input: ReadinessInput): Judged {
  const { standing, held, before, observation, settleMs } = input;
  const { nowMs } = observation;
  if (standing.inQuorum.kind === 'unknown') return { kind: 'unknown' };
  if (standing.inQuorum.kind === 'out') return { kind: 'out' };
  if (standing.serving === 'not-seen') return { kind: 'unknown' };
  const inQuorumMs = heldForMs(held, quorumCondition(standing), nowMs);
  const fresh = freshWord(observation);
  const mayBeMute = standing.role === 'leader' && !input.leaderServes;
  if (fresh?.answer.kind === 'not-serving' && !mayBeMute) return { kind: 'awaiting-server' };
  // An answer from before the member joined speaks of another time.
  const serves = fresh?.answer.kind === 'serving' && nowMs - fresh.atMs <= inQuorumMs;
  const joined = held.get(quorumCondition(standing));
  if (before.kind === 'ready' && before.by !== 'bootstrap' && (joined?.readings ?? 0) > 1) {
    return { kind: 'ready', by: before.by };
  }
  if (serves) return { kind: 'ready', by: 'server' };
  if (inQuorumMs >= settleMs) return { kind: 'ready', by: 'settled' };
  return { kind: 'settling', untilMs: nowMs - inQuorumMs + settleMs };
}
