import { isOwnName, type PodIdentity } from '../../model/names.ts';
import type { Member } from '../quorum/members.ts';

/** How long this member's own name must have stayed unpublished before waiting counts as a deadlock. */
export const UNPUBLISHED_MS = 30_000;
/** How long readiness is given without a quorum at the most. */
export const BOOTSTRAP_MS = 600_000;

/** How far the bootstrap rule has come in this process; once ended, it is never applied again. */
export type Bootstrap =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'given'; readonly sinceMs: number }
  | { readonly kind: 'ended' };

/** What the rule is judged by. */
export interface BootstrapInput {
  readonly isOn: boolean;
  readonly identity: PodIdentity;
  readonly members: readonly Member[];
  /** Whether every port that a serving member listens on is open. */
  readonly portsListen: boolean;
  /** `lost`: this process saw a quorum, and sees none now. */
  readonly quorum: 'never' | 'present' | 'lost';
  /** Whether the member is ready without the rule. */
  readonly readyAnyway: boolean;
  readonly nowMs: number;
}

/**
 * The bootstrap rule: where peers are found by names that are published for ready pods only, a member
 * that has never seen a quorum must be called ready for the others to find it. Being ready publishes the
 * name, so what began the rule must not end it: once given, readiness stays until the quorum carries it,
 * or for ten minutes.
 */
export function nextBootstrap(before: Bootstrap, input: BootstrapInput): Bootstrap {
  if (!input.isOn || before.kind === 'ended') return { kind: 'ended' };
  if (input.readyAnyway || input.quorum === 'lost') return { kind: 'ended' };
  if (before.kind === 'given') {
    return input.nowMs - before.sinceMs >= BOOTSTRAP_MS ? { kind: 'ended' } : before;
  }
  const begins = input.quorum === 'never' && input.portsListen && isDeadlock(input);
  return begins ? { kind: 'given', sinceMs: input.nowMs } : before;
}

/** Whether the rule makes the member ready now. */
export function isBootstrapReady({ kind }: Bootstrap, portsListen: boolean): boolean {
  return kind === 'given' && portsListen;
}

function isDeadlock({ identity, members, nowMs }: BootstrapInput): boolean {
  const answer = hiddenSelf(members, identity)?.answer;
  return answer?.kind === 'unpublished' && nowMs - answer.sinceMs >= UNPUBLISHED_MS;
}

/**
 * This member, where its own name is not published. A name that is not the pod's own, as from a wrong
 * `--service`, is never published and says nothing; where the pod cannot know its own, the configured
 * name is all there is.
 */
export function hiddenSelf(members: readonly Member[], identity: PodIdentity): Member | null {
  const self = members.find((member) => member.self);
  if (self?.answer?.kind !== 'unpublished') return null;
  return identity.kind === 'unknown' || isOwnName(self.name, identity) ? self : null;
}
