import type { Heartbeat } from '../../model/profile.ts';

/** What is remembered of when a peer was heard; times are of the agent's steady clock. */
export interface Heard {
  /** When data last came from it. */
  readonly heardAtMs: number;
  /** When that was last read. */
  readonly readAtMs: number;
  readonly proof: Proof;
  /** The newest pauses that were longer than the system's own heartbeat and ended, oldest first. */
  readonly pauses: readonly Pause[];
  /** Readings in a row of a silence that was nearly long enough, or long enough, for a finding. */
  readonly silentReadings: number;
}

/** Whether the peer was seen to speak at its heartbeat: silence says nothing of one that never did. */
export type Proof =
  | { readonly kind: 'proven' }
  | { readonly kind: 'open'; readonly sinceMs: number; readonly readings: number };

interface Pause {
  readonly endedMs: number;
  readonly lastedMs: number;
}

/** One reading of the time since a peer's data last came. */
export interface Age {
  readonly ageMs: number;
  readonly nowMs: number;
  /** Since when this process has run without a break: before it, silence may be its own. */
  readonly awakeSinceMs: number;
}

/** Heartbeats in a row that prove one, and the readings that must have shown them. */
const PROOF_BEATS = 5;
const PROOF_READINGS = 5;

/** A pause this many heartbeats long is none of the heartbeat's own. */
const LATE = 1.2;
/** An age this many heartbeats long ends a proof. */
const MISSED = 1.5;

/** Pauses kept, and for how long: what a system habitually does it does again soon. */
const PAUSES_KEPT = 8;
const PAUSES_FOR_MS = 600_000;
/** A pause as long as this many of those kept is a habit, and a single longer one is not. */
const HABIT = 3;
/** With as many pauses, the heartbeat itself is longer than the profile has it. */
const LONGER_BEAT = 5;

/** Silent for this many heartbeats is worth a finding, and never sooner than this. */
const SILENT_BEATS = 2.5;
const SILENT_AFTER_HABIT = 1.5;
const LEAST_SILENCE_MS = 1_000;
/** Silence alone withdraws readiness after this share of what the system itself bears. */
export const BORNE_SHARE = 0.8;

/** Readings that confirm silence: those from this share of it on, so that the one at which it is long enough may be the second. */
const CONFIRMED = 2;
const NEARLY = 0.8;
/** Scans take their time: the moment at which data came is not known better. */
const MOMENT_MS = 200;

/** How a peer's silence is judged: by the system's own figures, which what was heard can only lengthen. */
export interface Patience {
  /** Silence from which it is a finding. */
  readonly findsAfterMs: number;
  /** Silence that withdraws readiness without any other sign. */
  readonly withdrawsAfterMs: number;
  /** The heartbeat that it is measured by. */
  readonly everyMs: number;
}

/** What the profile's heartbeat, and the pauses that were seen, make of a peer's silence. */
export function patienceWith({ pauses }: Pick<Heard, 'pauses'>, heartbeat: Heartbeat): Patience {
  const ascending = pauses.map(({ lastedMs }) => lastedMs).sort((a, b) => a - b);
  const habit = ascending.at(-HABIT) ?? 0;
  const shortest = ascending.length >= LONGER_BEAT ? (ascending[0] ?? 0) : 0;
  const everyMs = Math.max(heartbeat.everyMs, shortest);
  const bearsMs = (heartbeat.bearsMs * everyMs) / heartbeat.everyMs;
  const usualMs = Math.max(
    LEAST_SILENCE_MS,
    SILENT_BEATS * everyMs,
    habit + SILENT_AFTER_HABIT * everyMs,
  );
  // A system may bear hardly more than two of its heartbeats.
  const findsAfterMs = Math.min(
    usualMs,
    Math.max(BORNE_SHARE * bearsMs, MISSED * Math.max(everyMs, habit), LEAST_SILENCE_MS),
  );
  return {
    findsAfterMs,
    withdrawsAfterMs: Math.max(findsAfterMs, BORNE_SHARE * bearsMs),
    everyMs,
  };
}

