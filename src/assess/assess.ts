import { fold } from '../links/fold.ts';
import { isStalling } from '../links/stall.ts';
import type { Folded } from '../model/link.ts';
import type { Readiness } from '../model/readiness.ts';
import type { Report } from '../model/report.ts';
import type { JudgeSettings } from '../model/settings.ts';
import type { Socket, SocketTable } from '../model/socket.ts';
import { judgedConditions, rowConditions } from './conditions.ts';
import { needsSecondLookup } from './findings/addresses.ts';
import { carryAddresses, type NamedAddresses } from './quorum/former.ts';
import { hangs } from './quorum/hang.ts';
import { isFallingSilent } from './quorum/hearing.ts';
import { carry, type HeldConditions, heldTogether } from './quorum/held.ts';
import { cutOff } from './quorum/isolation.ts';
import { carryLived } from './quorum/lived.ts';
import { leaderServes, type Member, memberAddresses, resolveMembers } from './quorum/members.ts';
import { isSettledLink, type Persistence, rowSeen } from './quorum/peer-links.ts';
import { reportPeers } from './quorum/peers.ts';
import { beatOf, carryHearing, mutedBy, silencesOf } from './quorum/silence.ts';
import { standing as judgeStanding } from './quorum/standing.ts';
import { carryTraffic } from './quorum/traffic.ts';
import { carryQueues, type QueueDoubt, queueDoubt, queueLevels } from './quorum/undrained.ts';
import { verifierOf } from './quorum/verified.ts';
import { isBootstrapReady, nextBootstrap } from './readiness/bootstrap.ts';
import { judgeReadiness, readyByBootstrap, saysItLeads } from './readiness/readiness.ts';
import { type Readied, remember } from './remember.ts';
import { requiredPortsListen } from './report/checks.ts';
import { peerRoles } from './report/ports.ts';
import { unobservable } from './report/unobservable.ts';
import { writeReport } from './report/write-report.ts';
import type { Memory, Observation } from './scene/observation.ts';
import type { Scene } from './scene/scene.ts';

export interface Assessment {
  readonly report: Report;
  readonly memory: Memory;
  /** The application's present links, for whoever counts their coming and going: key to port. */
  readonly links: ReadonlyMap<string, number>;
  /** A row on a peer port, or a peer's silence, was seen for the first time: another scan soon tells whether it stays. */
  readonly unsettled: boolean;
  /** A peer has not answered for a time-out or two: soon it counts as stalled, or it has answered. */
  readonly stalling: boolean;
  /** Whether more readings soon would tell of a queue if anybody works on it. */
  readonly queueDoubt: QueueDoubt;
  readonly readiness: Readiness;
  /** Addresses that no member is known by, for which the names are to be looked up again. */
  readonly strangers: readonly string[];
}

/**
 * Judges one scan of the pod. Pure: what must be remembered comes in as `memory` and goes out anew.
 * The same function serves the agent, one scan of a capture, and every test.
 */
export function assess(
  observation: Observation,
  memory: Memory,
  settings: JudgeSettings,
): Assessment {
  const { table } = observation;
  if (table === null) return blind(observation, memory, settings);
  const { scene, rows, queues, hearing } = sceneOf({ ...observation, table }, memory, settings);
  const { folded, members, persistence } = scene;
  const given = judgeBoth(scene, memory);
  const { readiness, bootstrap } = given;
  const { report, troubles } = writeReport({ ...scene, bootstrap }, readiness, memory.troubles);
  const linkRows = rowsOf(folded);
  return {
    report,
    memory: remember(memory, { ...scene, ...given, queues, hearing, troubles }),
    links: new Map(
      folded.links
        .filter((link) => isSettledLink(link, persistence))
        .map((link) => [link.key, link.port]),
    ),
    unsettled:
      linkRows.some((row) => rows.get(rowSeen(row))?.readings === 1) ||
      [...hearing.values()].some(isFallingSilent),
    stalling: linkRows.some(isStalling),
    queueDoubt: queueDoubt(queues, settings.persistMs),
    readiness,
    strangers: strangersOf(folded, members, scene.named, persistence),
  };
}

/** Everything of one moment but the bootstrap rule, and what is carried of it to the next scan. */
interface Reading extends Pick<Memory, 'queues' | 'hearing'> {
  readonly scene: Omit<Scene, 'bootstrap'>;
  /** Since when each row has shown what it shows. */
  readonly rows: HeldConditions;
}

