import { FINDING_CODES, type FindingCode } from '../../src/model/findings.ts';
import { type Alert, type AlertName, type Makings, maxBy } from './alert.ts';
import { certificateExpiring } from './certificate-alert.ts';

/** Critical findings that an alert of another name already stands for. */
const TOLD_ELSEWHERE: Readonly<Partial<Record<FindingCode, AlertName>>> = {
  'stale-scan': 'QuorumProbeStale',
  'partial-partition': 'QuorumPartialPartition',
  'mesh-loopback-delivery': 'QuorumMeshLoopbackDelivery',
  'duplicate-leader': 'QuorumTwoLeaders',
  'leader-without-quorum': 'QuorumMemberOut',
  'no-quorum': 'QuorumMemberOut',
};

/** Critical findings that QuorumCriticalFinding stands for. */
export const OTHER_CRITICAL_FINDINGS: readonly FindingCode[] = FINDING_CODES.filter(
  ({ code, severity }) => severity === 'critical' && TOLD_ELSEWHERE[code] === undefined,
).map(({ code }) => code);

const ENSEMBLE_HAS_LOST: readonly AlertName[] = [
  'QuorumLost',
  'QuorumNoLeader',
  'QuorumTwoLeaders',
  'QuorumMarginZero',
];
const CAUSES: readonly AlertName[] = [
  'QuorumMeshLoopbackDelivery',
  'QuorumProcessHung',
  'QuorumCriticalFinding',
];

/** Alerts about one member. */
export function memberAlerts(makings: Makings): readonly Alert[] {
  return [
    ...symptoms(makings),
    ...causes(makings),
    ...settingsAtFault(makings),
    certificateExpiring(makings),
  ];
}

function symptoms({ settings, words, records }: Makings): readonly Alert[] {
  const findings = words.ofPod({
    metric: 'quorum_probe_finding',
    where: ' == 1',
    sortBy: 'code',
    shown: '{{ .Labels.code }}',
    none: 'none',
  });
  const followsFromEnsemble = [...ENSEMBLE_HAS_LOST, 'QuorumMembersMissing'] as const;
  return [
    {
      name: 'QuorumMemberOut',
      expr: `quorum_probe_in_quorum == 0\nand on (${settings.by.join(', ')}) ${records.inQuorumMax.record} == 1`,
      for: '5m',
      severity: 'warning',
      summary: `${words.pod} is out of its quorum.`,
      description: `${words.pod} has been out of the quorum for 5 minutes while the other members have one. Findings:${findings}.`,
      followsFromEnsemble,
      followsFromPod: CAUSES,
    },
    {
      name: 'QuorumMemberUnknown',
      expr: `${maxBy(settings, ['pod'], 'quorum_probe_verdict{verdict="unknown"}')} == 1`,
      for: '10m',
      severity: 'warning',
      summary: `The probe in ${words.pod} does not know the state of its member.`,
      description: `The verdict on ${words.pod} has been unknown for 10 minutes: what the probe sees, or was configured with, is not enough. Findings:${findings}.`,
      followsFromEnsemble: ENSEMBLE_HAS_LOST,
      followsFromPod: [...CAUSES, 'QuorumMembersMisnamed', 'QuorumProbeStale'],
    },
    {
      name: 'QuorumMemberNotReady',
      // Of a lost quorum it would say nothing new, and cost the texts of all its members at each evaluation.
      expr: `${maxBy(settings, ['pod'], 'quorum_probe_ready')} == 0\nunless on (${settings.by.join(', ')}) ${records.inQuorumMax.record} == 0`,
      for: '15m',
      severity: 'warning',
      summary: `${words.pod} has not been ready for 15 minutes.`,
      description: `The probe has reported ${words.pod} as not ready for 15 minutes. Findings:${findings}.`,
      followsFromEnsemble,
      followsFromPod: [
        ...CAUSES,
        'QuorumMembersMisnamed',
        'QuorumProbeStale',
        'QuorumMemberOut',
        'QuorumMemberUnknown',
      ],
    },
  ];
}

