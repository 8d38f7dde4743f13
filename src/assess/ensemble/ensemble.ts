import type {
  EnsembleLink,
  EnsembleMember,
  EnsembleView,
  LinkNeed,
  LinkSight,
  MemberListMismatch,
} from '../../model/ensemble.ts';
import type { MemberReport, PeerAnswer } from '../../model/evidence.ts';
import { isPeerPort, type PortSpec, type Profile } from '../../model/profile.ts';
import type { MemberRole, Report } from '../../model/report.ts';
import { knownNames, type Naming } from './names.ts';
import { MOST_PAIRED } from './partition.ts';
import { reachesOf } from './reaches.ts';

/** This member's report, as far as it is known before the members are put together. */
export type OwnReport = Omit<Report, 'ensemble'>;

/** What is asked of `viewEnsemble`. */
export interface EnsembleEvidence {
  readonly own: OwnReport;
  /** The answers of the peers' probes, by the peers' names in the own report; `null` where nobody is asked. */
  readonly answers: ReadonlyMap<string, PeerAnswer> | null;
  readonly profile: Pick<Profile, 'ports'>;
  /** The members without a vote, this one by the name in its own report. */
  readonly observers: ReadonlySet<string>;
}

/** What other members would read of a report of this release. */
export function wholeReport(report: OwnReport): MemberReport {
  const { at, member, role, inQuorum, ready, verdict, links, peers } = report;
  const { size, votes } = report.quorum;
  return {
    ...{ schema: 'same', at, member, role, inQuorum, ready, verdict },
    stopping: report.stopping?.state ?? null,
    quorum: { size, votes },
    links: { entries: links, isWhole: true },
    peers: { entries: peers, isWhole: true },
  };
}

/** Puts this member's report and its peers' side by side. */
export function viewEnsemble(evidence: EnsembleEvidence): EnsembleView {
  const { own, profile } = evidence;
  const reports = reportsByName(evidence);
  const nameOf = knownNames(own, reports);
  const members = membersOf(evidence);
  const ofOther = (name: string): boolean => reports.get(name)?.schema === 'other';
  const leaders = leadersOf(members);
  const specs = profile.ports.filter(isPeerPort);
  const roleOf = (name: string): MemberRole => reports.get(name)?.role ?? 'unknown';
  const sightOf = sightsOf(reports, nameOf);
  const links = specs.flatMap((spec) =>
    pairsSeen(members, evidence).map(([a, b]): EnsembleLink => {
      const sight: readonly [LinkSight, LinkSight] = [
        sightOf(a, b, spec.role),
        sightOf(b, a, spec.role),
      ];
      const oneSided = sight.includes('up') && sight.includes('none') && !ofOther(a) && !ofOther(b);
      const need = needOf(spec, [a, b], roleOf, leaders);
      return { role: spec.role, between: [a, b], sight, oneSided, need };
    }),
  );
  return {
    at: own.at,
    asked: evidence.answers !== null,
    quorum: { size: own.quorum.size, majority: own.quorum.majority },
    roles: specs.map(({ role }) => role),
    members,
    links,
    leaders,
    reaches: reachesOf(reports, nameOf),
    mismatches: mismatchesOf(own, reports, nameOf),
  };
}