/** How long a peer has been silent, as far as this process was awake to hear it. */
export function silentForMs({ ageMs, nowMs, awakeSinceMs }: Age): number {
  return Math.max(0, Math.min(ageMs, nowMs - awakeSinceMs));
}

/** Whether two readings have shown that a peer which was seen to speak before is silent for `silentMs`, long enough. */
export function isSilent(
  { proof, silentReadings }: Heard,
  silentMs: number,
  { findsAfterMs }: Patience,
): boolean {
  return proof.kind === 'proven' && silentReadings >= CONFIRMED && silentMs >= findsAfterMs;
}

/** Whether more readings soon would tell of a silence. */
export function isFallingSilent({ proof, silentReadings }: Heard): boolean {
  return proof.kind === 'proven' && silentReadings === 1;
}

/** What is remembered of a peer after one more reading; `before` is `null` for a new one. */
export function hear(before: Heard | null, age: Age, heartbeat: Heartbeat): Heard {
  const { nowMs, awakeSinceMs } = age;
  if (before === null) {
    const heardAtMs = nowMs - age.ageMs;
    return { heardAtMs, readAtMs: nowMs, proof: unproven(nowMs), pauses: [], silentReadings: 0 };
  }
  // What was heard stays heard when the connection that it came by has ended.
  const heardAtMs = Math.max(nowMs - age.ageMs, before.heardAtMs);
  const ageMs = nowMs - heardAtMs;
  const ended = endedPause(before, heardAtMs, age);
  const kept = before.pauses.filter(({ endedMs }) => nowMs - endedMs <= PAUSES_FOR_MS);
  const isLong = ended > LATE * heartbeat.everyMs;
  const pauses = isLong ? [...kept, { endedMs: nowMs, lastedMs: ended }].slice(-PAUSES_KEPT) : kept;
  const patience = patienceWith({ pauses }, heartbeat);
  const silentMs = silentForMs({ ageMs, nowMs, awakeSinceMs });
  const proof = hasLeft(age, heardAtMs, silentMs, patience) ? unproven(nowMs) : before.proof;
  return {
    heardAtMs,
    readAtMs: nowMs,
    proof: proofAfter(proof, Math.max(ended, ageMs), nowMs, patience.everyMs),
    pauses,
    silentReadings: silentMs >= NEARLY * patience.findsAfterMs ? before.silentReadings + 1 : 0,
  };
}

/**
 * Whether the connection that carried the heartbeat ended while it still did: who ended it is gone for good, and
 * those that are left were not seen to speak. One that ends after its peer fell silent changes nothing.
 */
function hasLeft(
  { ageMs, nowMs }: Age,
  heardAtMs: number,
  silentMs: number,
  { findsAfterMs }: Patience,
): boolean {
  return nowMs - ageMs < heardAtMs - MOMENT_MS && silentMs < findsAfterMs;
}

function unproven(nowMs: number): Proof {
  return { kind: 'open', sinceMs: nowMs, readings: 0 };
}

/** How long the peer had paused before it was heard again since the reading before; 0 where it was not. */
function endedPause(before: Heard, heardAtMs: number, { awakeSinceMs }: Age): number {
  const heardAnew = heardAtMs > before.heardAtMs + MOMENT_MS;
  return heardAnew && awakeSinceMs <= before.readAtMs ? before.readAtMs - before.heardAtMs : 0;
}

function proofAfter(before: Proof, longestMs: number, nowMs: number, everyMs: number): Proof {
  if (before.kind === 'proven') return before;
  if (longestMs > MISSED * everyMs) return unproven(nowMs);
  const readings = before.readings + 1;
  const isProven = readings >= PROOF_READINGS && nowMs - before.sinceMs >= PROOF_BEATS * everyMs;
  return isProven ? { kind: 'proven' } : { ...before, readings };
}
