import { type EnsembleView, jointSign, type ProbeSight } from '../../model/ensemble.ts';
import type { QuorumRule } from '../../model/profile.ts';
import type { MemberRole } from '../../model/report.ts';
import type { PartialPartition } from './partition.ts';
import { isInside, type MemberStanding, standingsOf } from './standings.ts';

/** One thing that keeps the ensemble from being whole. */
export type Trouble =
  /** More than one member leads. */
  | { readonly kind: 'leaders'; readonly members: readonly string[] }
  | { readonly kind: 'absent'; readonly members: readonly [string] }
  | { readonly kind: 'out'; readonly members: readonly [string]; readonly role: MemberRole }
  /** The leader counts so many voters fewer, and a mesh hides which they are. */
  | { readonly kind: 'uncounted'; readonly members: readonly []; readonly voters: number }
  /** Members of which some cannot reach each other, and those who reach them. */
  | {
      readonly kind: 'cut';
      readonly members: readonly string[];
      readonly partition: PartialPartition;
    }
  /** A needed link between two members that are both in the quorum. */
  | {
      readonly kind: 'link';
      readonly members: readonly [string, string];
      readonly role: string;
      readonly sign: 'missing' | 'one-sided' | 'troubled';
    }
  /** A member has another list of members. */
  | { readonly kind: 'members'; readonly members: readonly [string] }
  /** Nothing is known of these members; `probe` is how the questions to their probes ended. */
  | { readonly kind: 'unseen'; readonly members: readonly string[]; readonly probe: ProbeSight };

/** Voters of an ensemble, as far as they are known. */
export interface Voters {
  readonly size: number | null;
  readonly majority: number | null;
  /** Seen in the quorum. */
  readonly inQuorum: number;
  /** Voters that may be in it as well, unseen. */
  readonly unseen: number;
}

/** The ensemble's verdict. */
export type EnsembleState =
  /** Every voter is in the quorum, and every needed link is up. */
  | { readonly kind: 'healthy'; readonly voters: Voters }
  /** The quorum holds, and something is wrong. */
  | { readonly kind: 'degraded'; readonly voters: Voters; readonly troubles: readonly Trouble[] }
  /** No member can be in a quorum. */
  | { readonly kind: 'broken'; readonly voters: Voters; readonly troubles: readonly Trouble[] }
  /** Nothing is wrong as far as is seen, and that is not far enough; `quorum`: whether one is seen. */
  | {
      readonly kind: 'unknown';
      readonly quorum: 'seen' | 'not-seen';
      readonly voters: Voters;
      readonly troubles: readonly Trouble[];
    };

/** What the members' reports say together of the ensemble as a whole. */
export function judgeEnsemble(
  view: EnsembleView,
  rule: QuorumRule,
  partition: PartialPartition | null,
): EnsembleState {
  const standings = withHidden(view, standingsOf(view, rule));
  const voters = votersOf(view, standings);
  const members = [...cutTroubles(partition), ...memberTroubles(view, standings)];
  if (!view.members.some(isInside)) {
    return isLost(voters)
      ? { kind: 'broken', voters, troubles: members }
      : { kind: 'unknown', quorum: 'not-seen', voters, troubles: members };
  }
  const links = linkTroubles(view, standings);
  const troubles = [
    ...leaderTroubles(view),
    ...members.filter(({ kind }) => kind !== 'unseen'),
    ...uncounted(view, voters, standings, links),
    ...links,
    ...view.mismatches.map(({ name }): Trouble => ({ kind: 'members', members: [name] })),
  ];
  const unseen = members.filter(({ kind }) => kind === 'unseen');
  if (troubles.length > 0) return { kind: 'degraded', voters, troubles: [...troubles, ...unseen] };
  const isWhole = unseen.length === 0 && voters.size !== null && voters.inQuorum >= voters.size;
  return isWhole
    ? { kind: 'healthy', voters }
    : { kind: 'unknown', quorum: 'seen', voters, troubles: unseen };
}

type Standings = ReadonlyMap<string, MemberStanding>;

/** A leader that counts all voters has those too of whom a mesh hides which link is theirs. */
function withHidden(view: EnsembleView, standings: Standings): Standings {
  const votes = votesCounted(view);
  const { size } = view.quorum;
  if (votes === null || size === null || votes < size) return standings;
  const voting = new Set(view.members.filter(({ voter }) => voter).map(({ name }) => name));
  return new Map(
    [...standings].map(([name, standing]) =>
      standing.kind === 'unseen' && voting.has(name) ? [name, { kind: 'in' }] : [name, standing],
    ),
  );
}

