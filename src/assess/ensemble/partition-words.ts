import type { ShortName } from '../../model/short-names.ts';
import type { Pair, PartialPartition } from './partition.ts';

/** Pairs that one line names; of more only the number is said. */
const NAMED_PAIRS = 3;

/** Who cannot reach whom, and who reaches both, as the clauses of one line. */
export function partitionWords({ hubs, pairs }: PartialPartition, short: ShortName): string {
  const who =
    pairs.length > NAMED_PAIRS
      ? `${pairs.length} pairs of members`
      : pairs.map(({ between }) => between.map(short).join(' and ')).join(', ');
  const reach = hubs.length === 1 ? 'reaches' : 'reach';
  return `${who} cannot reach each other, and ${hubs.map(short).join(' and ')} ${reach} ${pairs.length === 1 ? 'both' : 'them'}`;
}

/** For each member in turn whom it cannot reach, each pair once: those with most such pairs come first. */
export function unreachable(pairs: readonly Pair[]): readonly (readonly [string, string[]])[] {
  const [first] = pairs;
  if (first === undefined) return [];
  const counts = new Map<string, number>();
  for (const name of pairs.flatMap(({ between }) => between)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [worst] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [first.between[0]];
  const own = pairs.filter(({ between }) => between.includes(worst));
  const others = own.flatMap(({ between }) => between.filter((name) => name !== worst));
  return [[worst, others], ...unreachable(pairs.filter((pair) => !own.includes(pair)))];
}
