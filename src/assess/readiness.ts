import type { JudgeSettings } from '../model/settings.ts';
import { type HeldConditions, heldForMs } from './held.ts';
import type { Member } from './members.ts';
import type { Memory } from './observation.ts';
import type { Standing } from './standing.ts';

/** How long this member's own name must have stayed unpublished before waiting counts as a deadlock. */
const UNPUBLISHED_MS = 30_000;

export const IN_QUORUM = 'in quorum';

/** The condition under which membership in the quorum is carried: joining anew begins it again. */
export function quorumCondition(standing: Standing): string {
  return `${IN_QUORUM} as ${standing.basis}`;
}

/** Ready once the quorum has held for the settling time; lost at once. */
export function hasSettled(
  standing: Standing,
  held: HeldConditions,
  settleMs: number,
  nowMs: number,
): boolean {
  if (standing.inQuorum !== true) return false;
  return heldForMs(held, quorumCondition(standing), nowMs) >= settleMs;
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