/** The voters that the one leader in a quorum counts, or any member where the others have no names. */
function votesCounted({ members, leaders, quorum: { size } }: EnsembleView): number | null {
  const inside = members.filter(isInside);
  const [leader, ...others] = inside.filter(({ name }) => leaders.includes(name));
  if (leader !== undefined && others.length === 0) return leader.report?.votes ?? null;
  const isNamed = size === null || members.filter(({ voter }) => voter).length >= size;
  return isNamed ? null : (inside[0]?.report?.votes ?? null);
}

function votersOf(view: EnsembleView, standings: Standings): Voters {
  const { size, majority } = view.quorum;
  const kinds = view.members
    .filter(({ voter }) => voter)
    .map(({ name }) => standings.get(name)?.kind ?? 'unseen');
  const inside = kinds.filter((kind) => kind === 'in').length;
  const outside = kinds.filter((kind) => kind === 'out' || kind === 'absent').length;
  const counted = votesCounted(view);
  const all = size ?? kinds.length;
  if (counted !== null) {
    // A leader notices a member that has left a moment later than the member itself.
    const least = Math.min(counted, majority ?? 1, all);
    const inQuorum = Math.max(least, Math.min(counted, all - outside));
    return { size, majority, inQuorum, unseen: 0 };
  }
  const inQuorum = Math.min(inside, all);
  return { size, majority, inQuorum, unseen: Math.max(0, all - inQuorum - outside) };
}

/** Whether the voters that are not seen to be out are too few for a quorum. */
function isLost({ inQuorum, unseen, majority }: Voters): boolean {
  return inQuorum + unseen < (majority ?? 1);
}

function memberTroubles({ members }: EnsembleView, standings: Standings): Trouble[] {
  const unseen = new Map<ProbeSight, string[]>();
  const troubles: Trouble[] = [];
  for (const { name, probe } of members) {
    const standing = standings.get(name);
    if (standing?.kind === 'absent') troubles.push({ kind: 'absent', members: [name] });
    if (standing?.kind === 'out') {
      troubles.push({ kind: 'out', members: [name], role: standing.role });
    }
    if (standing?.kind === 'unseen') unseen.set(probe, [...(unseen.get(probe) ?? []), name]);
  }
  troubles.sort((a, b) => a.kind.localeCompare(b.kind, 'en'));
  return [
    ...troubles,
    ...[...unseen].map(([probe, names]): Trouble => ({ kind: 'unseen', members: names, probe })),
  ];
}

function cutTroubles(partition: PartialPartition | null): Trouble[] {
  if (partition === null) return [];
  const members = [...new Set(partition.pairs.flatMap(({ between }) => between))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  return [{ kind: 'cut', members, partition }];
}

function leaderTroubles({ leaders }: EnsembleView): Trouble[] {
  return leaders.length > 1 ? [{ kind: 'leaders', members: leaders }] : [];
}

/** Voters that the leader does not count, beyond those that are known to be missing. */
function uncounted(
  view: EnsembleView,
  voters: Voters,
  standings: Standings,
  links: readonly Trouble[],
): Trouble[] {
  if (votesCounted(view) === null || voters.size === null) return [];
  const unlinked = new Set(
    links
      .filter(({ members }) => members.some((name) => view.leaders.includes(name)))
      .flatMap(({ members }) => members.filter((name) => !view.leaders.includes(name))),
  );
  const known = view.members.filter(
    ({ name, voter }) =>
      voter && (unlinked.has(name) || ['absent', 'out'].includes(standings.get(name)?.kind ?? '')),
  );
  const missing = voters.size - voters.inQuorum - known.length;
  return missing > 0 ? [{ kind: 'uncounted', members: [], voters: missing }] : [];
}

/** Needed links between members that are both in the quorum; of the others more is said already. */
function linkTroubles({ links }: EnsembleView, standings: Standings): Trouble[] {
  return links.flatMap((link): Trouble[] => {
    const { role, between, need } = link;
    const isInQuorum = between.every((name) => standings.get(name)?.kind === 'in');
    if (need !== 'needed' || !isInQuorum) return [];
    const sign = jointSign(link);
    const isBad = sign === 'missing' || sign === 'one-sided' || sign === 'troubled';
    return isBad ? [{ kind: 'link', members: between, role, sign }] : [];
  });
}
