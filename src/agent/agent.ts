import { unobservable } from '../assess/report/unobservable.ts';
import type { AgentView, FullScanReason } from '../model/agent-view.ts';
import type { Report } from '../model/report.ts';
import type { JudgeSettings, ScanSettings } from '../model/settings.ts';
import { type Hints, hintReader, TABLE_FILES, type TableFile } from '../proc/read.ts';
import { type Awake, awakeAt, awakeFrom } from './awake.ts';
import { beforeTheFirstScan } from './before-scan.ts';
import { type OwnConnections, signatureOf } from './hints.ts';
import { createJudging, type JudgingEdges } from './judging.ts';
import {
  afterScan,
  afterTick,
  begun,
  due,
  FIRST_PACE,
  noticed,
  type Pace,
  type Signs,
  untilNextReadingMs,
  unwatched,
} from './pace.ts';
import { createPublication, type Publication, type ReportListener } from './publication.ts';

import { isTickDue } from './watch.ts';

/** A dead loop shows in `/livez` after this time. */
const ALIVE_FOR_MS = 60_000;

/** What the agent takes from the outside, so that tests and demos can give their own. */
export interface AgentEdges extends JudgingEdges {
  /** Whether its files are of one moment and vouch for each other; those of a copied folder do not. */
  readonly isLiveProc: boolean;
  readonly ownConnections: () => OwnConnections;
  /** Is told of a fault of the probe itself. */
  readonly onFault: (error: unknown) => void;
  readonly schedule: (work: () => void, afterMs: number) => void;
}

export interface Agent extends AgentView {
  /** Begins the loop; resolves after the first scan. */
  start(): Promise<void>;
  /** Refuses readiness from now on, and scans no more. */
  stop(): void;
  /** See `Publication`. */
  readonly stoppingIs: Publication['stoppingIs'];
  /** Calls back with every report that is published; answers how to end that. */
  onReport(listener: ReportListener): () => void;
}

/** Watches the pod: reads cheap counters often, the table when it changed, and publishes what it means. */
export function createAgent(judge: JudgeSettings, scan: ScanSettings, edges: AgentEdges): Agent {
  const { totals, clock } = edges;
  const readHints = hintReader(edges.procRoot, edges.isLiveProc);
  const publication = createPublication(
    unobservable(beforeTheFirstScan(edges, edges.surroundings.now(), readHints().counters), judge),
    { clock, totals, outdatedAfterMs: 2 * scan.intervalCapMs },
  );
  const watching = createWatching(judge, scan, edges, { readHints, publication });
  let stopping = false;

  /** A fault of our own must not end the watching; the report grows old and says so by itself. */
  async function watch(): Promise<void> {
    try {
      await watching.tick();
    } catch (error) {
      totals.failed('judging-failed');
      edges.onFault(error);
    }
  }

  function rearm(): void {
    if (stopping) return;
    edges.schedule(() => void watch().finally(rearm), watching.untilNextMs());
  }

  return {
    async start() {
      await watch();
      rearm();
    },
    stop() {
      stopping = true;
    },
    stoppingIs: publication.stoppingIs,
    onReport: publication.onReport,
    report: publication.report,
    totals: totals.read,
    alive: () => clock() - watching.attemptMs() < ALIVE_FOR_MS,
    stopping: () => stopping,
    countError: (error) => totals.failed(error),
  };
}

interface Watching {
  /** Reads the counters, and scans where a scan is due; else watches what the last one read. */
  tick(): Promise<void>;
  untilNextMs(): number;
  /** When the table was last read, well or not. */
  attemptMs(): number;
}

function createWatching(
  judge: JudgeSettings,
  scan: ScanSettings,
  edges: AgentEdges,
  parts: { readonly readHints: () => Hints; readonly publication: Publication },
): Watching {
  const { clock, surroundings } = edges;
  const judging = createJudging(judge, scan, edges, parts.publication);
  let attemptMs = clock();
  let pace: Pace = FIRST_PACE;
  let awake: Awake = awakeFrom(attemptMs);

  function signsOf(hints: Hints): Signs {
    const own = edges.ownConnections();
    return {
      nowMs: clock(),
      signature: signatureOf(hints, own),
      ownActivityAtMs: own.lastActivityAtMs,
      revision: surroundings.revision(),
      waiting: isWaiting(parts.publication.newest()),
    };
  }

  function onRead(): void {
    attemptMs = clock();
  }

  async function scanFor(reason: FullScanReason, hints: Hints, signs: Signs): Promise<void> {
    pace = begun(pace, reason, signs);
    const files = edges.isLiveProc ? filesInUse(hints) : TABLE_FILES;
    const { judged, assessment } = await judging.scan(reason, files, awake.sinceMs, onRead);
    pace = afterScan(pace, judged, assessment, scan);
  }

  async function watchKnown(): Promise<void> {
    const tick = await judging.tick(awake.sinceMs, onRead);
    if (tick === null) pace = unwatched(pace);
    else pace = afterTick(pace, tick, scan);
  }

  return {
    async tick() {
      awake = awakeAt(awake, clock());
      const hints = parts.readHints();
      // Connections that wait in the event loop's queue are accepted before they are counted.
      await edges.pause();
      const signs = signsOf(hints);
      pace = noticed(pace, signs);
      const reason = due(pace, signs, scan);
      if (reason !== null) return await scanFor(reason, hints, signs);
      if (isTickDue(pace.watch, signs.nowMs, scan)) await watchKnown();
    },
    untilNextMs: () => untilNextReadingMs(pace, clock(), scan),
    attemptMs: () => attemptMs,
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
