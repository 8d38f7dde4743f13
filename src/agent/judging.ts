import { type Assessment, assess } from '../assess/assess.ts';
import { holdsUnattributed } from '../assess/findings/mesh.ts';
import { matteringRows } from '../assess/mattering.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../assess/scene/observation.ts';
import type { FullScanReason } from '../model/agent-view.ts';
import { isPeerPort, type Profile } from '../model/profile.ts';
import type { Ensemble, JudgeSettings, ScanSettings } from '../model/settings.ts';
import type { SocketTable } from '../model/socket.ts';
import type { Meter } from '../proc/meter.ts';
import type { TableFile } from '../proc/read.ts';
import type { JudgedScan, MadeTick } from './judged.ts';
import type { Publication } from './publication.ts';
import { doubted, isDoubtful } from './publish.ts';
import { isCalmTick, isWorthJudging, type LastJudged, listeningOf, movedAt } from './quiet.ts';
import { type ScanEdges, scanOnce, type Tick, watchOnce } from './scan-once.ts';
import type { SurroundingsWatch } from './surroundings.ts';
import type { TotalsKeeper } from './totals.ts';

export interface JudgingEdges extends ScanEdges {
  /** A new meter for what one scan costs. */
  readonly meter: () => Meter;
  readonly surroundings: SurroundingsWatch;
  /** Where scans, troubles and links are counted. */
  readonly totals: TotalsKeeper;
}

/**
 * Judges what scans show with what is remembered, and publishes the report unless it is doubtful. `onRead` is
 * called when the table was read, and before judging.
 */
export interface Judging {
  /** `files` are the tables worth reading. */
  scan(
    reason: FullScanReason,
    files: readonly TableFile[],
    awakeSinceMs: number,
    onRead: () => void,
  ): Promise<JudgedScan>;
  /** Watches what the last scan read; `null` where only a scan can tell. */
  tick(awakeSinceMs: number, onRead: () => void): Promise<MadeTick | null>;
}

export function createJudging(
  judge: JudgeSettings,
  scan: ScanSettings,
  edges: JudgingEdges,
  publication: Publication,
): Judging {
  const { surroundings, totals } = edges;
  const listening = listeningOf(judge.profile);
  let memory: Memory = EMPTY_MEMORY;
  let last: LastJudged | null = null;

  function believe({ table }: Observation, assessment: Assessment, doubtful: boolean): void {
    memory = doubtful ? doubted(memory, assessment.memory) : assessment.memory;
    const report = doubtful ? publication.newest() : assessment.report;
    const unattributed = holdsUnattributed(memory.held);
    surroundings.saw({ report, unattributed, strangers: assessment.strangers });
    if (doubtful) return;
    if (table !== null) totals.linksAre(assessment.links);
    publication.publish(report);
  }

  function judgeOne(observation: Observation, ensemble: Ensemble, meter: Meter): JudgedScan {
    const { table } = observation;
    const { reason } = observation.scan;
    const assessment = metered(meter, () => assess(observation, memory, { ...judge, ensemble }));
    const doubtful = isDoubtful(reason, assessment, publication.newest(), table);
    const [endedMs, cpuMs] = [edges.clock(), meter.spentMs()];
    const judged = { reason, endedMs, cpuMs, doubtful, clientsWait: doWait(judge, table) };
    believe(observation, assessment, doubtful);
    last = {
      ...{ table, atMs: observation.nowMs, isOpen: doubtful || isOpen(assessment) },
      movedAtMs: movedAt(table, last, observation.nowMs),
      isHealthy: assessment.report.verdict === 'healthy',
    };
    return { judged, assessment };
  }

  function judgeTick({ observed }: Tick, awakeSinceMs: number, meter: Meter): JudgedScan {
    const around = { ...surroundings.now(), awakeSinceMs };
    return judgeOne(observed(around), around.ensemble, meter);
  }

  return {
    async scan(reason, files, awakeSinceMs, onRead) {
      const around = { ...surroundings.now(), awakeSinceMs };
      const settings = { ...judge, ensemble: around.ensemble };
      const matters = matteringRows(settings, around.names, memory);
      const context = { profile: judge.profile, scan, reason, files, matters, around };
      const meter = edges.meter();
      const observation = await scanOnce(edges, context, meter);
      onRead();
      countTroubles(observation, totals);
      totals.scanned(reason);
      return judgeOne(observation, around.ensemble, meter);
    },
    async tick(awakeSinceMs, onRead) {
      const meter = edges.meter();
      const watched = await watchOnce(edges, scan, meter);
      if (watched === null) return null;
      onRead();
      const judged = isWorthJudging(watched.table, last, edges.clock(), listening)
        ? judgeTick(watched, awakeSinceMs, meter)
        : null;
      const endedMs = edges.clock();
      const isCalm = isCalmTick(watched.table, last, endedMs, listening);
      return { endedMs, cpuMs: meter.spentMs(), moved: watched.moved, isCalm, scan: judged };
    },
  };
}

/** Judging is paid for too: a crowd that is quickly read may be slow to judge. */
function metered<Result>(meter: Meter, work: () => Result): Result {
  meter.begin();
  const result = work();
  meter.end();
  return result;
}

/** Whether bytes wait on ports of clients, whose rows only a scan counts. */
function doWait({ profile }: JudgeSettings, table: SocketTable | null): boolean {
  const counts = clientPorts(profile).map((port) => table?.ports.get(port));
  return counts.some((count) => (count?.unreadBytes ?? 0) + (count?.unackedBytes ?? 0) > 0);
}

function isOpen({ unsettled, stalling, queueDoubt }: Assessment): boolean {
  return unsettled || stalling || queueDoubt !== 'none';
}

function clientPorts({ ports }: Profile): readonly number[] {
  return ports.filter((spec) => !isPeerPort(spec)).flatMap((spec) => spec.ports);
}

function countTroubles({ scan, counters }: Observation, totals: TotalsKeeper): void {
  if (scan.error !== null) totals.failed('table-unreadable');
  if (scan.truncated) totals.failed('table-truncated');
  const malformed = Object.values(scan.malformed).reduce((sum, rows) => sum + rows, 0);
  totals.failed('table-malformed', malformed);
  if (counters.attemptFails === null) totals.failed('counters-unreadable');
}
