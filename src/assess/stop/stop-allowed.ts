import type { MemberReport } from '../../model/evidence.ts';
import type { Report, StopState } from '../../model/report.ts';

/** What is known of another voter of the ensemble. */
export type VoterSight =
  | {
      readonly kind: 'answered';
      /** Its pod's name as its own probe gives it. */
      readonly name: string;
      readonly inQuorum: boolean | null;
      /** Whether nothing of its server listens. */
      readonly isAbsent: boolean;
      readonly votes: number | null;
      readonly stopping: StopState | null;
    }
  /** Its probe answered before and lets questions time out now. */
  | { readonly kind: 'silent' }
  /** Its probe is not asked, is not there, or says nothing that is understood. */
  | { readonly kind: 'unknown' };

/** What the decision rests on. */
export interface StopEvidence {
  readonly own: Pick<Report, 'member' | 'inQuorum' | 'quorum'>;
  /** Whether this member has a vote; an observer has none. */
  readonly isVoter: boolean;
  /** How long it has been in no quorum, in milliseconds; `null` where it is in one, or that is not known. */
  readonly outForMs: number | null;
  /** The other voters; empty where only their number is known. */
  readonly others: readonly VoterSight[];
  /** Whole rounds of questions to the others since the stop was asked for; `null` where they are not asked. */
  readonly rounds: number | null;
}

/** Whether the server of this member may stop now, and why, as a clause that completes a sentence. */
export type StopDecision = { readonly kind: 'allowed' | 'held'; readonly reason: string };

/** After so many rounds every probe has seen who else wants to stop. */
const ROUNDS_NEEDED = 2;
/** A member that has been in no quorum for this long is not what its ensemble waits for. */
const OUT_FOR_LONG_MS = 60_000;

/**
 * Decides whether the ensemble can spare this member. What is not known is allowed: a stop is held for a
 * reason that can be named, or not at all. Of several that want to stop the lowest name goes first.
 */
export function stopAllowed(evidence: StopEvidence): StopDecision {
  const { own, isVoter, outForMs, rounds } = evidence;
  const { size, majority } = own.quorum;
  if (!isVoter) return allowed('this member has no vote');
  if (size === null || majority === null) {
    return allowed('it is unknown how many members the quorum needs');
  }
  if (size <= majority) return allowed(`an ensemble of ${size} can never spare a member`);
  if (own.inQuorum === null) {
    return allowed('it is unknown whether this member is in a quorum');
  }
  if (outForMs !== null && outForMs >= OUT_FOR_LONG_MS) {
    return allowed(`this member has been in no quorum for ${Math.round(outForMs / 1000)} s`);
  }
  if (rounds !== null && rounds < ROUNDS_NEEDED) {
    return held('the other members are being asked');
  }
  return byTheOthers(evidence, size, majority);
}

function byTheOthers(evidence: StopEvidence, size: number, majority: number): StopDecision {
  const { own, others } = evidence;
  const stopping = 1 + others.filter(isStopping).length;
  // One after the other, a majority may stop; more than that is a scaling down, or the end of all.
  if (stopping > majority) {
    return allowed(`${stopping} of the ${size} voters stop, so that no majority can remain`);
  }
  const { counted, waitFor, possible } = tally(evidence, size);
  const present = `${counted} of the other voters`;
  if (counted >= majority) return allowed(`${present} are there and ${majority} are a majority`);
  if (possible >= majority) {
    return allowed(
      `it is unknown whether ${possible - counted} of the other voters are in the quorum`,
    );
  }
  if (own.inQuorum === false && counted + 1 < majority && others.length > 0) {
    return allowed('no quorum can form with this member either');
  }
  const first = waitFor === null ? '' : `; ${waitFor} stops first`;
  return held(
    `${present} ${counted === 1 ? 'is' : 'are'} there, and a majority needs ${majority}${first}`,
  );
}

interface Tally {
  /** Other voters that are in the quorum and stay while this member is away. */
  readonly counted: number;
  /** As many if all count of whom nothing is known and nobody else says anything. */
  readonly possible: number;
  /** Who stops before this member; `null` for nobody. */
  readonly waitFor: string | null;
}

function tally({ own, others }: StopEvidence, size: number): Tally {
  const isOut = own.inQuorum === false;
  let known = 0;
  let gone = 0;
  let waitFor: string | null = null;
  for (const other of others) {
    if (other.kind === 'silent') gone += 1;
    if (other.kind !== 'answered' || other.inQuorum === null) continue;
    const goesFirst = other.stopping !== null && isBefore(other, own.member.name);
    if (goesFirst) waitFor = other.name;
    if (goesFirst || !isThere(other, isOut)) gone += 1;
    else known += 1;
  }
  const unknown = Math.max(0, size - 1 - known - gone);
  const votes = votesSeen(own, others);
  if (votes === null) return { counted: known, possible: known + unknown, waitFor };
  // Who leads, or is linked with everybody, has counted those whose probe says nothing.
  const unseen = Math.max(
    0,
    Math.min(unknown, votes - Number(!isOut) - known - goneButVoting(others, own)),
  );
  return { counted: known + unseen, possible: known + unseen, waitFor };
}

/** Those who stop first are still among the votes. */
function goneButVoting(others: readonly VoterSight[], own: StopEvidence['own']): number {
  return others.filter(
    (other) =>
      other.kind === 'answered' &&
      other.inQuorum === true &&
      other.stopping !== null &&
      isBefore(other, own.member.name),
  ).length;
}

function isStopping(other: VoterSight): boolean {
  return other.kind === 'answered' && other.stopping !== null;
}

/** Whether a voter counts: in the quorum, or, while there is none here, able to make one. */
function isThere(
  { inQuorum, isAbsent }: Extract<VoterSight, { kind: 'answered' }>,
  isOut: boolean,
): boolean {
  return inQuorum !== false || (isOut && !isAbsent);
}

/** The most votes that a member in the quorum counts; `null` where none says. */
function votesSeen(own: StopEvidence['own'], others: readonly VoterSight[]): number | null {
  const said = [
    ...(own.inQuorum === true ? [own.quorum.votes] : []),
    ...others.map((other) =>
      other.kind === 'answered' && other.inQuorum === true ? other.votes : null,
    ),
  ].filter((votes) => votes !== null);
  return said.length === 0 ? null : Math.max(...said);
}

/** One that may go already goes before everybody; of those that wait the lowest name does. */
function isBefore(
  { name, stopping }: Extract<VoterSight, { kind: 'answered' }>,
  ownName: string,
): boolean {
  return stopping === 'going' || name.localeCompare(ownName, 'en', { numeric: true }) < 0;
}

function allowed(reason: string): StopDecision {
  return { kind: 'allowed', reason };
}

function held(reason: string): StopDecision {
  return { kind: 'held', reason };
}

/** What a peer's report says of it as a voter; `otherwise` is its configured name. */
export function voterSight(report: MemberReport, otherwise: string): VoterSight {
  const { member, inQuorum, role, quorum, stopping } = report;
  return {
    kind: 'answered',
    name: member.name ?? otherwise,
    inQuorum,
    isAbsent: role === 'absent',
    votes: quorum.votes,
    stopping,
  };
}
