import type { MemberPath } from '../../model/diagnosis.ts';

/** Members that nothing connects with the others, though packets were sent. */
export interface CutGroup {
  readonly members: readonly string[];
  readonly others: readonly string[];
  /** The ways between the two that lose packets. */
  readonly lost: readonly MemberPath[];
  /** `from-members`: what they send is lost, and what the others send arrives; `to-members` the other way round. */
  readonly direction: 'both' | 'from-members' | 'to-members';
}

const LOSING: ReadonlySet<MemberPath['kind']> = new Set(['cut', 'one-way', 'half-open']);

/**
 * The groups that are cut off from the largest one: no way between them is known to be connected, and one
 * at least loses packets. A way that is not known may connect, and joins its ends.
 */
export function cutGroups(names: readonly string[], paths: readonly MemberPath[]): CutGroup[] {
  const groups = groupsOf(names, paths);
  const [, ...rest] = [...groups].sort((a, b) => b.length - a.length);
  return rest.flatMap((members) => {
    const others = names.filter((name) => !members.includes(name));
    const lost = paths.filter(
      ({ kind, between }) =>
        LOSING.has(kind) && between.filter((name) => members.includes(name)).length === 1,
    );
    return lost.length === 0
      ? []
      : [{ members, others, lost, direction: directionOf(members, lost) }];
  });
}

function groupsOf(names: readonly string[], paths: readonly MemberPath[]): string[][] {
  let groups = names.map((name) => [name]);
  for (const { kind, between } of paths) {
    if (kind !== 'connected' && kind !== 'unknown') continue;
    const joined = groups.filter((group) => between.some((name) => group.includes(name)));
    if (joined.length < 2) continue;
    const whole = names.filter((name) => joined.some((group) => group.includes(name)));
    groups = [...groups.filter((group) => !joined.includes(group)), whole];
  }
  return groups;
}

/** One direction alone is only said where the other was seen to work. */
function directionOf(
  members: readonly string[],
  lost: readonly MemberPath[],
): CutGroup['direction'] {
  const from = lost.filter((path) => path.lost !== null && members.includes(path.lost.from));
  const oneWay =
    lost.every(({ kind }) => kind === 'one-way') && lost.some(({ otherArrives }) => otherArrives);
  if (!oneWay) return 'both';
  if (from.length === lost.length) return 'from-members';
  return from.length === 0 ? 'to-members' : 'both';
}