function causes({ settings, words }: Makings): readonly Alert[] {
  const unlinked = words.ofPod({
    metric: 'quorum_probe_peer_linked',
    where: ' == 0',
    sortBy: 'peer',
    shown: '{{ .Labels.peer }}',
    none: 'none known',
  });
  const finding = (codes: string): string =>
    `${maxBy(settings, ['pod', 'code'], `quorum_probe_finding{code=~"${codes}"}`)} == 1`;
  return [
    {
      name: 'QuorumCriticalFinding',
      expr: finding(OTHER_CRITICAL_FINDINGS.join('|')),
      for: '5m',
      severity: 'warning',
      summary: `${words.pod} has the critical finding {{ $labels.code }}.`,
      description: `The probe in ${words.pod} has found {{ $labels.code }} for 5 minutes. The runbook has a section on it.`,
      followsFromEnsemble: ENSEMBLE_HAS_LOST,
      followsFromPod: ['QuorumMeshLoopbackDelivery'],
    },
    {
      name: 'QuorumStalledLink',
      expr: `${maxBy(settings, ['pod', 'port_role'], 'quorum_probe_stalled_links')} > 0`,
      for: '30s',
      severity: 'warning',
      summary: `${words.pod} has a stalled {{ $labels.port_role }} link.`,
      description: `{{ $value }} {{ $labels.port_role }} links of ${words.pod} are established but get no answer. Peers without a working link:${unlinked}.`,
      followsFromEnsemble: [
        ...ENSEMBLE_HAS_LOST,
        'QuorumMembersMissing',
        'QuorumPartialPartition',
        'QuorumProcessHung',
      ],
    },
    {
      name: 'QuorumMeshLoopbackDelivery',
      expr: `${maxBy(settings, ['pod'], 'quorum_probe_finding{code="mesh-loopback-delivery"}')} == 1`,
      for: '1m',
      severity: 'warning',
      summary: `The mesh delivers the peers of ${words.pod} to loopback.`,
      description: `${words.pod} listens for its peers on the pod's address, and the mesh proxy delivers their connections to 127.0.0.1, so it can never join the quorum.`,
      followsFromEnsemble: ENSEMBLE_HAS_LOST,
    },
    {
      name: 'QuorumProcessHung',
      expr: finding('accept-queue-backlog|unread-bytes'),
      for: '1m',
      severity: 'warning',
      summary: `${words.pod} does not serve its sockets.`,
      description: `The process in ${words.pod} has left connections unaccepted or bytes unread for more than a minute ({{ $labels.code }}).`,
      followsFromEnsemble: ENSEMBLE_HAS_LOST,
    },
    {
      name: 'QuorumServerDisagrees',
      expr: `${maxBy(settings, ['pod'], 'quorum_probe_finding{code="srvr-disagrees"}')} == 1`,
      for: '2m',
      severity: 'warning',
      summary: `${words.pod} reports a role that its connections contradict.`,
      description: `What the server in ${words.pod} answers to srvr has contradicted its connections for two minutes. One of the two is wrong.`,
      followsFromPod: CAUSES,
    },
  ];
}

function settingsAtFault({ settings, words }: Makings): readonly Alert[] {
  const codes = 'service-mismatch|not-a-member|members-unresolved|member-list-mismatch';
  return [
    {
      name: 'QuorumBootstrapReady',
      expr: `${maxBy(settings, ['pod'], 'quorum_probe_bootstrap')} == 1`,
      for: '5m',
      severity: 'warning',
      summary: `${words.pod} is ready without a quorum.`,
      description: `${words.pod} is reported as ready only because its name is not published while it is not ready: otherwise its peers could not find it.`,
      followsFromEnsemble: ENSEMBLE_HAS_LOST,
    },
    {
      name: 'QuorumMembersMisnamed',
      expr: `${maxBy(settings, ['pod', 'code'], `quorum_probe_finding{code=~"${codes}"}`)} == 1`,
      for: '1m',
      severity: 'warning',
      summary: `The probe in ${words.pod} is configured with wrong members.`,
      description: `The members that the probe in ${words.pod} is configured with are not the real ones ({{ $labels.code }}). Do not trust what it reports about missing members and the majority.`,
    },
  ];
}
