import type { AgentTotals } from '../../model/agent-view.ts';
import type { Report } from '../../model/report.ts';
import type { Watched } from '../watched.ts';

/** The program as it runs, for `quorum_probe_build_info`. */
export interface Build {
  /** The package's version. */
  readonly version: string;
  /** The runtime's version, as `process.version` has it. */
  readonly node: string;
}

/** What the probe itself uses, at one moment. */
export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly startedAtSeconds: number;
  readonly eventLoopLagSeconds: number;
}

/** All that one scrape shows, taken at one moment. */
export interface MetricSource {
  readonly report: Report;
  /** What `/readyz` answers: the report's readiness, refused while stopping. */
  readonly ready: boolean;
  readonly totals: AgentTotals;
  readonly watched: Watched;
  readonly build: Build;
  readonly process: ProcessFigures;
  /** Log lines that found no room, since the start. */
  readonly logLinesDropped: number;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  /** `null`: not known now. A gauge shows NaN, a counter its last value. */
  readonly value: number | null;
}

/** One metric: what the documentation prints, and where its values come from. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
  readonly help: string;
  samples(source: MetricSource): readonly Sample[];
}

/** The only sample of a metric without labels. */
export function single(value: number | boolean | null): readonly Sample[] {
  return [{ labels: {}, value: typeof value === 'boolean' ? Number(value) : value }];
}

/** One sample for each of `states`: 1 for the current one and 0 for the others. */
export function stateSet(
  label: string,
  states: readonly string[],
  current: string | null,
  labels: Sample['labels'] = {},
): readonly Sample[] {
  return states.map((state) => ({
    labels: { ...labels, [label]: state },
    value: Number(state === current),
  }));
}
