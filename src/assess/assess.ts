import { fold } from '../links/fold.ts';
import { isStalling, stallOf } from '../links/stall.ts';
import type { Folded } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { Report, Verdict } from '../model/report.ts';
import type { JudgeSettings } from '../model/settings.ts';
import type { Socket } from '../model/socket.ts';
import { reportAsked } from './asked-report.ts';
import { requiredPortsListen, runChecks } from './checks.ts';
import { viewEnsemble } from './ensemble.ts';
import { goesToStranger, linkToStranger } from './findings/addresses.ts';
import { SERVER_DISAGREES, serverDisagreement } from './findings/asked.ts';
import { ensembleFindings } from './findings/ensemble.ts';
import type { Diagnosis } from './findings/finding.ts';
import { diagnose } from './findings/index.ts';
import { linkUnattributed } from './findings/mesh.ts';
import { hangs } from './hang.ts';
import { carry } from './held.ts';
import { cutOff } from './isolation.ts';
import { type Member, resolveMembers } from './members.ts';
import type { CounterSample, Memory, Observation } from './observation.ts';
import {
  isSettledLink,
  isUsable,
  linksWithPeers,
  linkUnread,
  type Persistence,
  peerNotLinked,
  portBacklog,
  rowSeen,
  rowStalled,
} from './peer-links.ts';
import { reportPeers } from './peers.ts';
import { peerRoles, reportLinks, reportPorts } from './ports.ts';
import { bootstraps, isReady, quorumCondition, settlesAtMs } from './readiness.ts';
import type { Scene } from './scene.ts';
import { standing as judgeStanding, type Standing } from './standing.ts';
import { unobservable } from './unobservable.ts';
import { VOTERS_MISSING, votersMissing } from './voters-missing.ts';

export interface Assessment {
  readonly report: Report;
  readonly memory: Memory;
  /** The application's present links, for whoever counts their coming and going: key to port. */
  readonly links: ReadonlyMap<string, number>;
  /** A row on a peer port was seen for the first time: another look soon tells whether it stays. */
  readonly unsettled: boolean;
  /** A peer has not answered for a time-out or two: soon it counts as stalled, or it has answered. */
  readonly stalling: boolean;
  /** When membership in the quorum will have settled, if nothing changes; `null` where it need not. */
  readonly settlesAtMs: number | null;
  /** Addresses that no member is known by, seen on peer ports since the names were last looked up. */
  readonly strangers: readonly string[];
}

/**
 * Judges one look at the pod. Pure: what must be remembered comes in as `memory` and goes out anew.
 * The same function serves the agent, one look at a capture, and every test.
 */
export function assess(
  observation: Observation,
  memory: Memory,
  settings: JudgeSettings,
): Assessment {
  const { table, nowMs } = observation;
  if (table === null) {
    const report = unobservable(observation, settings);
    return {
      report,
      memory,
      links: new Map(),
      unsettled: false,
      stalling: false,
      settlesAtMs: null,
      strangers: [],
    };
  }
  const folded = fold(table, { ...settings, podAddresses: observation.podAddresses });
  const linkRows = rowsOf(folded);
  const rows = carry(memory.held, rowConditions(folded, linkRows), nowMs);
  const members = resolveMembers(
    settings.ensemble,
    observation.names,
    settings.podName,
    folded.podAddresses,
  );
  const settling: Persistence = {
    held: rows,
    nowMs,
    persistMs: settings.persistMs,
    hangs: hangs(folded, settings, rows, nowMs),
    everLinked: memory.everLinked || settings.persistMs === 0,
  };
  const standing = cutOff(
    observation,
    judgeStanding(folded, settings, members, settling),
    settings.profile.quorum.kind,
  );
  const peers = reportPeers(folded, settings.profile, members, standing, settling);
  const conditions = new Map<string, number>();
  if (standing.inQuorum === true) conditions.set(quorumCondition(standing), 0);
  for (const { name, status } of peers)
    if (status !== 'linked' && status !== 'unknown') conditions.set(peerNotLinked(name), 0);
  if (members.length === 0 && votersMissing(standing, folded, settings.profile, settling) > 0)
    conditions.set(VOTERS_MISSING, 0);
  for (const link of folded.links) {
    if (goesToStranger(link, members, folded.podAddresses)) conditions.set(linkToStranger(link), 0);
    if (link.path === 'unattributed') conditions.set(linkUnattributed(link), 0);
  }
  if (serverDisagreement({ standing, observation }) !== null) conditions.set(SERVER_DISAGREES, 0);
  const held = new Map([...rows, ...carry(memory.held, conditions, nowMs)]);
  const persistence: Persistence = { ...settling, held };

  const scene: Omit<Scene, 'bootstrap'> = {
    settings,
    observation,
    table,
    folded,
    members,
    peers,
    standing,
    persistence,
    samples: memory.samples,
  };
  const portsListen = requiredPortsListen(scene);
  const bootstrap = bootstraps(settings, memory, standing, members, portsListen, nowMs);
  const ready = bootstrap || isReady(standing, held, memory.ready, observation, settings);
  return {
    report: withEnsemble({ ...scene, bootstrap }, ready),
    memory: {
      held,
      samples: keepSamples(memory.samples, observation),
      everInQuorum: memory.everInQuorum || standing.inQuorum === true,
      everLinked: memory.everLinked || anyCarries(folded, settings.profile, settling),
      ready,
    },
    links: new Map(
      folded.links
        .filter((link) => isSettledLink(link, persistence))
        .map((link) => [link.key, link.port]),
    ),
    unsettled: [...rows].some(([name, { readings }]) => name.startsWith('row ') && readings === 1),
    stalling: linkRows.some(isStalling),
    settlesAtMs: ready ? null : settlesAtMs(standing, held, settings.settleMs),
    strangers: strangersOf(folded, members, persistence),
  };
}

