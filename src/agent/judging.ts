import { type Assessment, assess } from '../assess/assess.ts';
import { holdsUnattributed } from '../assess/findings/mesh.ts';
import { matteringRows } from '../assess/mattering.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../assess/scene/observation.ts';
import type { FullScanReason } from '../model/agent-view.ts';
import { isPeerPort, type Profile } from '../model/profile.ts';
import type { Counters } from '../model/report.ts';
import type { Ensemble, JudgeSettings, ScanSettings } from '../model/settings.ts';
import type { SocketTable } from '../model/socket.ts';
import type { Meter } from '../proc/meter.ts';
import type { TableFile } from '../proc/read.ts';
import type { Judged } from './pace.ts';
import type { Publication } from './publication.ts';
import { doubted, isDoubtful } from './publish.ts';
import { type ScanEdges, scanOnce, watchOnce } from './scan-once.ts';
import type { SurroundingsWatch } from './surroundings.ts';
import { createTickCounters } from './tick-counters.ts';
import type { TotalsKeeper } from './totals.ts';

export interface JudgingEdges extends ScanEdges {
  /** A new meter for what one scan costs. */
  readonly meter: () => Meter;
  readonly surroundings: SurroundingsWatch;
  /** Where scans, troubles and links are counted. */
  readonly totals: TotalsKeeper;
}

/** A scan that was made and judged, for the pace of the next. */
export interface JudgedScan {
  readonly judged: Judged;
  readonly assessment: Assessment;
}

/** A tick that was judged. */
export interface JudgedTick extends JudgedScan {
  /** Whether a scan would show more. */
  readonly moved: boolean;
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
  tick(awakeSinceMs: number, hints: Counters, onRead: () => void): Promise<JudgedTick | null>;
}

export function createJudging(
  judge: JudgeSettings,
  scan: ScanSettings,
  edges: JudgingEdges,
  publication: Publication,
): Judging {
  const { surroundings, totals } = edges;
  const tickCounters = createTickCounters(edges.clock);
  let memory: Memory = EMPTY_MEMORY;

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
    const {
      table,
      scan: { reason },
    } = observation;
    // Judging is paid for too: a crowd that is quickly read may be slow to judge.
    meter.begin();
    const assessment = assess(observation, memory, { ...judge, ensemble });
    meter.end();
    const doubtful = isDoubtful(reason, assessment, publication.newest(), table);
    const cpuMs = meter.spentMs();
    const judged = { reason, endedMs: edges.clock(), cpuMs, doubtful, clientsWait: doWait(table) };
    believe(observation, assessment, doubtful);
    return { judged, assessment };
  }

  /** Whether bytes wait on ports of clients, whose rows only a scan counts. */
  function doWait(table: SocketTable | null): boolean {
    const counts = clientPorts(judge.profile).map((port) => table?.ports.get(port));
    return counts.some((count) => (count?.unreadBytes ?? 0) + (count?.unackedBytes ?? 0) > 0);
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
      tickCounters.wereRead(observation.counters);
      countTroubles(observation, totals);
      totals.scanned(reason);
      return judgeOne(observation, around.ensemble, meter);
    },
    async tick(awakeSinceMs, hints, onRead) {
      const around = { ...surroundings.now(), awakeSinceMs };
      const meter = edges.meter();
      const known = tickCounters.known(hints);
      const watched = await watchOnce(edges, { scan, around }, known, meter);
      if (watched === null) return null;
      onRead();
      const { observation, moved } = watched;
      if (known === null) tickCounters.wereRead(observation.counters);
      return { ...judgeOne(observation, around.ensemble, meter), moved };
    },
  };
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
