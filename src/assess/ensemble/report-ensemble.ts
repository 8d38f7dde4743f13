import type { EnsembleView } from '../../model/ensemble.ts';
import type { EnsembleReport } from '../../model/ensemble-report.ts';
import type { QuorumRule } from '../../model/profile.ts';
import { carry, type HeldConditions, heldTogether } from '../quorum/held.ts';
import { heldPartition, type Seen } from './held-partition.ts';
import type { PartialPartition } from './partition.ts';
import { type EnsembleState, judgeEnsemble, type Trouble } from './state.ts';
import { spareOf, summaryOf, troubleWords } from './state-words.ts';

/** Troubles that a report holds; a larger ensemble than any in use has no more worth reading. */
const MOST_TROUBLES = 32;

/** When a report is made: on the steady clock, and ISO 8601. */
export interface ReportMoment {
  readonly nowMs: number;
  readonly at: string;
}

export interface ReportedEnsemble {
  readonly ensemble: EnsembleReport;
  readonly partition: PartialPartition | null;
  readonly held: HeldConditions;
}

/** The state of the ensemble for a report, and what must be remembered so that the next knows since when. */
export function reportEnsemble(
  view: EnsembleView,
  rule: QuorumRule,
  before: HeldConditions,
  { nowMs, at }: ReportMoment,
  seen: Seen = 'once',
): ReportedEnsemble {
  const { partition, held: cuts } = heldPartition(view, before, { nowMs, seen });
  const state = judgeEnsemble(view, rule, partition);
  const troubles = troublesOf(state).slice(0, MOST_TROUBLES);
  const held = carry(before, new Set(troubles.map(keyOf)), nowMs);
  const since = (trouble: Trouble): string => {
    const heldMs = nowMs - (held.get(keyOf(trouble))?.sinceMs ?? nowMs);
    return new Date(Date.parse(at) - heldMs).toISOString();
  };
  const { size, inQuorum } = state.voters;
  const isCounted = state.kind !== 'unknown' || state.quorum === 'seen';
  const holds = state.kind === 'healthy' || state.kind === 'degraded';
  return {
    ensemble: {
      verdict: state.kind,
      summary: summaryOf(state, view, rule),
      size,
      inQuorum: isCounted ? inQuorum : null,
      spare: holds ? spareOf(state.voters) : null,
      troubles: troubles.map((trouble) => ({
        kind: trouble.kind,
        members: [...trouble.members],
        text: troubleWords(trouble, view, rule),
        since: since(trouble),
      })),
    },
    partition,
    held: heldTogether(held, cuts),
  };
}

/** The state of an ensemble of which this probe can see nothing. */
export function unseenEnsemble(size: number | null): EnsembleReport {
  const summary = 'The state of the ensemble is not known: this probe cannot see its own member';
  return { verdict: 'unknown', summary, size, inQuorum: null, spare: null, troubles: [] };
}

function troublesOf(state: EnsembleState): readonly Trouble[] {
  return state.kind === 'healthy' ? [] : state.troubles;
}

function keyOf(trouble: Trouble): string {
  const about = 'role' in trouble ? ` ${trouble.role}` : '';
  return `${trouble.kind}${about} ${trouble.members.join(' ')}`;
}