/** From the table's rows to where this member stands. */
function sceneOf(
  observation: Observation & { readonly table: SocketTable },
  memory: Memory,
  settings: JudgeSettings,
): Reading {
  const { table, nowMs } = observation;
  const folded = foldFor(observation, memory, settings);
  const rows = carry(memory.held, rowConditions(rowsOf(folded)), nowMs);
  const queues = carryQueues(memory.queues, queueLevels(folded), nowMs, settings.persistMs);
  const members = resolveMembers(
    settings.ensemble,
    observation.names,
    settings.podName,
    folded.podAddresses,
  );
  const named = carryAddresses(memory.named, members);
  const beat = beatOf(settings);
  const hearing = carryHearing(memory.hearing, folded, beat, observation);
  const around = { folded, settings, members, asked: observation.asked };
  const silences = silencesOf(hearing, beat, observation, around);
  const settling: Persistence = {
    ...{ held: rows, queues, nowMs, persistMs: settings.persistMs },
    hangs: hangs(folded, settings, queues),
    mute: mutedBy(silences),
    quorumRole: beat?.role ?? null,
    everLinked: memory.everLinked || settings.persistMs === 0,
  };
  const standing = cutOff(
    observation,
    judgeStanding(folded, settings, members, settling, {
      unmatchedBefore: memory.unmatched,
      placedBefore: memory.placed,
      saysItLeads: saysItLeads(observation),
    }),
    settings.profile.quorum.kind,
    verifierOf(settings.ensemble),
  );
  const peers = reportPeers(folded, settings.profile, members, standing, settling);
  const conditions = judgedConditions({
    ...{ settings, observation, folded, members, peers, standing },
    persistence: settling,
  });
  const held = heldTogether(rows, carry(memory.held, conditions, nowMs));
  const persistence: Persistence = { ...settling, held };

  const roles = peerRoles(settings.profile);
  const scene: Omit<Scene, 'bootstrap'> = {
    ...{ settings, observation, table, folded, members, peers, standing, persistence, silences },
    samples: memory.samples,
    traffic: carryTraffic(memory.traffic, folded, members, roles, nowMs),
    lived: carryLived(memory.lived, folded, members, roles, persistence),
    named,
  };
  return { scene, rows, queues, hearing };
}

function foldFor(
  { table, podAddresses, names }: Observation & { readonly table: SocketTable },
  { serverOwners, trustedOwners }: Memory,
  settings: JudgeSettings,
): Folded {
  return fold(table, {
    ...settings,
    podAddresses,
    memberAddresses: memberAddresses(settings.ensemble, names),
    owner: { given: settings.serverUids, learned: serverOwners, trusted: trustedOwners },
  });
}

/** Readiness, and how far the bootstrap rule has come: it begins where nothing else makes a member ready. */
function judgeBoth(
  scene: Pick<
    Scene,
    'settings' | 'observation' | 'folded' | 'members' | 'standing' | 'persistence'
  >,
  memory: Memory,
): Readied {
  const { settings, observation, members, standing, persistence } = scene;
  const portsListen = requiredPortsListen(scene);
  const alone = judgeReadiness({
    standing,
    held: persistence.held,
    before: memory.readiness,
    observation,
    settleMs: settings.settleMs,
    leaderServes: leaderServes(settings),
  });
  const bootstrapping = nextBootstrap(memory.bootstrap, {
    isOn: settings.bootstrap,
    identity: settings.identity,
    members,
    portsListen,
    quorum: standing.inQuorum.kind === 'in' ? 'present' : memory.everInQuorum ? 'lost' : 'never',
    readyAnyway: alone.kind === 'ready',
    nowMs: observation.nowMs,
  });
  const bootstrap = isBootstrapReady(bootstrapping, portsListen);
  const readiness = bootstrap ? readyByBootstrap(memory.readiness, observation.nowMs) : alone;
  return { readiness, bootstrapping, bootstrap };
}

/** Nothing could be read: what was known before is kept for the next scan. */
function blind(observation: Observation, memory: Memory, settings: JudgeSettings): Assessment {
  return {
    report: unobservable(observation, settings),
    memory,
    links: new Map(),
    unsettled: false,
    stalling: false,
    queueDoubt: 'none',
    readiness: { kind: 'unknown', sinceMs: observation.nowMs },
    strangers: [],
  };
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
  earlier: NamedAddresses,
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
    const isUnsure = needsSecondLookup(peer, earlier, { askedMs, nowMs });
    if (askedMs < appearedMs || isUnsure) strangers.add(peer);
  }
  return [...strangers];
}
