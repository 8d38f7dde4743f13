import { assess } from '../assess/assess.ts';
import { holdsUnattributed } from '../assess/findings/mesh.ts';
import { matteringRows } from '../assess/mattering.ts';
import { outdated, unobservable } from '../assess/report/unobservable.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../assess/scene/observation.ts';
import type { AgentView, ScanReason } from '../model/agent-view.ts';
import type { Report } from '../model/report.ts';
import type { JudgeSettings, ScanSettings } from '../model/settings.ts';
import type { Meter } from '../proc/meter.ts';
import { type Hints, hintReader, TABLE_FILES, type TableFile } from '../proc/read.ts';
import { beforeTheFirstScan } from './before-scan.ts';
import { type OwnConnections, signatureOf } from './hints.ts';
import { type LookEdges, look } from './look.ts';
import {
  afterLook,
  begun,
  due,
  FIRST_PACE,
  noticed,
  type Pace,
  type Signs,
  untilNextReadingMs,
} from './pace.ts';
import { doubted, isDoubtful } from './publish.ts';
import type { SurroundingsWatch } from './surroundings.ts';
import type { TotalsKeeper } from './totals.ts';

/** A dead loop shows in `/livez` after this time. */
const ALIVE_FOR_MS = 60_000;

/** What the agent takes from the outside, so that tests and demos can give their own. */
export interface AgentEdges extends LookEdges {
  /** Whether its files are of one moment and vouch for each other; those of a copied folder do not. */
  readonly isLiveProc: boolean;
  /** A new meter for what one scan costs. */
  readonly meter: () => Meter;
  readonly ownConnections: () => OwnConnections;
  readonly surroundings: SurroundingsWatch;
  /** Where scans, troubles and links are counted. */
  readonly totals: TotalsKeeper;
  /** Is told of a fault of the probe itself. */
  readonly onFault: (error: unknown) => void;
  readonly schedule: (work: () => void, afterMs: number) => void;
}

export interface Agent extends AgentView {
  /** Begins the loop; resolves after the first look. */
  start(): Promise<void>;
  /** Refuses readiness from now on, and looks no more. */
  stop(): void;
  /** Calls back with every report that is published; answers how to end that. */
  onReport(listener: (report: Report, previous: Report) => void): () => void;
}

/** Watches the pod: reads cheap counters often, the table when it changed, and publishes what it means. */
export function createAgent(judge: JudgeSettings, scan: ScanSettings, edges: AgentEdges): Agent {
  const { surroundings, totals } = edges;
  const readHints = hintReader(edges.procRoot, edges.isLiveProc);
  const listeners = new Set<(report: Report, previous: Report) => void>();
  let memory: Memory = EMPTY_MEMORY;
  let published: Report = unobservable(
    beforeTheFirstScan(edges, surroundings.now(), readHints().counters),
    judge,
  );
  let publishedMs = edges.clock();
  let attemptMs = edges.clock();
  let pace: Pace = FIRST_PACE;
  let stopping = false;

  async function tick(): Promise<void> {
    const hints = readHints();
    // Connections that wait in the event loop's queue are accepted before they are counted.
    await edges.pause();
    const own = edges.ownConnections();
    const signs: Signs = {
      nowMs: edges.clock(),
      signature: signatureOf(hints, own),
      ownActivityAtMs: own.lastActivityAtMs,
      revision: surroundings.revision(),
      waiting: isWaiting(published),
    };
    pace = noticed(pace, signs);
    const reason = due(pace, signs, scan);
    if (reason === null) return;
    pace = begun(pace, reason, signs);
    await scanOnce(reason, hints);
  }

  async function scanOnce(reason: ScanReason, hints: Hints): Promise<void> {
    const around = surroundings.now();
    const settings = { ...judge, ensemble: around.ensemble };
    const context = {
      ...around,
      profile: judge.profile,
      scan,
      reason,
      files: edges.isLiveProc ? filesInUse(hints) : TABLE_FILES,
      matters: matteringRows(settings, around.names, memory),
    };
    const meter = edges.meter();
    const observation = await look(edges, context, meter);
    attemptMs = edges.clock();
    countTroubles(observation);
    totals.scanned(reason);
    // Judging is paid for too: a crowd that is quickly read may be slow to judge.
    meter.begin();
    const assessment = assess(observation, memory, settings);
    meter.end();
    const doubtful = isDoubtful(reason, assessment, published, observation.table);
    const judged = { reason, endedMs: edges.clock(), cpuMs: meter.spentMs(), doubtful };
    pace = afterLook(pace, judged, assessment, scan);
    memory = doubtful ? doubted(memory, assessment.memory) : assessment.memory;
    const report = doubtful ? published : assessment.report;
    const unattributed = holdsUnattributed(memory.held);
    surroundings.saw({ report, unattributed, strangers: assessment.strangers });
    if (doubtful) return;
    if (observation.table !== null) totals.linksAre(assessment.links);
    publish(report);
  }

  function countTroubles({ scan: outcome, counters }: Observation): void {
    if (outcome.error !== null) totals.failed('table-unreadable');
    if (outcome.truncated) totals.failed('table-truncated');
    const malformed = Object.values(outcome.malformed).reduce((sum, rows) => sum + rows, 0);
    totals.failed('table-malformed', malformed);
    if (counters.attemptFails === null) totals.failed('counters-unreadable');
  }

  function publish(report: Report): void {
    const previous = published;
    published = report;
    publishedMs = edges.clock();
    totals.verdictIs(report.verdict, previous.verdict);
    for (const listener of listeners) listener(report, previous);
  }

  /** A fault of our own must not end the watching; the report grows old and says so by itself. */
  async function watch(): Promise<void> {
    try {
      await tick();
    } catch (error) {
      totals.failed('judging-failed');
      edges.onFault(error);
    }
  }

  function rearm(): void {
    if (stopping) return;
    const afterMs = untilNextReadingMs(pace, edges.clock(), scan);
    edges.schedule(() => void watch().finally(rearm), afterMs);
  }

  return {
    async start() {
      await watch();
      rearm();
    },
    stop() {
      stopping = true;
    },
    onReport(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    report() {
      const ageMs = edges.clock() - publishedMs;
      return ageMs > 2 * scan.intervalCapMs ? outdated(published, ageMs) : published;
    },
    totals: totals.read,
    alive: () => edges.clock() - attemptMs < ALIVE_FOR_MS,
    stopping: () => stopping,
    countError: (error) => totals.failed(error),
  };
}

/** Membership that waits to become readiness is scanned for without any change to the table. */
function isWaiting({ readiness: { state } }: Report): boolean {
  return state === 'settling' || state === 'awaiting-server';
}

/** A protocol without a socket in use has no row worth a walk through the host-wide hash table. */
function filesInUse({ inUse, inUse6 }: Hints): TableFile[] {
  return TABLE_FILES.filter((file) => (file === 'tcp' ? inUse : inUse6) !== 0);
}
