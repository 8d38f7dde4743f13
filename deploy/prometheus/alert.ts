import type { Records } from './records.ts';
import type { RuleSettings } from './settings.ts';
import type { Words } from './text.ts';

/** Every alert there is. */
export type AlertName =
  | 'QuorumLost'
  | 'QuorumNoLeader'
  | 'QuorumTwoLeaders'
  | 'QuorumMarginZero'
  | 'QuorumMembersMissing'
  | 'QuorumPartialPartition'
  | 'QuorumLeaderFlapping'
  | 'QuorumMemberOut'
  | 'QuorumMemberUnknown'
  | 'QuorumMemberNotReady'
  | 'QuorumCriticalFinding'
  | 'QuorumStalledLink'
  | 'QuorumMeshLoopbackDelivery'
  | 'QuorumProcessHung'
  | 'QuorumServerDisagrees'
  | 'QuorumBootstrapReady'
  | 'QuorumMembersMisnamed'
  | 'QuorumCertificateExpiring'
  | 'QuorumProbeDown'
  | 'QuorumProbeAbsent'
  | 'QuorumProbeStale'
  | 'QuorumProbeScanErrors'
  | 'QuorumProbeLogDropped'
  | 'QuorumProbeUnlabelled';

/** One alert: `critical` is a page, for what an ensemble has lost or is about to; the rest is `warning`. */
export interface Alert {
  readonly name: AlertName;
  readonly expr: string;
  /** How long the expression must hold first, as Prometheus writes it; absent for at once. */
  readonly for?: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
  /** Alerts of the same ensemble that say what this one follows from: it is not sent beside them. */
  readonly followsFromEnsemble?: readonly AlertName[];
  /** The same, of the same pod. */
  readonly followsFromPod?: readonly AlertName[];
}

/** What alerts are written with. */
export interface Makings {
  readonly settings: RuleSettings;
  readonly words: Words;
  readonly records: Records;
}

/** `max by (…)` over the labels of the ensemble and more. */
export function maxBy({ by }: RuleSettings, more: readonly string[], expr: string): string {
  return `max by (${[...by, ...more].join(', ')}) (${expr})`;
}
