import type { EnsembleLink, EnsembleMember, EnsembleView } from '../../model/ensemble.ts';
import type { QuorumRule } from '../../model/profile.ts';
import type { MemberRole } from '../../model/report.ts';

/** Where one member stands, by its own report and by what the others see of it. */
export type MemberStanding =
  | { readonly kind: 'in' }
  /** It runs and is in no quorum. */
  | { readonly kind: 'out'; readonly role: MemberRole }
  /** It does not run, or those who need a link with it have none. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unseen' };

const UNSEEN: MemberStanding = { kind: 'unseen' };

/** Where each member stands, by name. */
export function standingsOf(
  view: EnsembleView,
  rule: QuorumRule,
): ReadonlyMap<string, MemberStanding> {
  const inside = new Set(view.members.filter(isInside).map(({ name }) => name));
  const links = 'port' in rule ? view.links.filter(({ role }) => role === rule.port) : [];
  const byMember = linksByMember(links);
  return new Map(
    view.members.map(
      (member) =>
        [member.name, standingOf(member, byMember.get(member.name) ?? [], inside)] as const,
    ),
  );
}

function linksByMember(links: readonly EnsembleLink[]): ReadonlyMap<string, EnsembleLink[]> {
  const byMember = new Map<string, EnsembleLink[]>();
  for (const link of links) {
    for (const name of link.between) {
      const own = byMember.get(name);
      if (own === undefined) byMember.set(name, [link]);
      else own.push(link);
    }
  }
  return byMember;
}

/** Whether a member's own report, which was understood, says that it is in a quorum. */
export function isInside({ report }: EnsembleMember): boolean {
  return report?.inQuorum === true && report.verdict !== 'unknown';
}

/** `links` are the member's own. */
function standingOf(
  member: EnsembleMember,
  links: readonly EnsembleLink[],
  inside: ReadonlySet<string>,
): MemberStanding {
  const { name, report } = member;
  if (report !== null && report.verdict !== 'unknown') {
    if (report.role === 'absent') return { kind: 'absent' };
    if (report.inQuorum !== null) {
      return report.inQuorum ? { kind: 'in' } : { kind: 'out', role: report.role };
    }
  }
  return bySight(links, name, inside);
}

/** By those who are in a quorum: who is linked with one of them where a link is needed belongs to it. */
function bySight(
  links: readonly EnsembleLink[],
  name: string,
  inside: ReadonlySet<string>,
): MemberStanding {
  const seen = links.flatMap(({ between: [a, b], sight: [fromA, fromB], need }) => {
    const other = a === name ? b : a;
    if (!inside.has(other)) return [];
    const sight = a === name ? fromB : fromA;
    return sight === 'none' && need !== 'needed' ? [] : [sight];
  });
  if (seen.includes('up')) return { kind: 'in' };
  if (seen.length === 0 || seen.includes('unknown')) return UNSEEN;
  return seen.every((sight) => sight === 'none')
    ? { kind: 'absent' }
    : { kind: 'out', role: 'unknown' };
}
