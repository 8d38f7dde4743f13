import type { EnsembleView, MemberReach } from '../../model/ensemble.ts';
import type { Reach } from '../../model/vocabulary.ts';

/**
 * Whether two members reach each other. `cut`: what either sends to the other goes unanswered;
 * `cut-by-one`: one says so, and nobody can ask the other. A link that is not there says nothing.
 */
export type PairWord = 'meet' | 'cut' | 'cut-by-one' | 'unknown';

export interface Pair {
  readonly between: readonly [string, string];
  readonly word: PairWord;
}

/** Members that cannot reach each other while others reach both of them. */
export interface PartialPartition {
  /** Who reaches both members of a pair, those first who do so for most pairs. */
  readonly hubs: readonly string[];
  readonly pairs: readonly Pair[];
  /** `confirmed` where both ends of each pair say so. */
  readonly certainty: 'suspected' | 'confirmed';
}

/** Of more members than these the pairs are not looked at one by one: they are too many for each scan. */
export const MOST_PAIRED = 64;

export function isUnanswered(reach: Reach): boolean {
  return reach !== 'answered' && reach !== 'unknown';
}

export function isCut({ word }: Pair): boolean {
  return word === 'cut' || word === 'cut-by-one';
}

/** What the members' reports say of each pair; nothing while no reach is in doubt, or of too many members. */
export function pairsOf({ members, reaches }: Pick<EnsembleView, 'members' | 'reaches'>): Pair[] {
  if (reaches.length === 0 || members.length > MOST_PAIRED) return [];
  const said = new Map(reaches.map((one) => [keyOf(one), one.reach]));
  const asked = new Set(reaches.map(({ from }) => from));
  const names = members.map(({ name }) => name);
  const wordOf = (from: string, to: string): Reach | 'unasked' =>
    said.get(keyOf({ from, to })) ?? (asked.has(from) ? 'unknown' : 'unasked');
  return names.flatMap((a, at) =>
    names.slice(at + 1).map((b): Pair => {
      return { between: [a, b], word: pairWord(wordOf(a, b), wordOf(b, a)) };
    }),
  );
}

function keyOf({ from, to }: Pick<MemberReach, 'from' | 'to'>): string {
  return `${from} ${to}`;
}

/** What the words of both ends come to; `unasked`: there is no word of this end. */
export function pairWord(a: Reach | 'unasked', b: Reach | 'unasked'): PairWord {
  const words = [a, b];
  const unanswered = words.filter((word) => word !== 'unasked' && isUnanswered(word)).length;
  if (unanswered === 2) return 'cut';
  if (unanswered === 1) return words.includes('unasked') ? 'cut-by-one' : 'unknown';
  return words.includes('answered') ? 'meet' : 'unknown';
}

/**
 * The partial partition that these pairs show; `null` where no cut pair has a member that meets both of its
 * ends. A member that everybody has lost is down or isolated, and two halves of which no member meets both
 * are a partition: both show elsewhere.
 */
export function partialPartition(pairs: readonly Pair[]): PartialPartition | null {
  const cut = pairs.filter(isCut);
  if (cut.length === 0) return null;
  const meets = neighbours(pairs.filter(({ word }) => word === 'meet'));
  const bridged = new Map<string, number>();
  for (const { between } of cut) {
    for (const hub of bothMeet(meets, between)) bridged.set(hub, (bridged.get(hub) ?? 0) + 1);
  }
  if (bridged.size === 0) return null;
  const groupOf = groups(meets);
  // Whether members that meet lead from one to the other.
  const shown = cut.filter(
    ({ between: [a, b] }) => groupOf.has(a) && groupOf.get(a) === groupOf.get(b),
  );
  return {
    hubs: hubsOf(bridged, shown.length),
    pairs: shown,
    certainty: shown.every(({ word }) => word === 'cut') ? 'confirmed' : 'suspected',
  };
}

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>;

const NOBODY: ReadonlySet<string> = new Set();

function neighbours(meeting: readonly Pair[]): Neighbours {
  const known = new Map<string, Set<string>>();
  const add = (from: string, to: string): void => {
    known.set(from, (known.get(from) ?? new Set<string>()).add(to));
  };
  for (const { between } of meeting) {
    const [a, b] = between;
    add(a, b);
    add(b, a);
  }
  return known;
}

function bothMeet(meets: Neighbours, [a, b]: Pair['between']): string[] {
  const ofB = meets.get(b) ?? NOBODY;
  return [...(meets.get(a) ?? NOBODY)].filter((name) => ofB.has(name));
}

/** For each member that meets any, one name for all whom members that meet lead to. */
function groups(meets: Neighbours): ReadonlyMap<string, string> {
  const groupOf = new Map<string, string>();
  for (const first of meets.keys()) {
    if (groupOf.has(first)) continue;
    const reached = new Set([first]);
    for (const name of reached) {
      groupOf.set(name, first);
      for (const next of meets.get(name) ?? NOBODY) reached.add(next);
    }
  }
  return groupOf;
}

/** Those who reach both ends of every pair, or else all who do for some. */
function hubsOf(bridged: ReadonlyMap<string, number>, pairs: number): readonly string[] {
  const byMost = [...bridged].sort(([, a], [, b]) => b - a);
  const whole = byMost.filter(([, count]) => count === pairs);
  return (whole.length > 0 ? whole : byMost).map(([name]) => name);
}
