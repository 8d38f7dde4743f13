import { figure, list, timeline } from './panels.ts';
import type { Panels } from './rows.ts';
import type { Scope } from './scope.ts';
import { READY, ROLES } from './states.ts';

/** What the ensemble is now: figures, roles, readiness, findings, members. */
export function glanceRow(scope: Scope): Panels {
  return [...figures(scope), ...timelines(scope), ...tables(scope)];
}

function figures({ recorded, records }: Scope): Panels {
  const columns = 4;
  const { inQuorumSum, majorityMax, votersMax, marginMax, readySum, up } = records;
  return [
    figure(
      {
        title: 'In quorum',
        description: 'Members that are in a quorum, by their own sockets.',
        columns,
        queries: [{ expr: recorded(inQuorumSum), legend: 'members' }],
      },
      { from: 1 },
    ),
    figure(
      {
        title: 'Majority',
        description: 'Voters needed for a quorum.',
        columns,
        queries: [{ expr: recorded(majorityMax), legend: 'voters' }],
      },
      { from: 0 },
    ),
    figure(
      {
        title: 'Voters',
        description: 'Voters that the probes were told of.',
        columns,
        queries: [{ expr: recorded(votersMax), legend: 'voters' }],
      },
      { from: 0 },
    ),
    figure(
      {
        title: 'Margin',
        description: 'Voters that may still be lost. The leader knows.',
        columns,
        queries: [{ expr: recorded(marginMax), legend: 'voters' }],
      },
      { from: 1 },
    ),
    figure(
      {
        title: 'Ready',
        description: 'Pods whose readiness the probe gives.',
        columns,
        queries: [{ expr: recorded(readySum), legend: 'pods' }],
      },
      { from: 1 },
    ),
    figure(
      {
        title: 'Probes',
        description: 'Probes that Prometheus reaches.',
        columns,
        queries: [{ expr: recorded(up), legend: 'probes' }],
      },
      { from: 1 },
    ),
  ];
}

function timelines({ of }: Scope): Panels {
  const role = ROLES.map(
    ({ value, text }) => `sum by (pod) (${of('member_role', `role="${text}"`)}) * ${value}`,
  ).join(' + ');
  return [
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
  ];
}

function tables({ of, ofTarget, settings }: Scope): Panels {
  const each = (metric: string): string => `max by (pod, instance) (${metric})`;
  return [
    list(
      {
        title: 'Findings',
        description:
          'Critical findings and warnings that hold now; each leads to its section of the runbook.',
        columns: 8,
        queries: [{ expr: `${of('finding', 'severity!="info"')} == 1`, legend: '' }],
      },
      [
        { field: 'pod', heading: 'Member' },
        { field: 'severity', heading: 'Severity' },
        {
          field: 'code',
          heading: 'Finding',
          link: {
            title: 'The runbook on this finding',
            url: `${settings.runbookUrl}#\${__data.fields.Finding}`,
          },
        },
      ],
    ),
    list(
      {
        title: 'Checks that warn or fail',
        description: 'Each expectation that is not met now; what cannot be judged is left out.',
        columns: 8,
        queries: [{ expr: `${of('check', 'status=~"warn|fail"')} == 1`, legend: '' }],
      },
      [
        { field: 'pod', heading: 'Member' },
        { field: 'check', heading: 'Check' },
        { field: 'status', heading: 'Status' },
      ],
    ),
    list(
      {
        title: 'Members',
        description: 'The pods whose probes are scraped; each leads to its status page.',
        columns: 8,
        queries: [
          { expr: each(ofTarget('up')), legend: '' },
          { expr: each(of('ready')), legend: '' },
        ],
      },
      [
        { field: 'pod', heading: 'Member', link: pageLink(settings.pageUrl, settings.by) },
        { field: 'instance', heading: 'Address' },
        { field: 'Value #A', heading: 'Probe', states: PROBE },
        { field: 'Value #B', heading: 'Readiness', states: READY },
      ],
    ),
  ];
}

const PROBE = [
  { value: 0, text: 'not reached', color: 'red' },
  { value: 1, text: 'scraped', color: 'green' },
];

/** The address of a status page, filled in by Grafana from the row and from the dashboard's variables. */
function pageLink(pageUrl: string, by: readonly string[]): { title: string; url: string } {
  const url = by
    .reduce((all, label) => all.replaceAll(`{${label}}`, `\${${label}}`), pageUrl)
    .replaceAll('{pod}', `\${__data.fields.Member}`)
    .replaceAll('{instance}', `\${__data.fields.Address}`);
  return { title: 'Its status page', url };
}
