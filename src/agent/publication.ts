import { outdated } from '../assess/report/unobservable.ts';
import type { Report, StoppingReport } from '../model/report.ts';
import type { TotalsKeeper } from './totals.ts';

export type ReportListener = (report: Report, previous: Report) => void;

/** The report that stands, for whoever asks and whoever listens. */
export interface Publication {
  publish(report: Report): void;
  /** Puts a stop of the member's server into the report that stands, and into those that follow. */
  stoppingIs(stopping: StoppingReport): void;
  /** The report as it was published. */
  newest(): Report;
  /** The same; one that says that it is outdated, where it is too old to be believed. */
  report(): Report;
  /** Calls back with every report that is published; answers how to end that. */
  onReport(listener: ReportListener): () => void;
}

export interface PublicationEdges {
  readonly clock: () => number;
  readonly totals: TotalsKeeper;
  /** From what age on a report is not believed any more. */
  readonly outdatedAfterMs: number;
}

export function createPublication(
  first: Report,
  { clock, totals, outdatedAfterMs }: PublicationEdges,
): Publication {
  const listeners = new Set<ReportListener>();
  let published = first;
  let publishedMs = clock();

  function replace(report: Report): void {
    const previous = published;
    published = report;
    for (const listener of listeners) listener(report, previous);
  }

  return {
    publish(report) {
      publishedMs = clock();
      totals.verdictIs(report.verdict, published.verdict);
      replace({ ...report, stopping: published.stopping });
    },
    // The report's age stays that of its scan.
    stoppingIs: (stopping) => replace({ ...published, stopping }),
    newest: () => published,
    report() {
      const ageMs = clock() - publishedMs;
      return ageMs > outdatedAfterMs ? outdated(published, ageMs) : published;
    },
    onReport(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