/** Whether a link with another member carries, on any port between members. */
function anyCarries(folded: Folded, profile: Profile, persistence: Persistence): boolean {
  return peerRoles(profile).some((role) =>
    linksWithPeers(folded, role).some((link) => isUsable(link, persistence)),
  );
}

/** What each row shows now, under the name by which it is carried to the next look. */
function rowConditions(folded: Folded, rows: readonly Socket[]): Map<string, number> {
  const conditions = new Map<string, number>();
  for (const row of rows) {
    conditions.set(rowSeen(row), 0);
    if (stallOf(row) !== null) conditions.set(rowStalled(row), 0);
  }
  for (const link of folded.links) {
    if (link.unreadBytes > 0) conditions.set(linkUnread(link), link.unreadBytes);
  }
  for (const { port, acceptQueue } of folded.listeners) {
    if (acceptQueue > 0) conditions.set(portBacklog(port), acceptQueue);
  }
  return conditions;
}

function rowsOf(folded: Folded): Socket[] {
  return [
    ...folded.links.flatMap((link) => link.rows),
    ...folded.capturedPeers.flatMap((peer) => peer.rows),
  ];
}

function strangersOf(
  folded: Folded,
  members: readonly Member[],
  { held, nowMs }: Persistence,
): string[] {
  const named = members.filter(({ literal, self }) => !literal && !self);
  if (named.length === 0) return [];
  const askedMs = Math.min(...named.map(({ answer }) => answer?.atMs ?? Number.NEGATIVE_INFINITY));
  const known = new Set([...folded.podAddresses, ...members.flatMap(({ addresses }) => addresses)]);
  const strangers = new Set<string>();
  for (const { peer, rows } of folded.links) {
    if (peer === null || known.has(peer)) continue;
    const [row] = rows;
    const appearedMs = row === undefined ? nowMs : (held.get(rowSeen(row))?.sinceMs ?? nowMs);
    if (askedMs < appearedMs) strangers.add(peer);
  }
  return [...strangers];
}

/** The report, with what only the members' reports say together where their probes are asked. */
function withEnsemble(scene: Scene, ready: boolean): Report {
  const own = writeReport(scene, ready, []);
  const { peers } = scene.observation.asked;
  if (peers === null) return own;
  const roles = peerRoles(scene.settings.profile);
  const together = ensembleFindings(viewEnsemble({ own, answers: peers.answer.answers, roles }));
  return together.length === 0 ? own : writeReport(scene, ready, together);
}

function writeReport(scene: Scene, ready: boolean, together: readonly Diagnosis[]): Report {
  const { observation, settings, folded, standing, persistence, table } = scene;
  const findings = diagnose(scene, together);
  const checks = runChecks(scene, findings);
  return {
    schemaVersion: 1,
    at: observation.at,
    member: { name: settings.podName, addresses: [...folded.podAddresses] },
    profile: settings.profile.name,
    role: standing.role,
    inQuorum: standing.inQuorum,
    ready,
    bootstrap: scene.bootstrap,
    verdict: verdictOf(standing, scene.bootstrap, checks, findings),
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
  bootstrap: boolean,
  checks: Report['checks'],
  findings: Report['findings'],
): Verdict {
  if (bootstrap) return 'degraded';
  if (standing.inQuorum === null) return 'unknown';
  if (!standing.inQuorum) return 'broken';
  const flawed =
    checks.some((check) => check.status === 'warn' || check.status === 'fail') ||
    findings.some((finding) => finding.severity !== 'info');
  return flawed ? 'degraded' : 'healthy';
}

function quorumOf({ size, majority, votes, role }: Standing): Report['quorum'] {
  const knows = role === 'leader' || role === 'member' || role === 'standalone';
  const margin =
    knows && votes !== null && majority !== null && size !== null
      ? Math.min(votes, size) - majority
      : null;
  return { size, majority, votes: knows ? votes : null, margin };
}

const SAMPLES_FOR_MS = 120_000;
const SAMPLES_APART_MS = 2000;

function keepSamples(
  samples: readonly CounterSample[],
  { nowMs, counters }: Observation,
): CounterSample[] {
  const recent = samples.filter((sample) => nowMs - sample.atMs <= SAMPLES_FOR_MS);
  const newest = recent.at(-1);
  if (newest !== undefined && nowMs - newest.atMs < SAMPLES_APART_MS) return recent;
  return [...recent, { atMs: nowMs, counters }];
}
