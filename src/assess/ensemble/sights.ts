import type { PeerSight } from '../../model/asked.ts';
import type { PeerAnswer } from '../../model/evidence.ts';
import type { Ensemble } from '../../model/settings.ts';
import type { Outcome } from '../quorum/circumstances.ts';

const NEVER = Number.NEGATIVE_INFINITY;

/** What a report says was read before it was published, by less than this. */
const SCAN_MS = 1_000;

/**
 * Adds one answer, to a question of the round that began at `askedMs` and had ended by `nowMs`. A probe
 * serves its last report until it makes another, also while it is being stopped: a report is as old as it
 * may be, until one that differs from it shows that it was made after the question before.
 */
export function rememberSight(
  before: PeerSight | undefined,
  answer: PeerAnswer,
  askedMs: number,
  nowMs: number,
): PeerSight | undefined {
  if (answer.kind !== 'answered') {
    return before === undefined ? undefined : { ...before, leadsSinceMs: null };
  }
  const { at, role } = answer.report;
  const isNew = before !== undefined && before.at !== null && at !== null && before.at !== at;
  const madeAfterMs = isNew ? before.askedMs - SCAN_MS : (before?.madeAfterMs ?? NEVER);
  const leadsSinceMs = role === 'leader' ? (before?.leadsSinceMs ?? nowMs) : null;
  return { at, askedMs, madeAfterMs, leadsSinceMs };
}

/** The same for all peers that answered; one that does not keeps what was known of it. */
export function rememberSights(
  before: ReadonlyMap<string, PeerSight> = new Map(),
  answers: ReadonlyMap<string, PeerAnswer>,
  askedMs: number,
  nowMs: number,
): ReadonlyMap<string, PeerSight> {
  const sights = new Map<string, PeerSight>();
  for (const [name, answer] of answers) {
    const sight = rememberSight(before.get(name), answer, askedMs, nowMs);
    if (sight !== undefined) sights.set(name, sight);
  }
  return sights;
}

/** Since when this member has been what it is, and on this member's clock what its peers' reports are worth. */
export interface Moments {
  readonly roleSinceMs: number;
  /** Since when it has had its present list of members. */
  readonly listSinceMs: number;
  readonly sights: ReadonlyMap<string, PeerSight>;
}

/** Whether a peer's report was made after a moment. */
export function madeAfter({ sights }: Moments, name: string, atMs: number): boolean {
  return (sights.get(name)?.madeAfterMs ?? NEVER) >= atMs;
}

/** One who leads, and when that was certainly so. */
export interface Lead {
  readonly name: string;
  readonly self: boolean;
}

/** Those of the leaders who led at the same moment as another of them. */
export function contemporaries(leaders: readonly Lead[], moments: Moments): ReadonlySet<string> {
  const together = new Set<string>();
  leaders.forEach((one, index) => {
    for (const other of leaders.slice(index + 1)) {
      if (!overlap(one, other, moments)) continue;
      together.add(one.name);
      together.add(other.name);
    }
  });
  return together;
}

function overlap(one: Lead, other: Lead, moments: Moments): boolean {
  // This member leads now: a peer that led when its report was made, after that had begun, led beside it.
  if (one.self) return madeAfter(moments, other.name, moments.roleSinceMs);
  if (other.self) return madeAfter(moments, one.name, moments.roleSinceMs);
  const a = leadOf(one, moments);
  const b = leadOf(other, moments);
  return Math.max(a.fromMs, b.fromMs) <= Math.min(a.toMs, b.toMs);
}

/** From its first report that was received as a leader's to when its newest one was made at the earliest. */
function leadOf(
  { name }: Lead,
  { sights }: Moments,
): { readonly fromMs: number; readonly toMs: number } {
  const sight = sights.get(name);
  return {
    fromMs: sight?.leadsSinceMs ?? Number.POSITIVE_INFINITY,
    toMs: sight?.madeAfterMs ?? NEVER,
  };
}

/** Under which it is carried since when this member has had its role. */
export function roleCondition({ role }: Pick<Outcome, 'role'>): string {
  return `role ${role}`;
}

/** Under which it is carried since when this member has had its present list of members. */
export function listCondition(ensemble: Ensemble): string {
  const names = ensemble.kind === 'members' ? ensemble.members.map(({ name }) => name) : [];
  return `members ${names.join(' ')}`;
}
