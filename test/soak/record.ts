import { markdown, median } from '../bench/table.ts';

/** The agent at one moment of a soak; the figures but the heap's are of just before the collection. */
export interface SoakSample {
  readonly atSeconds: number;
  /** After a collection. */
  readonly liveHeapMiB: number;
  readonly residentMiB: number;
  readonly workingSetMiB: number;
  /** Open file descriptors. */
  readonly files: number;
}

/** What the clients of a soak met, from its start. */
export interface ClientCounts {
  readonly probes: number;
  /** Probes that had no answer within a second. */
  readonly probesUnanswered: number;
  readonly slowestProbeMs: number;
  readonly scrapes: number;
  readonly scrapesFailed: number;
  /** Answers of any other path. */
  readonly answers: number;
  readonly answersFailed: number;
  readonly streams: number;
}

const ROWS = 12;
const MOST_GROWTH_MIB = 1;
const MOST_GROWTH_FILES = 2;

/** How far a figure's median rose from the second quarter of a soak to the last; the first one warms up. */
export function growth(samples: readonly SoakSample[], figure: keyof SoakSample): number {
  const quarter = (number: number): number => {
    const from = Math.floor((samples.length * number) / 4);
    const to = Math.floor((samples.length * (number + 1)) / 4);
    return median(samples.slice(from, to).map((sample) => sample[figure]));
  };
  return quarter(3) - quarter(1);
}

/** What a soak must not show; empty where all is well. */
export function faultsOf(samples: readonly SoakSample[], counts: ClientCounts): string[] {
  const heap = growth(samples, 'liveHeapMiB');
  const files = growth(samples, 'files');
  return [
    // Written so that a figure that is missing counts as a fault.
    ...(heap <= MOST_GROWTH_MIB ? [] : [`the live heap grew by ${heap.toFixed(2)} MiB`]),
    ...(files <= MOST_GROWTH_FILES ? [] : [`${files} more files are open`]),
    ...(counts.probesUnanswered === 0 ? [] : [`${counts.probesUnanswered} probes had no answer`]),
    ...(counts.scrapesFailed === 0 ? [] : [`${counts.scrapesFailed} scrapes failed`]),
    ...(counts.answersFailed === 0 ? [] : [`${counts.answersFailed} requests had no answer`]),
    ...(counts.probes > 0 && counts.scrapes > 0 ? [] : ['nobody asked']),
  ];
}

/** A soak as Markdown: a dozen of its samples, evenly spread. */
export function soakMarkdown(samples: readonly SoakSample[]): string {
  const step = Math.max(1, (samples.length - 1) / (ROWS - 1));
  const shown = Array.from(
    { length: Math.min(ROWS, samples.length) },
    (_, row) => samples[Math.round(row * step)],
  );
  return markdown(
    ['minute', 'live heap MiB', 'working set MiB', 'resident MiB', 'open files'],
    shown
      .filter((sample) => sample !== undefined)
      .map((sample) => [
        (sample.atSeconds / 60).toFixed(1),
        sample.liveHeapMiB.toFixed(1),
        sample.workingSetMiB.toFixed(0),
        sample.residentMiB.toFixed(0),
        String(sample.files),
      ]),
  );
}
