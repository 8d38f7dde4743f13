import { outdated } from '../assess/report/unobservable.ts';
import { onceFor } from '../model/once-for.ts';
import type { Report, StoppingReport } from '../model/report.ts';
import type { TotalsKeeper } from './totals.ts';

export type ReportListener = (report: Report, previous: Report) => void;

/** The report that stands, for whoever asks and whoever listens. */
export interface Publication {
  /** Listeners are told at once, but once a second of ticks that say the same as before in other figures. */
  publish(report: Report): void;
  /** Puts a stop of the member's server into the report that stands, and into those that follow. */
  stoppingIs(stopping: StoppingReport): void;
  /** The report as it was published. */
  newest(): Report;
  /** The same; one that says that it is outdated, where it is too old to be believed. */
  report(): Report;
  /** Calls back with reports that are published; answers how to end that. */
  onReport(listener: ReportListener): () => void;
}

export interface PublicationEdges {
  readonly clock: () => number;
  readonly totals: TotalsKeeper;
  /** From what age on a report is not believed any more. */
  readonly outdatedAfterMs: number;
}

/** Figures of quiet links need not be shown anew four times a second. */
const SAME_EVERY_MS = 1_000;

export function createPublication(
  first: Report,
  { clock, totals, outdatedAfterMs }: PublicationEdges,
): Publication {
  const listeners = new Set<ReportListener>();
  let published = first;
  let publishedMs = clock();
  let toldMs = Number.NEGATIVE_INFINITY;

  function replace(report: Report): void {
    const previous = published;
    published = report;
    if (isRepetition(report, previous) && clock() - toldMs < SAME_EVERY_MS) return;
    toldMs = clock();
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

/** Whether a tick says the same as the report before, but for its figures. */
function isRepetition(report: Report, before: Report): boolean {
  return report.scan.reason === 'tick' && sayingOf(report) === sayingOf(before);
}

const sayingOf = onceFor(
  ({ verdict, role, readiness, mesh, stopping, checks, findings, links, peers }: Report): string =>
    [
      ...[verdict, role, readiness.state, mesh.kind, mesh.inbound, JSON.stringify(stopping)],
      ...checks.map(({ status }) => status),
      ...findings.map(({ code, certainty }) => `${code} ${certainty}`),
      ...links.map(({ direction, port, peer, state }) => `${direction} ${port} ${peer} ${state}`),
      ...peers.map(({ name, status }) => `${name} ${status}`),
    ].join('\n'),
);
