import type { JudgeSettings } from '../model/settings.ts';
import { type HeldConditions, heldForMs } from './held.ts';
import type { Member } from './members.ts';
import type { Memory, Observation } from './observation.ts';
import type { Standing } from './standing.ts';

/** How long this member's own name must have stayed unpublished before waiting counts as a deadlock. */
const UNPUBLISHED_MS = 30_000;

export const IN_QUORUM = 'in quorum';

/** The condition under which membership in the quorum is carried: joining anew begins it again. */
export function quorumCondition(standing: Standing): string {
  return `${IN_QUORUM} as ${standing.basis}`;
}

/** When the quorum will have held for the settling time; `null` where the member is in none. */
export function settlesAtMs(
  standing: Standing,
  held: HeldConditions,
  settleMs: number,
): number | null {
  const condition = held.get(quorumCondition(standing));
  return standing.inQuorum === true && condition !== undefined
    ? condition.sinceMs + settleMs
    : null;
}

/** How long the server's own word counts. */
const SRVR_FRESH_MS = 10_000;

/**
 * Ready once the quorum has held for the settling time, or the server says that it serves; not yet
 * while it says that it does not. Kept as long as the quorum holds, and lost at once with it.
 */
export function isReady(
  standing: Standing,
  held: HeldConditions,
  wasReady: boolean,
  { nowMs, asked }: Pick<Observation, 'nowMs' | 'asked'>,
  { settleMs }: Pick<JudgeSettings, 'settleMs'>,
): boolean {
  if (standing.inQuorum !== true) return false;
  const joined = held.get(quorumCondition(standing));
  if (wasReady && joined !== undefined && joined.readings > 1) return true;
  const inQuorumMs = heldForMs(held, quorumCondition(standing), nowMs);
  const saidSince = asked.srvr !== null && nowMs - asked.srvr.atMs <= inQuorumMs;
  const fresh = asked.srvr !== null && nowMs - asked.srvr.atMs <= SRVR_FRESH_MS;
  const said = asked.srvr !== null && fresh ? asked.srvr.answer.kind : null;
  // An answer from before the member joined speaks of another time.
  if (said === 'serving' && saidSince) return true;
  return inQuorumMs >= settleMs && said !== 'not-serving';
}

/**
 * The bootstrap rule: where peers are found by names that are published for ready pods only, a member
 * that has never seen a quorum must be called ready for the others to find it.
 */
export function bootstraps(
  settings: JudgeSettings,
  memory: Memory,
  standing: Standing,
  members: readonly Member[],
  portsListen: boolean,
  nowMs: number,
): boolean {
  if (!settings.bootstrap || memory.everInQuorum || standing.inQuorum === true) return false;
  const self = members.find((member) => member.self);
  if (self?.answer?.kind !== 'unpublished' || !portsListen) return false;
  return nowMs - self.answer.sinceMs >= UNPUBLISHED_MS;
}
