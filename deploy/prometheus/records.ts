import type { RuleSettings } from './settings.ts';

/** A figure of a whole ensemble, evaluated once and used by alerts and dashboard. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** The recording rules by what they record, each name as `level:metric:operations`. */
export interface Records {
  readonly inQuorumMax: RecordingRule;
  readonly inQuorumSum: RecordingRule;
  readonly roles: RecordingRule;
  readonly votersMax: RecordingRule;
  readonly majorityMax: RecordingRule;
  readonly marginMax: RecordingRule;
  readonly readySum: RecordingRule;
  readonly readyCount: RecordingRule;
  readonly up: RecordingRule;
}

/** The recording rules over the labels of these settings. */
export function recordsOf({ by, job }: RuleSettings): Records {
  const level = by.join('_');
  const over = (operation: string, metric: string): RecordingRule => ({
    record: `${level}:${metric}:${operation}`,
    expr: `${operation} by (${by.join(', ')}) (${metric})`,
  });
  return {
    inQuorumMax: over('max', 'quorum_probe_in_quorum'),
    // A member that cannot be judged (NaN) must not spoil the sum of the others.
    inQuorumSum: {
      record: `${level}:quorum_probe_in_quorum:sum`,
      expr: `sum by (${by.join(', ')}) (quorum_probe_in_quorum == bool 1)`,
    },
    roles: {
      record: `${level}_role:quorum_probe_member_role:sum`,
      expr: `sum by (${[...by, 'role'].join(', ')}) (quorum_probe_member_role)`,
    },
    votersMax: over('max', 'quorum_probe_voters'),
    majorityMax: over('max', 'quorum_probe_majority'),
    marginMax: over('max', 'quorum_probe_quorum_margin'),
    readySum: over('sum', 'quorum_probe_ready'),
    readyCount: over('count', 'quorum_probe_ready'),
    up: {
      record: `${level}:up:sum`,
      expr: `sum by (${by.join(', ')}) (up{job="${job}"})`,
    },
  };
}
