import type { Collection } from '../../model/collection.ts';
import type { Cause, DiagnosedMember, EnsembleDiagnosis, Health } from '../../model/diagnosis.ts';
import type { EnsembleDocument } from '../../model/ensemble-document.ts';
import type { MemberReport, PeerAnswer } from '../../model/evidence.ts';
import type { MeshKind } from '../../model/link.ts';
import type { Report } from '../../model/report.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { viewEnsemble, wholeReport } from '../ensemble/ensemble.ts';
import { pairsOf } from '../ensemble/partition.ts';
import { reportEnsemble } from '../ensemble/report-ensemble.ts';
import { causesOf } from './causes.ts';
import type { Judged } from './judged.ts';
import { isDown, type JudgedMember, judgeMember, type ObservedMember } from './members.ts';
import { type PathEnd, pathsBetween } from './paths.ts';
import { summaryOf } from './summary.ts';

/** All that the judging of an ensemble needs. */
export interface EnsembleEvidence
  extends Pick<
    Collection,
    'at' | 'target' | 'namespace' | 'size' | 'surroundings' | 'gaps' | 'damage'
  > {
  /** In their order, those of whom nothing was got included. */
  readonly members: readonly ObservedMember[];
  /** Settings for one look; the pod's name is each member's own. */
  readonly settings: JudgeSettings;
  /** By what the profile is known. */
  readonly profileBy: string;
}

/** Judges all members of an ensemble together. Pure: the same collection always gives the same diagnosis. */
export function diagnoseEnsemble(evidence: EnsembleEvidence): EnsembleDiagnosis {
  const { settings } = evidence;
  const { profile } = settings;
  const members = evidence.members.map((member) => judgeMember(member, settings));
  const paths = pathsBetween(members.flatMap(pathEnd));
  const ensemble = ensembleOf(members, evidence);
  const quorum = quorumOf(ensemble);
  const pairs = ensemble === null ? [] : pairsOf(ensemble);
  const { surroundings } = evidence;
  const causes = causesOf({ members, paths, surroundings, profile, pairs, quorum });
  const gaps = [...evidence.damage, ...gapsOf(evidence, members)];
  const health = healthOf(evidence, members, ensemble, causes);
  return {
    schemaVersion: 1,
    at: evidence.at,
    target: evidence.target,
    namespace: evidence.namespace,
    health,
    summary: summaryOf({ evidence, members, ensemble, causes, health }),
    profile: { name: profile.name, by: evidence.profileBy },
    size:
      evidence.size.kind === 'known'
        ? { members: evidence.size.members, by: evidence.size.by }
        : { members: null, by: evidence.size.reason },
    mesh: meshOf(members),
    causes,
    members: members.map(diagnosed),
    paths,
    ensemble,
    gaps,
  };
}

function pathEnd({ name, evidence, report }: JudgedMember): PathEnd[] {
  const [first, second] = evidence.reads;
  const [before, now] = [first?.observation.table, second?.observation.table];
  if (!first || !second || !before || !now || report === null) return [];
  return [
    {
      name,
      addresses: evidence.facts.addresses,
      mesh: report.mesh.kind,
      hostNetwork: evidence.facts.hostNetwork,
      reads: [
        { ...first, table: before },
        { ...second, table: now },
      ],
    },
  ];
}

/** The same value that the probes and the page show, from the first member that was seen. */
function ensembleOf(
  members: readonly JudgedMember[],
  { settings: { profile, ensemble }, at }: EnsembleEvidence,
): EnsembleDocument | null {
  const own = members.find(({ report }) => report !== null && report.verdict !== 'unknown');
  if (own === undefined || own.report === null) return null;
  const others = members.filter(({ name }) => name !== own.name);
  const answers = new Map(
    others.map((member): [string, PeerAnswer] => [member.name, answerOf(member)]),
  );
  const configured = ensemble.kind === 'members' ? ensemble.members : [];
  const view = viewEnsemble({
    own: withPeers(own.report, others),
    answers,
    profile,
    observers: new Set(configured.filter(({ observer }) => observer).map(({ name }) => name)),
  });
  const moment = { nowMs: 0, at };
  const { ensemble: state } = reportEnsemble(view, profile.quorum, new Map(), moment);
  return { schemaVersion: 1, ...state, ...view };
}

