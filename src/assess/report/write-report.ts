import type { Readiness } from '../../model/readiness.ts';
import type { Report, Verdict } from '../../model/report.ts';
import { SCHEMA_VERSION } from '../../model/vocabulary.ts';
import { viewEnsemble } from '../ensemble/ensemble.ts';
import { listCondition, type Moments, roleCondition } from '../ensemble/sights.ts';
import { ensembleFindings } from '../findings/ensemble.ts';
import type { Diagnosis } from '../findings/finding.ts';
import { diagnose } from '../findings/index.ts';
import { inQuorumOf } from '../quorum/membership.ts';
import { type Standing, votesOf } from '../quorum/standing.ts';
import type { Scene } from '../scene/scene.ts';
import { reportAsked } from './asked-report.ts';
import { runChecks } from './checks.ts';
import { ADDRESS_CAP, reportLinks, reportPorts } from './ports.ts';
import { reportReadiness } from './report-readiness.ts';

/** The report, with what only the members' reports say together where their probes are asked. */
export function writeReport(scene: Scene, readiness: Readiness): Report {
  const own = write(scene, readiness, []);
  const { peers } = scene.observation.asked;
  if (peers === null) return own;
  const { profile } = scene.settings;
  const view = viewEnsemble({ own, answers: peers.answer.answers, profile });
  const together = ensembleFindings(view, momentsOf(scene, peers.answer.sights), profile.advice);
  return together.length === 0 ? own : write(scene, readiness, together);
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

function write(scene: Scene, readiness: Readiness, together: readonly Diagnosis[]): Report {
  const { observation, settings, folded, standing, persistence, table } = scene;
  const findings = diagnose(scene, together);
  const checks = runChecks(scene, findings);
  return {
    schemaVersion: SCHEMA_VERSION,
    at: observation.at,
    member: { name: settings.podName, addresses: folded.podAddresses.slice(0, ADDRESS_CAP) },
    profile: settings.profile.name,
    role: standing.role,
    inQuorum: inQuorumOf(standing.inQuorum),
    ready: readiness.kind === 'ready',
    readiness: reportReadiness(readiness, observation, checks, findings),
    bootstrap: scene.bootstrap,
    verdict: verdictOf(standing, readiness, checks, findings),
    quorum: quorumOf(standing),
    checks,
    findings,
    ports: reportPorts(table, folded, settings, standing, persistence),
    links: reportLinks(scene),
    peers: [...scene.peers],
    mesh: { kind: folded.mesh.kind, inbound: folded.mesh.inbound },
    counters: observation.counters,
    interfaces: [...observation.interfaces],
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
