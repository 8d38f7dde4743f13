import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, figure, list, type State, timeline } from './panels.ts';

const datasource = { type: 'prometheus', uid: '$datasource' };
const ensemble = 'namespace="$namespace",ensemble="$ensemble"';

/** A metric of the ensemble that is shown; `more` narrows it further. */
function of(metric: string, more = ''): string {
  return `quorum_probe_${metric}{${[ensemble, more].filter(Boolean).join(',')}}`;
}

const ROLES: readonly State[] = [
  { value: 1, text: 'leader', color: 'blue' },
  { value: 2, text: 'learner', color: 'green' },
  { value: 3, text: 'member', color: 'green' },
  { value: 4, text: 'standalone', color: 'purple' },
  { value: 5, text: 'looking', color: 'orange' },
  { value: 6, text: 'absent', color: 'red' },
  { value: 7, text: 'unknown', color: 'gray' },
];

const role = ROLES.map(
  ({ value, text }) => `sum by (pod) (${of('member_role', `role="${text}"`)}) * ${value}`,
).join(' + ');

const READY: readonly State[] = [
  { value: 0, text: 'not ready', color: 'red' },
  { value: 1, text: 'ready', color: 'green' },
];

const glance = [
  figure(
    {
      title: 'In quorum',
      description: 'Members that are in a quorum, by their own sockets.',
      columns: 4,
      queries: [{ expr: `sum(${of('in_quorum')} == 1) or vector(0)`, legend: 'members' }],
    },
    1,
  ),
  figure(
    {
      title: 'Majority',
      description: 'Voters that make a quorum.',
      columns: 4,
      queries: [{ expr: `max(${of('majority')})`, legend: 'voters' }],
    },
    0,
  ),
  figure(
    {
      title: 'Members',
      description: 'Voters that the probes were told of.',
      columns: 4,
      queries: [{ expr: `max(${of('voters')})`, legend: 'voters' }],
    },
    0,
  ),
  figure(
    {
      title: 'Margin',
      description: 'Voters that may still be lost. The leader knows.',
      columns: 4,
      queries: [{ expr: `max(${of('quorum_margin')})`, legend: 'voters' }],
    },
    1,
  ),
  figure(
    {
      title: 'Ready',
      description: 'Pods whose readiness the probe gives.',
      columns: 4,
      queries: [{ expr: `sum(${of('ready')})`, legend: 'pods' }],
    },
    1,
  ),
  figure(
    {
      title: 'Probes',
      description: 'Probes that Prometheus reaches.',
      columns: 4,
      queries: [{ expr: `sum(up{job="quorum-probe",${ensemble}})`, legend: 'probes' }],
    },
    1,
  ),
  timeline(
    {
      title: 'Role',
      description: 'What each member is, by who listens and who dials whom.',
      columns: 12,
      queries: [{ expr: role, legend: '{{pod}}' }],
    },
    ROLES,
  ),
  timeline(
    {
      title: 'Readiness',
      description: 'Lost at once, won when the quorum has held for the settling time.',
      columns: 12,
      queries: [{ expr: `max by (pod) (${of('ready')})`, legend: '{{pod}}' }],
    },
    READY,
  ),
  list(
    {
      title: 'Findings',
      description: 'What the probes have diagnosed now; the runbook has a section for each code.',
      columns: 12,
      queries: [{ expr: `${of('finding')} == 1`, legend: '' }],
    },
    { pod: 'Member', severity: 'Severity', code: 'Finding' },
  ),
  list(
    {
      title: 'Checks that do not pass',
      description: 'Each expectation that warns, fails or cannot be told now.',
      columns: 12,
      queries: [{ expr: `${of('check', 'status!="pass"')} == 1`, legend: '' }],
    },
    { pod: 'Member', check: 'Check', status: 'Status' },
  ),
];

const links = [
  chart({
    title: 'Links',
    description: 'Established links by port and direction, a proxy’s extra sockets folded away.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod, port_role, direction) (${of('links')})`,
        legend: '{{pod}} {{port_role}} {{direction}}',
      },
    ],
  }),
  chart({
    title: 'Links that are missing',
    description:
      'Expected for the role, less those there are. Idle-cut election links are harmless.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod, port_role) (${of('links_expected')}) - sum by (pod, port_role) (${of('links')})`,
        legend: '{{pod}} {{port_role}}',
      },
    ],
  }),
  timeline(
    {
      title: 'Peers',
      description: 'Whether a member has a working link to a peer that its role needs.',
      columns: 12,
      queries: [
        { expr: `max by (pod, peer) (${of('peer_linked')})`, legend: '{{pod}} to {{peer}}' },
      ],
    },
    [
      { value: 0, text: 'no link', color: 'red' },
      { value: 1, text: 'linked', color: 'green' },
    ],
  ),
  chart({
    title: 'Links opened and lost',
    description: 'Per minute. A steady rate is churn.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod) (rate(${of('link_opened_total')}[$__rate_interval])) * 60`,
        legend: '{{pod}} opened',
      },
      {
        expr: `-sum by (pod) (rate(${of('link_lost_total')}[$__rate_interval])) * 60`,
        legend: '{{pod}} lost',
      },
    ],
  }),
];