/** Where the size is not known, the members that were found stand for those that are configured. */
function withPeers(report: Report, others: readonly JudgedMember[]): Report {
  if (report.peers.length > 0) return report;
  return {
    ...report,
    peers: others.map(({ name, evidence: { facts } }) => ({
      ...{ name, addresses: [...facts.addresses] },
      status: 'unknown',
      reach: 'unknown',
      vitals: null,
    })),
  };
}

function answerOf(member: JudgedMember): PeerAnswer {
  const { report, evidence } = member;
  if (report !== null) return { kind: 'answered', rttMs: 0, report: wholeReport(report) };
  if (isDown(member)) return { kind: 'answered', rttMs: 0, report: absentReport(member) };
  if (evidence.probe !== null) return { kind: 'answered', rttMs: 0, report: evidence.probe };
  return { kind: 'not-asked', reason: evidence.facts.unread ?? 'it was not read' };
}

/** What a probe would report of a member of which nothing runs, by Kubernetes' own word. */
function absentReport({ name, evidence: { facts } }: JudgedMember): MemberReport {
  return {
    ...{ schema: 'same', at: null, member: { name, addresses: facts.addresses } },
    ...{ role: 'absent', inQuorum: false, ready: false, verdict: 'broken', stopping: null },
    quorum: { size: null, votes: null },
    links: { entries: [], isWhole: true },
    peers: { entries: [], isWhole: false },
  };
}

function quorumOf(ensemble: EnsembleDocument | null): Judged['quorum'] {
  switch (ensemble?.verdict) {
    case 'healthy':
    case 'degraded':
      return 'present';
    case 'broken':
      return 'lost';
    default:
      return 'unknown';
  }
}

function meshOf(members: readonly JudgedMember[]): MeshKind {
  const kinds = members.flatMap(({ report }) => (report === null ? [] : [report.mesh.kind]));
  return kinds.find((kind) => kind !== 'none' && kind !== 'unknown') ?? kinds[0] ?? 'unknown';
}

function diagnosed({ evidence: { facts, probe }, report }: JudgedMember): DiagnosedMember {
  const { hostNetwork: _, failure: __, ...rest } = facts;
  return {
    ...rest,
    seenBy: report !== null ? 'tables' : probe !== null ? 'probe' : 'nothing',
    probe:
      probe === null
        ? null
        : { verdict: probe.verdict, role: probe.role, inQuorum: probe.inQuorum },
    report,
  };
}

function gapsOf({ size, gaps }: EnsembleEvidence, members: readonly JudgedMember[]): string[] {
  return [
    ...(size.kind === 'known'
      ? []
      : [`the number of members is unknown: ${size.reason}; set --ensemble-size`]),
    ...members.flatMap(({ name, evidence: { facts, reads } }) =>
      facts.unread === null
        ? []
        : [
            `${name} ${reads.length === 0 ? 'could not be read' : 'was read only once'}: ${facts.unread}`,
          ],
    ),
    ...gaps,
  ];
}

/**
 * `not-healthy` where something that was seen is wrong, `healthy` only where every member was read twice and
 * is well, and everything else cannot be told.
 */
function healthOf(
  { size, damage }: EnsembleEvidence,
  members: readonly JudgedMember[],
  ensemble: EnsembleDocument | null,
  causes: readonly Cause[],
): Health {
  if (damage.length > 0) return 'unknown';
  const wrong = members.some(
    ({ report, evidence: { probe } }) =>
      report?.verdict === 'broken' || report?.verdict === 'degraded' || probe?.verdict === 'broken',
  );
  const found = causes.some(
    ({ severity, members: who, certainty }) =>
      severity === 'critical' ||
      (severity === 'warning' && (who.length > 0 || certainty === 'confirmed')),
  );
  const isWrong = ensemble?.verdict === 'degraded' || ensemble?.verdict === 'broken';
  if (wrong || found || isWrong || members.some(isDown)) return 'not-healthy';
  const allWell = members.every(
    ({ report, evidence: { facts } }) =>
      facts.unread === null && report?.verdict === 'healthy' && report.inQuorum !== false,
  );
  const isAll = size.kind === 'known' && size.members === members.length;
  return allWell && isAll && ensemble?.verdict === 'healthy' ? 'healthy' : 'unknown';
}
