import { verdictChange } from '../../model/agent-view.ts';
import { FINDING_SEVERITIES } from '../../model/findings.ts';
import { CHECK_STATUSES, MEMBER_ROLES, STOP_STATES, VERDICTS } from '../../model/report.ts';
import {
  type MetricDefinition,
  type MetricSource,
  type Sample,
  single,
  stateSet,
} from './definition.ts';

/** The member's own state: readiness, role, verdict, checks, findings, quorum, peers, mesh. */
export const memberMetrics: readonly MetricDefinition[] = [
  {
    name: 'quorum_probe_ready',
    type: 'gauge',
    labels: [],
    help: 'Whether /readyz answers 200: the member is in a settled quorum, or bootstrap applies.',
    samples: ({ ready }) => single(ready),
  },
  {
    name: 'quorum_probe_in_quorum',
    type: 'gauge',
    labels: [],
    help: 'Whether the member is in a quorum, settled or not; NaN if unknown.',
    samples: ({ report }) => single(report.inQuorum),
  },
  {
    name: 'quorum_probe_bootstrap',
    type: 'gauge',
    labels: [],
    help: 'Whether the member is ready only because waiting for unpublished peers would deadlock.',
    samples: ({ report }) => single(report.bootstrap),
  },
  {
    name: 'quorum_probe_stopping',
    type: 'gauge',
    labels: ['state'],
    help: 'Whether a stop of the server is held until the ensemble can spare it, or was answered and is going on.',
    samples: ({ report }) => stateSet('state', STOP_STATES, report.stopping?.state ?? null),
  },
  {
    name: 'quorum_probe_verdict',
    type: 'gauge',
    labels: ['verdict'],
    help: 'The verdict on this member: 1 for the current one, 0 for the others.',
    samples: ({ report }) => stateSet('verdict', VERDICTS, report.verdict),
  },
  {
    name: 'quorum_probe_transitions_total',
    type: 'counter',
    labels: ['from', 'to'],
    help: 'Changes of the verdict since the probe started.',
    samples: ({ totals }) =>
      VERDICTS.flatMap((from) =>
        VERDICTS.filter((to) => to !== from).map((to) => ({
          labels: { from, to },
          value: totals.verdictChanges.get(verdictChange(from, to)) ?? 0,
        })),
      ),
  },
  {
    name: 'quorum_probe_member_role',
    type: 'gauge',
    labels: ['role'],
    help: 'The role of this member in its ensemble: 1 for the current one, 0 for the others.',
    samples: ({ report }) => stateSet('role', MEMBER_ROLES, report.role),
  },
  {
    name: 'quorum_probe_check',
    type: 'gauge',
    labels: ['check', 'status'],
    help: 'Each check by status: 1 for the current one, 0 for the others.',
    samples: checks,
  },
  {
    name: 'quorum_probe_finding',
    type: 'gauge',
    labels: ['code', 'severity'],
    help: 'Whether a finding of this code holds now; /api/v1/report has its evidence and remedy.',
    samples: findings,
  },
  {
    name: 'quorum_probe_voters',
    type: 'gauge',
    labels: [],
    help: 'Voters of the ensemble as configured; NaN if neither members nor a size is configured.',
    samples: ({ report }) => single(report.quorum.size),
  },
  {
    name: 'quorum_probe_majority',
    type: 'gauge',
    labels: [],
    help: 'Voters needed for a quorum; NaN if the size of the ensemble is unknown.',
    samples: ({ report }) => single(report.quorum.majority),
  },
  {
    name: 'quorum_probe_quorum_margin',
    type: 'gauge',
    labels: [],
    help: 'Voters that can still be lost, below 0 without a quorum; NaN on all but the leader.',
    samples: ({ report }) => single(report.quorum.margin),
  },
  {
    name: 'quorum_probe_peer_linked',
    type: 'gauge',
    labels: ['peer'],
    help: 'Whether there is a working link with this peer; NaN if this role needs none.',
    samples: peers,
  },
  {
    name: 'quorum_probe_certificate_not_after_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the certificate of --certificate that expires first does so, in Unix time; NaN where none is known.',
    samples: ({ report: { certificate } }) =>
      single(certificate === null ? null : Date.parse(certificate.notAfter) / 1000),
  },
  {
    name: 'quorum_probe_mesh_info',
    type: 'gauge',
    labels: ['kind', 'inbound'],
    help: 'The service mesh in the pod, and how it delivers inbound connections; always 1.',
    samples: ({ report }) => [
      { labels: { kind: report.mesh.kind, inbound: report.mesh.inbound }, value: 1 },
    ],
  },
  {
    name: 'quorum_probe_profile_info',
    type: 'gauge',
    labels: ['profile'],
    help: 'The clustered system that the probe is configured to watch; always 1.',
    samples: ({ report }) => [{ labels: { profile: report.profile }, value: 1 }],
  },
];

function checks({ report, watched }: MetricSource): readonly Sample[] {
  const statuses = new Map<string, string>(watched.checks.map((name) => [name, 'unknown']));
  for (const { name, status } of report.checks) {
    statuses.set(name, status);
  }
  return [...statuses].flatMap(([check, status]) =>
    stateSet('status', CHECK_STATUSES, status, { check }),
  );
}

function findings({ report }: MetricSource): readonly Sample[] {
  const found = new Set(report.findings.map(({ code, severity }) => `${severity} ${code}`));
  return FINDING_SEVERITIES.map(({ code, severity }) => ({
    labels: { code, severity },
    value: Number(found.has(`${severity} ${code}`)),
  }));
}

function peers({ report, watched }: MetricSource): readonly Sample[] {
  const statuses = new Map(report.peers.map(({ name, status }) => [name, status]));
  return watched.peers.map((peer) => {
    const status = statuses.get(peer) ?? 'unknown';
    return { labels: { peer }, value: status === 'unknown' ? null : Number(status === 'linked') };
  });
}