const trouble = [
  chart({
    title: 'Stalled links',
    description: 'Established, but data is sent again and again, or the peer takes none.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod, port_role) (${of('stalled_links')})`,
        legend: '{{pod}} {{port_role}}',
      },
    ],
  }),
  chart({
    title: 'Unacknowledged bytes',
    description: 'Sent to peers and clients, not yet acknowledged.',
    columns: 12,
    unit: 'bytes',
    queries: [
      { expr: `sum by (pod, port_role) (${of('unacked_bytes')})`, legend: '{{pod}} {{port_role}}' },
    ],
  }),
  chart({
    title: 'Accept queue',
    description: 'Connections that the server has not accepted. It should stay at none.',
    columns: 12,
    queries: [
      { expr: `sum by (pod, port_role) (${of('accept_queue')})`, legend: '{{pod}} {{port_role}}' },
    ],
  }),
  chart({
    title: 'Unread bytes',
    description: 'Received by the kernel, not yet read by the server.',
    columns: 12,
    unit: 'bytes',
    queries: [
      { expr: `sum by (pod, port_role) (${of('unread_bytes')})`, legend: '{{pod}} {{port_role}}' },
    ],
  }),
  chart({
    title: 'Failed attempts and resets',
    description:
      'The pod’s TCP counters, per second. Together they are how delivery to loopback looks.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod) (rate(${of('tcp_attempt_fails_total')}[$__rate_interval]))`,
        legend: '{{pod}} failed attempts',
      },
      {
        expr: `sum by (pod) (rate(${of('tcp_out_rsts_total')}[$__rate_interval]))`,
        legend: '{{pod}} resets sent',
      },
    ],
  }),
  chart({
    title: 'Retransmissions',
    description: 'Segments sent again, per second, over all of the pod’s connections.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod) (rate(${of('tcp_retrans_segs_total')}[$__rate_interval]))`,
        legend: '{{pod}}',
      },
    ],
  }),
];

const transitions = [
  chart({
    title: 'Changes of leader',
    description: 'Times a member took or lost the lead in the last 15 minutes: two a change.',
    columns: 12,
    queries: [
      {
        expr: `sum by (pod) (changes(${of('member_role', 'role="leader"')}[15m]))`,
        legend: '{{pod}}',
      },
    ],
  }),
  timeline(
    {
      title: 'Verdict',
      description: 'The probe’s summary for each member.',
      columns: 12,
      queries: [
        {
          expr: ['healthy', 'degraded', 'broken', 'unknown']
            .map(
              (verdict, value) =>
                `sum by (pod) (${of('verdict', `verdict="${verdict}"`)}) * ${value}`,
            )
            .join(' + '),
          legend: '{{pod}}',
        },
      ],
    },
    [
      { value: 0, text: 'healthy', color: 'green' },
      { value: 1, text: 'degraded', color: 'yellow' },
      { value: 2, text: 'broken', color: 'red' },
      { value: 3, text: 'unknown', color: 'gray' },
    ],
  ),
];

const probe = [
  chart({
    title: 'Scan duration',
    description: 'Time from the first byte read to the last; it grows with the node’s sockets.',
    columns: 8,
    unit: 's',
    queries: [{ expr: `max by (pod) (${of('scan_duration_seconds')})`, legend: '{{pod}}' }],
  }),
  chart({
    title: 'Scans by reason',
    description: 'Per second, over all members.',
    columns: 8,
    queries: [
      {
        expr: `sum by (reason) (rate(${of('scans_total')}[$__rate_interval]))`,
        legend: '{{reason}}',
      },
    ],
  }),
  chart({
    title: 'Age of the last scan',
    description: 'Past a minute the probe’s figures are old.',
    columns: 8,
    unit: 's',
    queries: [
      {
        expr: `time() - max by (pod) (${of('last_scan_timestamp_seconds')})`,
        legend: '{{pod}}',
      },
    ],
  }),
];

function chosen(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

const rows = {
  Ensemble: glance,
  Links: links,
  Trouble: trouble,
  Transitions: transitions,
  Probe: probe,
};

/** The dashboard as Grafana imports it. */
export function dashboard(): string {
  const builder = new DashboardBuilder('Quorum')
    .uid('quorum-probe')
    .description(
      'Whether the members of an ensemble are connected to their quorum, and if not, why.',
    )
    .tags(['quorum-probe'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
    )
    .withVariable(chosen('namespace', 'Namespace', 'label_values(quorum_probe_ready, namespace)'))
    .withVariable(
      chosen(
        'ensemble',
        'Ensemble',
        'label_values(quorum_probe_ready{namespace="$namespace"}, ensemble)',
      ),
    );
  for (const [title, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  return `${JSON.stringify(builder.build(), null, 2)}\n`;
}

/** Where the generated dashboard is kept. */
export const dashboardFile = join(import.meta.dirname, 'dashboard.json');

if (import.meta.filename === process.argv[1]) writeFileSync(dashboardFile, dashboard());
