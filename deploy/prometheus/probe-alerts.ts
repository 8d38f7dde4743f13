import { type Alert, type Makings, maxBy } from './alert.ts';

/** Alerts about the probes themselves: without them the other alerts have nothing to go by. */
export function probeAlerts(makings: Makings): readonly Alert[] {
  return [...unseen(makings), ...working(makings)];
}

function unseen({ settings, words }: Makings): readonly Alert[] {
  const ensemble = settings.by.at(-1) ?? '';
  return [
    {
      name: 'QuorumProbeDown',
      expr: `up{job="${settings.job}"} == 0`,
      for: '5m',
      severity: 'warning',
      summary: `The probe in ${words.pod} cannot be scraped.`,
      description: `Prometheus has not reached the probe in ${words.pod} for 5 minutes. The state of this member is unknown.`,
      followsFromEnsemble: ['QuorumLost', 'QuorumMarginZero', 'QuorumMembersMissing'],
    },
    {
      name: 'QuorumProbeAbsent',
      expr: `absent(up{job="${settings.job}"})`,
      for: '10m',
      severity: 'warning',
      summary: 'Prometheus has no target for any probe.',
      description: `No target of the job ${settings.job} has been discovered for 10 minutes: none of the other alerts can fire.`,
    },
    {
      name: 'QuorumProbeUnlabelled',
      expr: `up{job="${settings.job}",${ensemble}=""}`,
      for: '10m',
      severity: 'warning',
      summary: `The probe in ${words.pod} has no label that names its ensemble.`,
      description: `The series of ${words.pod} have no label "${ensemble}": all such pods of a namespace count as one ensemble, and one of them in a quorum hides the loss of the others.`,
    },
  ];
}

function working({ settings, words }: Makings): readonly Alert[] {
  return [
    {
      name: 'QuorumProbeStale',
      expr: 'time() - quorum_probe_last_scan_timestamp_seconds > 60',
      for: '1m',
      severity: 'warning',
      summary: `The probe in ${words.pod} no longer reads the socket table.`,
      description: `The last good scan in ${words.pod} was {{ $value | humanizeDuration }} ago. Its figures are old.`,
    },
    {
      name: 'QuorumProbeScanErrors',
      expr: `${maxBy(settings, ['pod', 'reason'], 'increase(quorum_probe_scan_errors_total[10m])')} > 0`,
      // One error keeps the expression true for ten minutes: it takes errors that come again.
      for: '15m',
      severity: 'warning',
      summary: `The probe in ${words.pod} keeps reporting errors: {{ $labels.reason }}.`,
      description: `The probe in ${words.pod} has counted errors of the kind {{ $labels.reason }} for 15 minutes. What it reports may be incomplete.`,
      followsFromPod: ['QuorumProbeStale'],
    },
    {
      name: 'QuorumProbeLogDropped',
      expr: `${maxBy(settings, ['pod'], 'increase(quorum_probe_log_lines_dropped_total[15m])')} > 0`,
      severity: 'warning',
      summary: `The probe in ${words.pod} drops log lines.`,
      description: `{{ $value | humanize }} lines of the log of the probe in ${words.pod} were dropped in 15 minutes: its output is not read, or its disk is full. Its log has gaps.`,
    },
  ];
}
