import type { Report } from '../../src/model/report.ts';

/**
 * What `srvr` came back with: a mode, `not-serving` (up, outside a quorum),
 * `refused` (nothing answers) or `timeout` (connected, but no answer within a second).
 */
export const MODES = [
  'leader',
  'follower',
  'observer',
  'standalone',
  'read-only',
  'not-serving',
  'refused',
  'timeout',
] as const;
export type Mode = (typeof MODES)[number];

/** One answer, with the time it arrived in epoch milliseconds. */
export type Sample =
  /** The status of `/readyz` and its text; status 0 and why when the agent did not answer. */
  | {
      readonly kind: 'readyz';
      readonly pod: number;
      readonly at: number;
      readonly status: number;
      readonly text: string;
    }
  /** `second` is of the agent beside, where two sources are compared. */
  | {
      readonly kind: 'report' | 'second';
      readonly pod: number;
      readonly at: number;
      readonly report: Report;
    }
  /** Series by their text in the exposition, labels included; findings only while they are raised. */
  | {
      readonly kind: 'metrics';
      readonly pod: number;
      readonly at: number;
      readonly series: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'srvr'; readonly pod: number; readonly at: number; readonly mode: Mode };

/** What the watching process is told to ask, as its one argument in JSON. */
export interface Targets {
  readonly agentPort: number;
  /** Where a second agent listens; null where there is none. */
  readonly secondPort: number | null;
  /** Where to ask `srvr`; null where the servers are not ZooKeeper's. */
  readonly clientPort: number | null;
  readonly addresses: readonly string[];
}

export function isServing(mode: Mode): boolean {
  return ['leader', 'follower', 'observer', 'standalone'].includes(mode);
}
