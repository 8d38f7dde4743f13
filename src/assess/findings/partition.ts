import type { EnsembleMember, EnsembleView } from '../../model/ensemble.ts';
import type { Profile } from '../../model/profile.ts';
import { type ShortName, shortNames } from '../../model/short-names.ts';
import type { Reach } from '../../model/vocabulary.ts';
import type { Pair, PartialPartition } from '../ensemble/partition.ts';
import { unreachable } from '../ensemble/partition-words.ts';
import { isInside } from '../ensemble/standings.ts';
import { few } from '../scene/row-text.ts';
import type { Diagnosis } from './finding.ts';

/** Members that cannot reach each other while another one reaches both of them. */
export function partitionFinding(
  partition: PartialPartition | null,
  view: EnsembleView,
  profile: Pick<Profile, 'title' | 'quorum'>,
): Diagnosis[] {
  if (partition === null) return [];
  const short = shortNames(view.members.map(({ name }) => name));
  const isHeld = view.members.some(isInside);
  return [
    {
      code: 'partial-partition',
      ...(isHeld ? { weight: 'lesser' as const } : {}),
      certainty: partition.certainty,
      summary: partitionSummary(partition, short),
      evidence: few(partition.pairs.flatMap((pair) => evidenceOf(pair, view, short))),
      cause: partitionCause(partition, profile, isHeld),
      remedy: PARTITION_REMEDY,
    },
  ];
}

/** Who cannot reach whom, and who reaches them, as a sentence. */
export function partitionSummary({ hubs, pairs }: PartialPartition, short: ShortName): string {
  const clauses = unreachable(pairs).map(
    ([name, others]) => `${short(name)} cannot reach ${words(others.map(short))}`,
  );
  const reach = hubs.length === 1 ? 'reaches' : 'reach';
  return `${few(clauses).join('; ')}, while ${words(hubs.map(short))} ${reach} ${pairs.length === 1 ? 'both' : 'them'}.`;
}

/** What is lost between members, and what that means for the quorum. */
export function partitionCause(
  { hubs }: PartialPartition,
  { title }: Pick<Profile, 'title'>,
  isHeld: boolean,
): string {
  const lost =
    'Packets between these members are dropped, and those with others arrive: a switch or a link between some of the nodes, a node that lost a route, a network policy, or a firewall.';
  return isHeld
    ? `${lost} A quorum is seen all the same; which members are in it may change with the next election.`
    : `${lost} No member is seen in a quorum: ${title} elects by what the members hear of each other, and here only ${words(hubs)} ${hubs.length === 1 ? 'hears' : 'hear'} enough of them.`;
}

export const PARTITION_REMEDY =
  'Repair the network between the members of each pair: compare the nodes that they run on (their switch, rack or zone, routes and firewalls), and the network policies of both. Until then, do not restart a member that is in the quorum.';

const WORDS: Readonly<Record<Reach, string>> = {
  answered: 'is answered by',
  'connection-unanswered': 'gets no answer to its attempts to connect to',
  'data-unanswered': 'gets no acknowledgement of its data from',
  'probe-unanswered': 'gets no answer any more from the probe of',
  unknown: 'does not know whether it reaches',
};

function evidenceOf({ between: [a, b] }: Pair, view: EnsembleView, short: ShortName): string[] {
  return [sayingOf(a, b, view, short), sayingOf(b, a, view, short)];
}

function sayingOf(from: string, to: string, view: EnsembleView, short: ShortName): string {
  const said = view.reaches.find((one) => one.from === from && one.to === to);
  if (said !== undefined) return `${short(from)} ${WORDS[said.reach]} ${short(to)}`;
  return `${short(from)} could not be asked${whyNot(view.members.find(({ name }) => name === from))}`;
}

function whyNot(member: EnsembleMember | undefined): string {
  if (member === undefined || member.probe === 'answered') return '';
  return member.probe === 'timeout' ? ': its probe does not answer here' : ` (${member.probe})`;
}

/** `a`, `a and b`, `a, b and c`. */
function words(names: readonly string[]): string {
  const shown = few(names);
  return shown.length < 2
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
