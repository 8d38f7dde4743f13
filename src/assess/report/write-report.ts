import type { Readiness } from '../../model/readiness.ts';
import type { Report, Verdict } from '../../model/report.ts';
import { SCHEMA_VERSION } from '../../model/vocabulary.ts';
import { type OwnReport, viewEnsemble } from '../ensemble/ensemble.ts';
import { reportEnsemble } from '../ensemble/report-ensemble.ts';
import { listCondition, type Moments, roleCondition } from '../ensemble/sights.ts';
import { ensembleFindings } from '../findings/ensemble.ts';
import type { Diagnosis } from '../findings/finding.ts';
import { diagnose } from '../findings/index.ts';
import { partitionFinding } from '../findings/partition.ts';
import type { HeldConditions } from '../quorum/held.ts';
import { observerNames } from '../quorum/members.ts';
import { inQuorumOf } from '../quorum/membership.ts';
import { type Standing, votesOf } from '../quorum/standing.ts';
import type { Scene } from '../scene/scene.ts';
import { reportAsked } from './asked-report.ts';
import { runChecks } from './checks.ts';
import { reportPeersWithVitals } from './peer-vitals.ts';
import { ADDRESS_CAP, reportLinks, reportPorts } from './ports.ts';
import { reportReadiness } from './report-readiness.ts';

export interface Written {
  readonly report: Report;
  /** What is wrong with the ensemble, for the next report to know since when. */
  readonly troubles: HeldConditions;
}

/** The report, with what the members' reports say together where their probes are asked. */
export function writeReport(scene: Scene, readiness: Readiness, before: HeldConditions): Written {
  const alone = write(scene, readiness, []);
  const { asked } = scene.observation;
  const { profile, podName } = scene.settings;
  const answers = asked.peers?.answer.answers ?? null;
  const observers = observerNames(scene.members, podName);
  const view = viewEnsemble({ own: alone, answers, profile, observers });
  const seen = scene.settings.persistMs === 0 ? 'once' : 'repeatedly';
  const moment = scene.observation;
  const { ensemble, partition, held } = reportEnsemble(view, profile.quorum, before, moment, seen);
  const together =
    asked.peers === null
      ? []
      : [
          ...partitionFinding(partition, view, profile),
          ...ensembleFindings(view, momentsOf(scene, asked.peers.answer.sights), profile.advice),
        ];
  const own = together.length === 0 ? alone : write(scene, readiness, together);
  return { report: { ...own, ensemble }, troubles: held };
}

function momentsOf(scene: Scene, sights: Moments['sights']): Moments {
  const { held, nowMs } = scene.persistence;
  const sinceMs = (condition: string): number => held.get(condition)?.sinceMs ?? nowMs;
  return {
    sights,
    roleSinceMs: sinceMs(roleCondition(scene.standing)),
    listSinceMs: sinceMs(listCondition(scene.settings.ensemble)),
  };
}

function write(scene: Scene, readiness: Readiness, together: readonly Diagnosis[]): OwnReport {
  const { observation, settings, folded, standing, persistence, table } = scene;
  const findings = diagnose(scene, together);
  const checks = runChecks(scene, findings);
  return {
    schemaVersion: SCHEMA_VERSION,
    at: observation.at,
    member: { name: settings.podName, addresses: folded.podAddresses.slice(0, ADDRESS_CAP) },
    profile: settings.profile.name,
    profileBy: settings.profileBy ?? null,
    role: standing.role,
    inQuorum: inQuorumOf(standing.inQuorum),
    ready: readiness.kind === 'ready',
    readiness: reportReadiness(readiness, observation, checks, findings),
    bootstrap: scene.bootstrap,
    verdict: verdictOf(standing, readiness, checks, findings),
    // Only the agent knows it, and adds it.
    stopping: null,
    quorum: quorumOf(standing),
    checks,
    findings,
    ports: reportPorts(table, folded, settings, standing, persistence),
    links: reportLinks(scene),
    peers: reportPeersWithVitals(scene),
    mesh: { kind: folded.mesh.kind, inbound: folded.mesh.inbound },
    counters: observation.counters,
    interfaces: [...observation.interfaces],
    certificate: observation.certificate,
    asked: reportAsked(observation.asked),
    scan: observation.scan,
  };
}

function verdictOf(
  standing: Standing,
  readiness: Readiness,
  checks: Report['checks'],
  findings: Report['findings'],
): Verdict {
  if (readiness.kind === 'ready' && readiness.by === 'bootstrap') return 'degraded';
  if (readiness.kind === 'unknown') return 'unknown';
  if (standing.inQuorum.kind === 'out') return 'broken';
  const flawed =
    checks.some((check) => check.status === 'warn' || check.status === 'fail') ||
    findings.some((finding) => finding.severity !== 'info');
  return flawed ? 'degraded' : 'healthy';
}

function quorumOf(standing: Standing): Report['quorum'] {
  const { size, majority } = standing;
  const votes = standing.role === 'standalone' ? 1 : votesOf(standing);
  const margin =
    votes !== null && majority !== null && size !== null ? Math.min(votes, size) - majority : null;
  return { size, majority, votes, margin };
}
