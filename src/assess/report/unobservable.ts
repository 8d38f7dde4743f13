import type { Report } from '../../model/report.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { countsByState } from '../../model/socket.ts';
import { SCHEMA_VERSION } from '../../model/vocabulary.ts';
import { unseenEnsemble } from '../ensemble/report-ensemble.ts';
import { toFindings } from '../findings/finding.ts';
import { resolveMembers, voterCount } from '../quorum/members.ts';
import { majorityOf } from '../quorum/standing.ts';
import type { Observation } from '../scene/observation.ts';
import { reportAsked } from './asked-report.ts';
import { checkNames } from './checks.ts';

/** The report of a scan that saw nothing: unknown, never healthy. */
export function unobservable(observation: Observation, settings: JudgeSettings): Report {
  const size = voterCount(settings.ensemble);
  const reason = observation.scan.error ?? 'the first scan is under way';
  return {
    schemaVersion: SCHEMA_VERSION,
    at: observation.at,
    member: { name: settings.podName, addresses: [...(observation.podAddresses ?? [])] },
    profile: settings.profile.name,
    profileBy: settings.profileBy ?? null,
    role: 'unknown',
    inQuorum: null,
    ready: false,
    readiness: notKnown(null, reason),
    bootstrap: false,
    verdict: 'unknown',
    stopping: null,
    quorum: {
      size,
      majority: majorityOf(settings),
      votes: null,
      margin: null,
    },
    checks: checkNames(settings.profile).map((name) => ({
      name,
      status: name === 'scan' && observation.scan.error !== null ? 'fail' : 'unknown',
      reason,
    })),
    findings: observation.scan.error === null ? [] : toFindingList(cannotLook(reason)),
    ports: settings.profile.ports.flatMap((spec) =>
      spec.ports.map((port) => ({
        port,
        role: spec.role,
        listener: null,
        links: { inbound: 0, outbound: 0, stalled: 0, connecting: 0, expected: null },
        unreadBytes: 0,
        unackedBytes: 0,
        states: countsByState(),
      })),
    ),
    links: [],
    peers: peersUnknown(settings, observation),
    ensemble: unseenEnsemble(size),
    mesh: { kind: 'unknown', inbound: 'unknown' },
    counters: observation.counters,
    interfaces: [...observation.interfaces],
    certificate: observation.certificate,
    asked: reportAsked(observation.asked),
    scan: observation.scan,
  };
}

/** A report that has become too old to be believed. */
export function outdated(report: Report, ageMs: number): Report {
  const reason = `the newest scan is ${Math.round(ageMs / 1000)} s old`;
  return {
    ...report,
    role: 'unknown',
    inQuorum: null,
    ready: false,
    readiness: notKnown(report.at, reason),
    bootstrap: false,
    verdict: 'unknown',
    quorum: { ...report.quorum, votes: null, margin: null },
    peers: report.peers.map((peer) => ({ ...peer, status: 'unknown', vitals: null })),
    ensemble: unseenEnsemble(report.quorum.size),
    checks: report.checks.map((check) => ({
      name: check.name,
      status: check.name === 'scan' ? 'fail' : 'unknown',
      reason,
    })),
    findings: toFindingList(cannotLook(reason)),
  };
}

function notKnown(since: string | null, reason: string): Report['readiness'] {
  return { state: 'unknown', by: null, since, until: null, reason };
}

type Blindness = Parameters<typeof toFindings>[0][number];

function toFindingList(blindness: Blindness): Report['findings'] {
  return toFindings([blindness]);
}

function cannotLook(reason: string): Blindness {
  return {
    code: 'stale-scan',
    certainty: 'confirmed',
    summary: `The probe cannot see this pod's sockets: ${reason}.`,
    evidence: [reason],
    cause: 'The socket table cannot be read, or the probe gets no CPU time.',
    remedy:
      "Check that /proc is mounted and readable in the probe's container, and its CPU limit and throttling.",
  };
}

function peersUnknown(
  { ensemble, podName }: JudgeSettings,
  { names, podAddresses }: Observation,
): Report['peers'] {
  return resolveMembers(ensemble, names, podName, podAddresses ?? [])
    .filter((member) => !member.self)
    .map(({ name, addresses }) => ({
      name,
      addresses: [...addresses],
      status: 'unknown',
      reach: 'unknown',
      vitals: null,
    }));
}
