import type { EnsembleView, ProbeSight } from '../../model/ensemble.ts';
import type { QuorumRule } from '../../model/profile.ts';
import { type ShortName, shortNames } from '../../model/short-names.ts';
import { partitionWords } from './partition-words.ts';
import type { EnsembleState, Trouble, Voters } from './state.ts';

/** How many voters are in the quorum and what that means, as the beginning of a line. */
export function summaryOf(state: EnsembleState, view: EnsembleView, rule: QuorumRule): string {
  switch (state.kind) {
    case 'healthy':
      return held(state.voters, rule, false);
    case 'degraded':
      return held(state.voters, rule, true);
    case 'broken':
      return withoutQuorum(state.voters, rule);
    case 'unknown':
      if (state.quorum === 'not-seen') return notSeen(view, rule);
      return view.asked ? counted(state.voters, rule) : 'This member is in the quorum';
  }
}

/** The voters that may still be lost; `null` where that is not known. */
export function spareOf({ majority, inQuorum, unseen }: Voters): number | null {
  return majority === null || unseen > 0 ? null : Math.max(0, inQuorum - majority);
}

function held(voters: Voters, rule: QuorumRule, more: boolean): string {
  const spare = spareOf(voters);
  const count = counted(voters, rule);
  return spare === null || voters.size === 1 ? count : `${count}; ${spareWords(spare, more)}`;
}

function spareWords(spare: number, more: boolean): string {
  const further = more ? ' more' : '';
  if (spare === 0) return `one${further} failure loses it`;
  return spare === 1
    ? `it survives one${further} failure`
    : `it survives ${spare}${further} failures`;
}

function counted({ size, inQuorum, unseen }: Voters, rule: QuorumRule): string {
  const least = unseen > 0 ? 'at least ' : '';
  const all = size === null ? '' : ` of ${size}`;
  return hasMajority(rule)
    ? `${least}${inQuorum}${all} voters in quorum`
    : `${least}${inQuorum}${all} members in the cluster`;
}

function withoutQuorum({ size, majority }: Voters, rule: QuorumRule): string {
  if (!hasMajority(rule)) return 'No member is in the cluster';
  return size === null || majority === null
    ? 'No quorum'
    : `No quorum: it needs ${majority} of ${size} voters`;
}

function notSeen({ members }: EnsembleView, rule: QuorumRule): string {
  if (members.some(({ self, report }) => self && report?.verdict === 'unknown')) {
    return 'The state of the ensemble is not known';
  }
  return hasMajority(rule) ? 'No quorum is seen' : 'No member is seen in the cluster';
}

function hasMajority({ kind }: QuorumRule): boolean {
  return kind !== 'gossip' && kind !== 'none';
}

/** A trouble in a few words, without its duration. */
export function troubleWords(trouble: Trouble, view: EnsembleView, rule: QuorumRule): string {
  const short = shortNames(view.members.map(({ name }) => name));
  const called = named(view, short);
  switch (trouble.kind) {
    case 'leaders':
      return `${andList(trouble.members.map(short))} lead at the same time`;
    case 'absent':
      return `${called(trouble.members[0])} absent`;
    case 'out':
      return `${called(trouble.members[0])} ${outWords(trouble, rule)}`;
    case 'uncounted':
      return `${trouble.voters} ${trouble.voters === 1 ? 'voter' : 'voters'} not linked`;
    case 'cut':
      return partitionWords(trouble.partition, short);
    case 'link':
      return `${trouble.role} link between ${andList(trouble.members.map(short))} ${LINK_WORDS[trouble.sign]}`;
    case 'members':
      return `${short(trouble.members[0])} has another list of members`;
    case 'unseen':
      return `${andList(trouble.members.map(called))} not seen${unseenWords(trouble.probe, view)}`;
  }
}

function named({ members }: EnsembleView, short: ShortName): ShortName {
  const observers = new Set(members.filter(({ voter }) => !voter).map(({ name }) => name));
  return (name) => (observers.has(name) ? `${short(name)} (observer)` : short(name));
}

function outWords({ role }: Extract<Trouble, { kind: 'out' }>, rule: QuorumRule): string {
  if (role === 'looking') return 'looking for a leader';
  return hasMajority(rule) ? 'out of the quorum' : 'cut off from the others';
}

const LINK_WORDS: Readonly<Record<Extract<Trouble, { kind: 'link' }>['sign'], string>> = {
  missing: 'missing',
  'one-sided': 'seen by one end only',
  troubled: 'troubled',
};

const PROBE_WORDS: Readonly<Record<ProbeSight, string>> = {
  self: '',
  answered: ' (the probe does not know)',
  'not-understood': ' (a probe of another release)',
  timeout: ' (no answer from the probe)',
  refused: ' (the probe refuses the connection)',
  reset: ' (the probe resets the connection)',
  'http-error': ' (the probe answers with an error)',
  invalid: ' (no valid report from the probe)',
  'not-asked': ' (the probe could not be asked)',
};

function unseenWords(probe: ProbeSight, { asked }: EnsembleView): string {
  return !asked && probe === 'not-asked' ? ' without --ask peers' : PROBE_WORDS[probe];
}

/** `a`, `a and b`, `a, b and c`, and from five on how many more. */
function andList(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  return shown.length < 2
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
