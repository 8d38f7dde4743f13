import { type Assessment, assess } from '../assess/assess.ts';
import { holdsUnattributed } from '../assess/findings/mesh.ts';
import { matteringRows } from '../assess/mattering.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../assess/scene/observation.ts';
import type { ScanReason } from '../model/agent-view.ts';
import type { JudgeSettings, ScanSettings } from '../model/settings.ts';
import type { Meter } from '../proc/meter.ts';
import type { TableFile } from '../proc/read.ts';
import type { Judged } from './pace.ts';
import type { Publication } from './publication.ts';
import { doubted, isDoubtful } from './publish.ts';
import { type ScanEdges, scanOnce } from './scan-once.ts';
import type { SurroundingsWatch } from './surroundings.ts';
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

/** Scans, judges what the scan shows with what is remembered, and publishes the report unless it is doubtful. */
export interface Judging {
  /** `files` are the tables worth reading; `onRead` is called when they were read, and before judging. */
  scan(
    reason: ScanReason,
    files: readonly TableFile[],
    awakeSinceMs: number,
    onRead: () => void,
  ): Promise<JudgedScan>;
}

export function createJudging(
  judge: JudgeSettings,
  scan: ScanSettings,
  edges: JudgingEdges,
  publication: Publication,
): Judging {
  const { surroundings, totals } = edges;
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

  return {
    async scan(reason, files, awakeSinceMs, onRead) {
      const around = surroundings.now();
      const settings = { ...judge, ensemble: around.ensemble };
      const context = {
        ...around,
        ...{ profile: judge.profile, scan, reason, files, awakeSinceMs },
        matters: matteringRows(settings, around.names, memory),
      };
      const meter = edges.meter();
      const observation = await scanOnce(edges, context, meter);
      onRead();
      countTroubles(observation, totals);
      totals.scanned(reason);
      // Judging is paid for too: a crowd that is quickly read may be slow to judge.
      meter.begin();
      const assessment = assess(observation, memory, settings);
      meter.end();
      const doubtful = isDoubtful(reason, assessment, publication.newest(), observation.table);
      const judged = { reason, endedMs: edges.clock(), cpuMs: meter.spentMs(), doubtful };
      believe(observation, assessment, doubtful);
      return { judged, assessment };
    },
  };
}

function countTroubles({ scan, counters }: Observation, totals: TotalsKeeper): void {
  if (scan.error !== null) totals.failed('table-unreadable');
  if (scan.truncated) totals.failed('table-truncated');
  const malformed = Object.values(scan.malformed).reduce((sum, rows) => sum + rows, 0);
  totals.failed('table-malformed', malformed);
  if (counters.attemptFails === null) totals.failed('counters-unreadable');
}
