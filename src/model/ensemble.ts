import type { PeerAnswer } from './evidence.ts';
import type { MemberRole, Reach, Verdict } from './vocabulary.ts';

/**
 * What one end says of its link with the other: `up`; `troubled`, which is stalled, being opened or being
 * closed; `none`; `unknown` where there is no report, or a mesh hides whose links they are.
 */
export const LINK_SIGHTS = ['up', 'troubled', 'none', 'unknown'] as const;
export type LinkSight = (typeof LINK_SIGHTS)[number];

/** How this member's question to a member's probe ended; `self` is not asked. */
export type ProbeSight = 'self' | PeerAnswer['kind'];

export interface EnsembleMember {
  /** As configured here. */
  readonly name: string;
  readonly self: boolean;
  /** False for one that is configured as an observer. */
  readonly voter: boolean;
  /** Its pod, as its own probe names it; `null` where there is no report. */
  readonly pod: string | null;
  readonly probe: ProbeSight;
  readonly rttMs: number | null;
  /** `null` where there is no report. */
  readonly report: {
    /** `other`: a probe of another release, whose report may mean more than is understood here. */
    readonly schema: 'same' | 'other';
    readonly role: MemberRole;
    readonly inQuorum: boolean | null;
    readonly ready: boolean | null;
    readonly verdict: Verdict;
    readonly votes: number | null;
    readonly size: number | null;
  } | null;
}

/**
 * Whether two members need a link of a role for all to be well, by the shape of its links and the members'
 * roles; `unknown` where it depends on who leads, which nobody knows.
 */
export const LINK_NEEDS = ['needed', 'not-needed', 'unknown'] as const;
export type LinkNeed = (typeof LINK_NEEDS)[number];

/** The links of one role between two members, each pair once. */
export interface EnsembleLink {
  readonly role: string;
  /** The ends, in the order of the members. */
  readonly between: readonly [string, string];
  /** What each of them sees of the other. */
  readonly sight: readonly [LinkSight, LinkSight];
  /** One end sees it up and the other, whose report hides nothing, sees nothing. */
  readonly oneSided: boolean;
  readonly need: LinkNeed;
}

/** What one end's sight of a link comes to; `missing` is needed and not there. */
export const LINK_SIGNS = [
  'linked',
  'one-sided',
  'troubled',
  'missing',
  'not-needed',
  'unknown',
] as const;
export type LinkSign = (typeof LINK_SIGNS)[number];

const SIGNS_BY_NEED: Readonly<Record<LinkNeed, LinkSign>> = {
  needed: 'missing',
  'not-needed': 'not-needed',
  unknown: 'unknown',
};

/** The sign of one role in the cell of two members, as `from` sees the other. */
export function linkSign(view: EnsembleView, role: string, from: string, to: string): LinkSign {
  const link = view.links.find(
    (one) => one.role === role && one.between.includes(from) && one.between.includes(to),
  );
  if (link === undefined) return 'unknown';
  const [own, other] = link.between[0] === from ? link.sight : [link.sight[1], link.sight[0]];
  return signOf(link, own, other);
}

/** The sign of a link as its two ends together have it: the worse of both. */
export function jointSign(link: EnsembleLink): LinkSign {
  const [a, b] = link.sight;
  const signs = [signOf(link, a, b), signOf(link, b, a)];
  return WORST_FIRST.find((sign) => signs.includes(sign)) ?? 'unknown';
}

const WORST_FIRST: readonly LinkSign[] = [
  'missing',
  'one-sided',
  'troubled',
  'linked',
  'not-needed',
  'unknown',
];

/** A needed link that one end knows to be missing or troubled is so for the other too, if that end cannot see. */
function signOf({ oneSided, need }: EnsembleLink, own: LinkSight, other: LinkSight): LinkSign {
  if (oneSided) return 'one-sided';
  switch (own) {
    case 'up':
      return 'linked';
    case 'troubled':
      return 'troubled';
    case 'none':
      return SIGNS_BY_NEED[need];
    case 'unknown':
      if (need !== 'needed') return 'unknown';
      return other === 'none' ? 'missing' : other === 'troubled' ? 'troubled' : 'unknown';
  }
}

/** What the members say together. */
export interface EnsembleView {
  /** When this member's own report was made, ISO 8601. */
  readonly at: string;
  /** Whether the other members' probes are asked; where not, all is what this member sees itself. */
  readonly asked: boolean;
  /** How many voters there are, and how many of them make a majority; `null` where that is not known. */
  readonly quorum: { readonly size: number | null; readonly majority: number | null };
  /** Roles of the ports between members, in the profile's order. */
  readonly roles: readonly string[];
  readonly members: readonly EnsembleMember[];
  readonly links: readonly EnsembleLink[];
  /**
   * Names of the members that lead, by their own sockets; by reports of another schema only where no
   * other member leads.
   */
  readonly leaders: readonly string[];
  /** What the members say of their reach of each other; empty while everybody is answered by all, as far as is known. */
  readonly reaches: readonly MemberReach[];
  /** Members whose list of members differs from the one here. */
  readonly mismatches: readonly MemberListMismatch[];
}

/** What one member says of its reach of another one. */
export interface MemberReach {
  readonly from: string;
  readonly to: string;
  readonly reach: Reach;
}

export interface MemberListMismatch {
  readonly name: string;
  /** Known there and not here. */
  readonly more: readonly string[];
  /** Known here and not there. */
  readonly fewer: readonly string[];
}
