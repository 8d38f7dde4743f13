import type { Report } from '../../model/report.ts';
import type { HistorySample } from './state.ts';

/** How far back the page's chart looks. */
export const HISTORY_MS = 15 * 60_000;

const SAME_EVERY_MS = 5_000;
const MOST_SAMPLES = 600;

/** The chart's point for a report. */
export function sampleOf(report: Report): HistorySample {
  return {
    atMs: Date.parse(report.at),
    ready: report.ready,
    linksUp: report.links.filter((link) => link.state === 'up').length,
  };
}

/**
 * The history with one more sample, oldest first. A sample that repeats the last one within 5 s is
 * left out. What is older than the chart goes, but for the one sample that says how it began.
 */
export function remember(
  history: readonly HistorySample[],
  sample: HistorySample,
): readonly HistorySample[] {
  const last = history.at(-1);
  if (last && isSame(last, sample) && sample.atMs - last.atMs < SAME_EVERY_MS) return history;
  const begin = sample.atMs - HISTORY_MS;
  const firstInside = history.findIndex(({ atMs }) => atMs > begin);
  const kept = firstInside < 0 ? history.slice(-1) : history.slice(Math.max(firstInside - 1, 0));
  return [...kept, sample].slice(-MOST_SAMPLES);
}

function isSame(a: HistorySample, b: HistorySample): boolean {
  return a.ready === b.ready && a.linksUp === b.linksUp;
}
