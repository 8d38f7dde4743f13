import type { Collection } from '../../model/collection.ts';
import type { Cause, Health } from '../../model/diagnosis.ts';
import type { EnsembleDocument } from '../../model/ensemble-document.ts';
import { ensembleLine } from '../../model/ensemble-report.ts';
import { isDown, type JudgedMember } from './members.ts';
import { joined } from './words.ts';

type Evidence = Pick<Collection, 'damage' | 'size'>;

/** What the first line is made of. */
export interface Judgement {
  readonly evidence: Evidence;
  readonly members: readonly JudgedMember[];
  /** `null` where no table could be judged. */
  readonly ensemble: EnsembleDocument | null;
  readonly causes: readonly Cause[];
  readonly health: Health;
}

/** The first line: the quorum, then the cause that explains it, or what is missing for an answer. */
export function summaryOf(judgement: Judgement): string {
  const { evidence, members, ensemble, causes, health } = judgement;
  const [damaged, ...more] = evidence.damage;
  if (damaged !== undefined) {
    return `${damaged}${more.length === 0 ? '' : `, and ${more.length} more ${more.length === 1 ? 'fault' : 'faults'}`}`;
  }
  if (ensemble === null) return withoutTables(judgement);
  const leading =
    health === 'healthy' ? [] : causes.filter(({ severity }) => severity !== 'info').slice(0, 2);
  const parts = [
    leading.length > 0 || health === 'unknown'
      ? quorumWords(ensemble, leading)
      : ensembleLine(ensemble, Date.parse(ensemble.at)),
    ...leading
      .filter(({ code }, at) => at === 0 || isAlsoPrimary(code, leading))
      .map(({ headline }) => headline),
    ...(health === 'unknown' ? missingFor(evidence, members) : []),
  ];
  return parts.join('; ');
}

/** Causes by which a member no longer takes part, whatever its connections still show. */
const PRIMARY: ReadonlySet<string> = new Set([
  'member-down',
  'hung',
  'partition',
  'partial-partition',
  'one-way-loss',
]);

/** A second cause is worth its place in the first line only where it is of the same rank. */
function isAlsoPrimary(code: string, [first]: readonly Cause[]): boolean {
  return first !== undefined && PRIMARY.has(first.code) && PRIMARY.has(code);
}

/** Causes by which their members are lost to all others. */
const LOSING: ReadonlySet<string> = new Set(['member-down', 'hung', 'partition']);

/**
 * How the quorum stands. The servers notice a member that hangs or is cut off only after a while, and until then
 * count it: what they count is not what is left.
 */
function quorumWords(ensemble: EnsembleDocument, leading: readonly Cause[]): string {
  const { summary, size, inQuorum, verdict, leaders, members, quorum } = ensemble;
  const primary = leading.filter(({ code }) => PRIMARY.has(code));
  if (primary.length === 0 || size === null || verdict === 'broken') return summary;
  const lost = new Set(
    primary.filter(({ code }) => LOSING.has(code)).flatMap((cause) => cause.members),
  );
  const left = size - members.filter(({ name, voter }) => voter && lost.has(name)).length;
  if (quorum.majority !== null && left < quorum.majority) {
    return `No quorum can hold: ${left} of ${size} voters ${left === 1 ? 'is' : 'are'} left, and ${quorum.majority} are needed`;
  }
  const remaining = members.filter(({ name }) => !lost.has(name));
  const follow = remaining.some(({ report }) => report?.role === 'learner');
  const areSeen = remaining.every(({ report }) => report !== null);
  if (lost.size > 0 && follow && areSeen && leaders.every((name) => lost.has(name))) {
    return `${left} of ${size} voters are left and must elect a new leader`;
  }
  return inQuorum === size ? `all ${size} voters are still counted in the quorum` : summary;
}

function missingFor(evidence: Evidence, members: readonly JudgedMember[]): string[] {
  const unread = members.filter(({ evidence: { facts } }) => facts.unread !== null);
  const forbidden = unread.every(({ evidence: { facts } }) => facts.failure === 'forbidden');
  const names = joined(unread.map(({ name }) => name));
  return [
    ...(unread.length === 0
      ? []
      : [
          forbidden
            ? `${names} could not be read, as ${NO_EXEC}`
            : `${names} could not be read (${unread[0]?.evidence.facts.unread ?? ''})`,
        ]),
    ...(evidence.size.kind === 'unknown'
      ? ['the number of members is unknown; give --ensemble-size']
      : []),
  ];
}

const NO_EXEC = 'kubectl exec is forbidden: ask for the right to create pods/exec';

/** What can be said where no table could be judged. */
function withoutTables({ members, causes }: Judgement): string {
  const [first] = members;
  if (first === undefined) return 'there is no member';
  const unread = members.filter((one) => !isDown(one));
  if (unread.length === 0) {
    const { phase, troubles } = first.evidence.facts;
    return `No member runs; Kubernetes says of ${first.name}: ${[phase, ...troubles].join(', ')}`;
  }
  const why = unread.every((one) => one.evidence.facts.failure === 'forbidden')
    ? NO_EXEC
    : `${unread[0]?.name ?? ''}: ${unread[0]?.evidence.facts.unread ?? 'no table was read'}`;
  const [cause] = causes.filter(({ severity }) => severity !== 'info');
  const reported = members.filter(({ evidence: { probe } }) => probe !== null);
  const inQuorum = reported.filter(({ evidence: { probe } }) => probe?.inQuorum === true).length;
  return [
    ...(reported.length === 0
      ? []
      : [`${inQuorum} of ${members.length} members are in the quorum by their own probes`]),
    ...(cause === undefined ? [] : [cause.headline]),
    `${cause === undefined && reported.length === 0 ? 'no member could be judged' : 'no socket table could be read'}: ${why}`,
  ].join('; ');
}
