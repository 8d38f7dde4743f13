import type { Cause, MemberPath } from '../../model/diagnosis.ts';
import {
  type Pair,
  type PairWord,
  type PartialPartition,
  partialPartition,
} from '../ensemble/partition.ts';
import { PARTITION_REMEDY, partitionCause, partitionSummary } from '../findings/partition.ts';
import type { Judged } from './judged.ts';
import { joined } from './words.ts';

/** The cause of paths that are cut between members whom others reach, and those paths. */
export function partialCause(
  paths: readonly MemberPath[],
  { pairs, profile, quorum }: Pick<Judged, 'pairs' | 'profile' | 'quorum'>,
  explained: ReadonlySet<string>,
): { readonly causes: readonly Cause[]; readonly paths: readonly MemberPath[] } {
  const partition = partialPartition(pairsBetween(paths, pairs, explained));
  // What one end alone shows may be one direction: that is said path by path.
  if (partition === null || !partition.pairs.some(({ word }) => word === 'cut')) {
    return { causes: [], paths: [] };
  }
  const own = partition.pairs.flatMap(({ between }) => paths.filter((path) => isOf(path, between)));
  const isHeld = quorum === 'present';
  return {
    paths: own,
    causes: [
      {
        code: 'partial-partition',
        severity: isHeld ? 'warning' : 'critical',
        certainty: partition.certainty,
        members: [...new Set(partition.pairs.flatMap(({ between }) => between))],
        follows: false,
        headline: headlineOf(partition),
        summary: partitionSummary(partition, (name) => name),
        evidence: own.flatMap(({ evidence }) => evidence),
        cause: partitionCause(partition, profile, isHeld),
        remedy: PARTITION_REMEDY,
      },
    ],
  };
}

function headlineOf({ pairs, hubs }: PartialPartition): string {
  const who =
    pairs.length > 3
      ? `${pairs.length} pairs of members do`
      : `${joined(pairs.map(({ between }) => between.join(' and ')))} do`;
  return `${who} not reach each other, and ${joined(hubs)} ${hubs.length === 1 ? 'reaches' : 'reach'} ${pairs.length === 1 ? 'both' : 'them'}`;
}

const WORDS: Readonly<Record<MemberPath['kind'], PairWord | null>> = {
  connected: 'meet',
  cut: 'cut',
  'one-way': 'cut-by-one',
  'half-open': null,
  'not-connected': null,
  unknown: null,
};

/** By the rows of both ends where they say it, else by the members' own reports. */
function pairsBetween(
  paths: readonly MemberPath[],
  reported: readonly Pair[],
  explained: ReadonlySet<string>,
): Pair[] {
  const seen = paths.flatMap((path): Pair[] => {
    const word = path.otherArrives ? 'unknown' : WORDS[path.kind];
    return word === null ? [] : [{ between: path.between, word }];
  });
  const others = reported.filter(
    ({ between }) =>
      !between.some((name) => explained.has(name)) && !seen.some((pair) => isOf(pair, between)),
  );
  return [...seen, ...others];
}

function isOf(one: Pick<Pair, 'between'>, names: Pair['between']): boolean {
  return names.every((name) => one.between.includes(name));
}