function membersOf({ own, answers, observers }: EnsembleEvidence): EnsembleMember[] {
  const self: EnsembleMember = {
    name: own.member.name,
    self: true,
    voter: !observers.has(own.member.name),
    pod: own.member.name,
    probe: 'self',
    rttMs: null,
    report: standingIn(wholeReport(own)),
  };
  const peers = own.peers.map(({ name }): EnsembleMember => {
    const answer = answers?.get(name);
    const answered = answer?.kind === 'answered' ? answer : null;
    const hasAnswered = answer?.kind === 'answered' || answer?.kind === 'not-understood';
    return {
      name,
      self: false,
      voter: !observers.has(name),
      pod: answered?.report.member.name ?? null,
      probe: answer?.kind ?? 'not-asked',
      rttMs: hasAnswered ? answer.rttMs : null,
      report: answered === null ? null : standingIn(answered.report),
    };
  });
  return [self, ...peers].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function leadersOf(members: readonly EnsembleMember[]): string[] {
  const leading = members.filter(({ report }) => report?.role === 'leader');
  const certain = leading.filter(({ report }) => report?.schema === 'same');
  return (certain.length > 0 ? certain : leading).map(({ name }) => name);
}

function standingIn(report: MemberReport): EnsembleMember['report'] {
  const { schema, role, inQuorum, ready, verdict, quorum } = report;
  return { schema, role, inQuorum, ready, verdict, votes: quorum.votes, size: quorum.size };
}

function reportsByName({ own, answers }: EnsembleEvidence): ReadonlyMap<string, MemberReport> {
  const reports = new Map<string, MemberReport>([[own.member.name, wholeReport(own)]]);
  for (const [name, answer] of answers ?? []) {
    if (answer.kind === 'answered' && name !== own.member.name) reports.set(name, answer.report);
  }
  return reports;
}

type LinkEntries = MemberReport['links']['entries'];

/** What each member's report says of its links of a role with another one. */
function sightsOf(
  reports: ReadonlyMap<string, MemberReport>,
  nameOf: Naming,
): (member: string, other: string, role: string) => LinkSight {
  const byRole = new Map<string, ReadonlyMap<string | null, LinkEntries[number][]>>();
  const linksOf = (member: string, report: MemberReport, role: string) => {
    const key = `${role} ${member}`;
    const known = byRole.get(key) ?? linksByPeer(report.links.entries, role, nameOf);
    byRole.set(key, known);
    return known;
  };
  return (member, other, role) => {
    const report = reports.get(member);
    if (report === undefined || report.verdict === 'unknown') return 'unknown';
    const links = linksOf(member, report, role);
    const own = links.get(other) ?? [];
    if (own.some(({ state }) => state === 'up')) return 'up';
    if (own.some(({ state }) => state !== 'unknown')) return 'troubled';
    const isNone = report.links.isWhole && own.length === 0;
    return isNone && !links.has(null) ? 'none' : 'unknown';
  };
}

/** Links of a role by the peer's name; under `null` those whose peer is hidden. */
function linksByPeer(
  entries: LinkEntries,
  role: string,
  nameOf: Naming,
): ReadonlyMap<string | null, LinkEntries[number][]> {
  const byPeer = new Map<string | null, LinkEntries[number][]>();
  for (const link of entries) {
    if (link.role !== role) continue;
    const name = link.peer === null ? null : nameOf(link.peer);
    const own = byPeer.get(name);
    if (own === undefined) byPeer.set(name, [link]);
    else own.push(link);
  }
  return byPeer;
}

/**
 * Whether a pair needs a link: with the leader alone where links have that shape; else each pair, but one
 * whose link may be closed for being idle only while it elects.
 */
function needOf(
  { links, mayBeIdleCut }: PortSpec,
  pair: readonly [string, string],
  roleOf: (name: string) => MemberRole,
  leaders: readonly string[],
): LinkNeed {
  const roles = pair.map(roleOf);
  switch (links.kind) {
    case 'clients':
    case 'short-lived':
      return 'not-needed';
    case 'hub':
      if (pair.some((name) => leaders.includes(name))) return 'needed';
      return leaders.length > 0 || !roles.includes('unknown') ? 'not-needed' : 'unknown';
    case 'pairwise':
      if (!mayBeIdleCut || roles.includes('looking')) return 'needed';
      return roles.includes('unknown') ? 'unknown' : 'not-needed';
  }
}

/**
 * Where nobody else is asked, only the pairs of which this member is one: of the others nothing is known. So it
 * is where the members are too many.
 */
function pairsSeen(
  members: readonly EnsembleMember[],
  { own, answers }: EnsembleEvidence,
): readonly (readonly [string, string])[] {
  const names = members.map(({ name }) => name);
  const self = own.member.name;
  if (answers === null || names.length > MOST_PAIRED) {
    const selfAt = names.indexOf(self);
    return names.flatMap((name, at) =>
      name === self ? [] : [at < selfAt ? ([name, self] as const) : ([self, name] as const)],
    );
  }
  return names.flatMap((a, at) => names.slice(at + 1).map((b) => [a, b] as const));
}

function mismatchesOf(
  own: OwnReport,
  reports: ReadonlyMap<string, MemberReport>,
  nameOf: Naming,
): readonly MemberListMismatch[] {
  const here = memberSet(own.member.name, wholeReport(own), nameOf);
  return [...reports].flatMap(([name, report]) => {
    // A member that knows the ensemble's size alone has no list to compare, nor has one that is half understood.
    if (!report.peers.isWhole || report.peers.entries.length === 0) return [];
    if (own.peers.length === 0) return [];
    const there = memberSet(name, report, nameOf);
    const more = [...there].filter((member) => !here.has(member));
    const fewer = [...here].filter((member) => !there.has(member));
    return more.length + fewer.length === 0 ? [] : [{ name, more, fewer }];
  });
}

/** `name` is what the member is called here, whatever it calls itself. */
function memberSet(name: string, report: MemberReport, nameOf: Naming): ReadonlySet<string> {
  return new Set([name, ...report.peers.entries.map((peer) => nameOf(peer.name))]);
}
