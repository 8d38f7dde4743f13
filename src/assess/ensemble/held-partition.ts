import type { EnsembleView } from '../../model/ensemble.ts';
import { carry, type HeldConditions, heldForMs, heldTogether } from '../quorum/held.ts';
import {
  isCut,
  type Pair,
  type PairWord,
  type PartialPartition,
  pairsOf,
  partialPartition,
} from './partition.ts';

/** Both ends say it over two rounds of questions and more, which come a second apart. */
const BOTH_ENDS_MS = 2_000;

/**
 * One end says it alone: by then whoever reached the other has noticed if that one has died, and names that
 * moved are looked up again.
 */
const ONE_END_MS = 10_000;

/** A pair that was cut stays so while nothing is known of it, for this long: a report may come late. */
const GAP_MS = 5_000;

/**
 * How the ensemble is seen: `once`, where what both ends of a pair say must do (each of them has seen it for
 * longer), or again and again, so that it must last.
 */
export type Seen = 'once' | 'repeatedly';

/** The partial partition that has lasted, and the conditions to carry to the next report. */
export function heldPartition(
  view: EnsembleView,
  before: HeldConditions,
  { nowMs, seen }: { readonly nowMs: number; readonly seen: Seen },
): { readonly partition: PartialPartition | null; readonly held: HeldConditions } {
  const pairs = pairsOf(view);
  const bridged = new Set(partialPartition(pairs)?.pairs.map(({ between }) => between));
  const wasCut = ({ between }: Pair): boolean =>
    CUT_WORDS.some((word) => before.has(condition(between, word)));
  // Only while somebody reaches both ends: a network that is whole again becomes so member by member.
  const waiting = pairs.filter(
    (pair) => pair.word !== 'meet' && wasCut(pair) && !bridged.has(pair.between),
  );
  const gaps = carry(before, new Set(waiting.map(gapOf)), nowMs);
  const isGone = (pair: Pair): boolean => heldForMs(gaps, gapOf(pair), nowMs) >= GAP_MS;
  const wordOf = ({ between, word }: Pair): PairWord => {
    if (word !== 'unknown') return word;
    const known = CUT_WORDS.find((one) => before.has(condition(between, one)));
    return known === undefined || isGone({ between, word }) ? word : known;
  };
  const said = pairs.map((pair): Pair => ({ ...pair, word: wordOf(pair) }));
  const stays = (pair: Pair): boolean =>
    isCut(pair) && (bridged.has(pair.between) || (wasCut(pair) && !isGone(pair)));
  const cuts = carry(before, new Set(said.filter(stays).flatMap(conditionsOf)), nowMs);
  const hasLasted = ({ between, word }: Pair): boolean => {
    if (seen === 'once') return word === 'cut';
    const leastMs = word === 'cut' ? BOTH_ENDS_MS : ONE_END_MS;
    return heldForMs(cuts, condition(between, word), nowMs) >= leastMs;
  };
  const lasting = said.filter((pair) => !isCut(pair) || hasLasted(pair));
  return { partition: partialPartition(lasting), held: heldTogether(cuts, gaps) };
}

const CUT_WORDS = ['cut', 'cut-by-one'] as const;

function gapOf({ between: [a, b] }: Pair): string {
  return `pair gap ${a} ${b}`;
}

/** A pair of which both ends say it is also one of which one end does. */
function conditionsOf({ between, word }: Pair): string[] {
  const byOne = condition(between, 'cut-by-one');
  return word === 'cut' ? [byOne, condition(between, 'cut')] : [byOne];
}

function condition([a, b]: Pair['between'], word: Pair['word']): string {
  return `pair ${word} ${a} ${b}`;
}
