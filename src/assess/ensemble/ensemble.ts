import { isIP } from 'node:net';
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

/** What is asked of `viewEnsemble`. */
export interface EnsembleEvidence {
  readonly own: Report;
  /** The answers of the peers' probes, by the peers' names in the own report. */
  readonly answers: ReadonlyMap<string, PeerAnswer>;
  readonly profile: Pick<Profile, 'ports'>;
}

/** What other members would read of a report of this release. */
export function wholeReport(report: Report): MemberReport {
  const { at, member, role, inQuorum, ready, verdict, links, peers } = report;
  const { size, votes } = report.quorum;
  return {
    ...{ schema: 'same', at, member, role, inQuorum, ready, verdict },
    quorum: { size, votes },
    links: { entries: links, isWhole: true },
    peers: { entries: peers, isWhole: true },
  };
}

/** Puts this member's report and its peers' side by side. */
export function viewEnsemble({ own, answers, profile }: EnsembleEvidence): EnsembleView {
  const reports = reportsByName(own, answers);
  const nameOf = knownNames(own, reports);
  const members = membersOf(own, answers);
  const ofOther = (name: string): boolean => reports.get(name)?.schema === 'other';
  const leaders = leadersOf(members);
  const specs = profile.ports.filter(isPeerPort);
  const roleOf = (name: string): MemberRole => reports.get(name)?.role ?? 'unknown';
  const links = specs.flatMap((spec) =>
    pairs(members.map(({ name }) => name)).map(([a, b]): EnsembleLink => {
      const sight: readonly [LinkSight, LinkSight] = [
        sightOf(reports.get(a), b, spec.role, nameOf),
        sightOf(reports.get(b), a, spec.role, nameOf),
      ];
      const oneSided = sight.includes('up') && sight.includes('none') && !ofOther(a) && !ofOther(b);
      const need = needOf(spec, [a, b], roleOf, leaders);
      return { role: spec.role, between: [a, b], sight, oneSided, need };
    }),
  );
  return {
    at: own.at,
    roles: specs.map(({ role }) => role),
    members,
    links,
    leaders,
    mismatches: mismatchesOf(own, reports, nameOf),
  };
}

function membersOf(own: Report, answers: ReadonlyMap<string, PeerAnswer>): EnsembleMember[] {
  const self: EnsembleMember = {
    name: own.member.name,
    self: true,
    probe: 'self',
    rttMs: null,
    report: standingIn(wholeReport(own)),
  };
  const peers = own.peers.map(({ name }): EnsembleMember => {
    const answer = answers.get(name);
    const answered = answer?.kind === 'answered' ? answer : null;
    const hasAnswered = answer?.kind === 'answered' || answer?.kind === 'not-understood';
    return {
      name,
      self: false,
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

function reportsByName(
  own: Report,
  answers: ReadonlyMap<string, PeerAnswer>,
): ReadonlyMap<string, MemberReport> {
  const reports = new Map<string, MemberReport>([[own.member.name, wholeReport(own)]]);
  for (const [name, answer] of answers) {
    if (answer.kind === 'answered' && name !== own.member.name) reports.set(name, answer.report);
  }
  return reports;
}

/** The name here of a member that another report calls by its own name, its pod's or its address. */
type Naming = (text: string) => string;

/**
 * Two members may know a third by other names, as one configured by address and one by host. The own
 * list of members goes first; then what a member says of itself; then the addresses that others give
 * with a name; last a name whose first label, the pod's, is one member's alone.
 */
function knownNames(own: Report, reports: ReadonlyMap<string, MemberReport>): Naming {
  const names = new Map<string, string>();
  const learn = (texts: readonly string[], name: string): void => {
    for (const text of texts) if (!names.has(text)) names.set(text, name);
  };
  learn([own.member.name], own.member.name);
  for (const { name } of own.peers) learn([name], name);
  for (const { name, addresses } of own.peers) learn(addresses, name);
  learn(own.member.addresses, own.member.name);
  for (const [name, { member }] of reports) {
    learn([...(member.name === null ? [] : [member.name]), ...member.addresses], name);
  }
  for (const { peers } of reports.values()) {
    for (const { name, addresses } of peers.entries) {
      const known = addresses.map((address) => names.get(address)).find((one) => one !== undefined);
      if (known !== undefined) learn([name], known);
    }
  }
  const members = [own.member.name, ...own.peers.map(({ name }) => name)];
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || isIP(text) !== 0) return known ?? text;
    const alike = members.filter(
      (name) => isIP(name) === 0 && firstLabel(name) === firstLabel(text),
    );
    return alike.length === 1 ? (alike[0] ?? text) : text;
  };
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name;
}

function sightOf(
  report: MemberReport | undefined,
  other: string,
  role: string,
  nameOf: Naming,
): LinkSight {
  if (report === undefined || report.verdict === 'unknown') return 'unknown';
  const links = report.links.entries.filter((link) => link.role === role);
  const own = links.filter(({ peer }) => peer !== null && nameOf(peer) === other);
  if (own.some(({ state }) => state === 'up')) return 'up';
  if (own.some(({ state }) => state !== 'unknown')) return 'troubled';
  const isNone = report.links.isWhole && own.length === 0;
  return isNone && links.every(({ peer }) => peer !== null) ? 'none' : 'unknown';
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

function pairs(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap((a, at) => names.slice(at + 1).map((b) => [a, b] as const));
}

function mismatchesOf(
  own: Report,
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
