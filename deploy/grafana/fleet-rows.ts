import { type Column, chart, figure, list } from './panels.ts';
import type { Panels } from './rows.ts';
import type { Scope } from './scope.ts';

/** Where the dashboard of one ensemble is, in the same Grafana. */
export const ENSEMBLE_UID = 'quorum-probe';

/** How many ensembles there are and how many need somebody, then each by itself. */
export function overviewRow(scope: Scope): Panels {
  return [...figures(scope), ...tables(scope)];
}

function figures({ recorded, records, ofTarget, settings }: Scope): Panels {
  const { inQuorumMax, marginMax, votersMax, readyCount, readySum, up, roles } = records;
  const having = (role: string): string =>
    `sum by (${settings.by.join(', ')}) (${recorded(roles, `role=~"${role}"`)})`;
  const counted = (title: string, description: string, expr: string): ReturnType<typeof figure> =>
    figure({ title, description, columns: 4, queries: [{ expr, legend: '' }] }, { upTo: 0 });
  return [
    figure(
      {
        title: 'Ensembles',
        description: 'Ensembles that any probe watches.',
        columns: 4,
        queries: [{ expr: `count(${recorded(inQuorumMax)})`, legend: '' }],
      },
      { from: 1 },
    ),
    counted(
      'Without a quorum',
      'Ensembles of which no member that can be seen is in a quorum.',
      `count(${recorded(inQuorumMax)} == 0) or vector(0)`,
    ),
    counted(
      'Without a leader',
      'Ensembles of which no member that can be seen leads, in systems that have a leader.',
      `count(${having('leader')} == 0 and ${having('member|standalone')} == 0) or vector(0)`,
    ),
    counted(
      'One loss from the end',
      'Ensembles of three and more that have just a majority.',
      `count(${recorded(marginMax)} == 0 and ${recorded(votersMax)} >= 3) or vector(0)`,
    ),
    counted(
      'Not ready',
      'Pods whose readiness the probe refuses.',
      `sum(${recorded(readyCount)}) - sum(${recorded(readySum)})`,
    ),
    counted(
      'Probes not reached',
      'Probes that Prometheus knows of and cannot scrape.',
      `count(${ofTarget('up')}) - sum(${recorded(up)})`,
    ),
  ];
}

function tables({ recorded, records, settings }: Scope): Panels {
  const { by, runbookUrl } = settings;
  const each = (metric: string): { expr: string; legend: string } => ({
    expr: `max by (${by.join(', ')}) (${metric})`,
    legend: '',
  });
  const chosen = by.slice(0, -1).map((label) => `${label}=~"$${label}"`);
  const firing = ['alertname=~"Quorum.+"', 'alertstate="firing"', ...chosen].join(',');
  return [
    list(
      {
        title: 'Each ensemble',
        description: 'Its present figures; each leads to the dashboard of the ensemble.',
        columns: 14,
        queries: [
          each(recorded(records.inQuorumSum)),
          each(recorded(records.votersMax)),
          each(recorded(records.marginMax)),
          each(recorded(records.readySum)),
          each(recorded(records.up)),
        ],
      },
      [
        ...by.map((label): Column => named(label, by)),
        { field: 'Value #A', heading: 'In quorum' },
        { field: 'Value #B', heading: 'Voters' },
        { field: 'Value #C', heading: 'Margin' },
        { field: 'Value #D', heading: 'Ready' },
        { field: 'Value #E', heading: 'Probes' },
      ],
    ),
    list(
      {
        title: 'Alerts that fire',
        description: 'Alerts of this set; the runbook has a section for each.',
        columns: 10,
        queries: [{ expr: `ALERTS{${firing}}`, legend: '' }],
      },
      [
        {
          field: 'alertname',
          heading: 'Alert',
          link: { title: 'The runbook on alerts', url: `${runbookUrl}#alerts` },
        },
        { field: 'severity', heading: 'Severity' },
        ...by.map((label): Column => ({ field: label, heading: headingOf(label) })),
        { field: 'pod', heading: 'Member' },
      ],
    ),
  ];
}

function headingOf(label: string): string {
  return `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}

/** A column of a label; that of the ensemble's own name leads to its dashboard. */
function named(label: string, by: readonly string[]): Column {
  const heading = headingOf(label);
  if (label !== by.at(-1)) return { field: label, heading };
  const variables = by.map(
    (each) => `var-${each}=\${__data.fields.${headingOf(each)}:percentencode}`,
  );
  const url = `/d/${ENSEMBLE_UID}?${[`\${datasource:queryparam}`, ...variables].join('&')}`;
  return { field: label, heading, link: { title: 'Its dashboard', url } };
}

/** What all the probes do and cost together. */
export function fleetProbeRow({ of, ofTarget }: Scope): Panels {
  const spread = (metric: string): { expr: string; legend: string }[] => [
    { expr: `max(${metric})`, legend: 'the most' },
    { expr: `quantile(0.5, ${metric})`, legend: 'half of them' },
  ];
  return [
    chart({
      title: 'Memory of the probes',
      description: 'Resident memory of a probe’s process.',
      columns: 8,
      unit: 'bytes',
      queries: spread(ofTarget('process_resident_memory_bytes')),
    }),
    chart({
      title: 'CPU of the probes',
      description: 'Share of one core that a probe uses.',
      columns: 8,
      unit: 'percentunit',
      queries: spread(`rate(${ofTarget('process_cpu_seconds_total')}[$__rate_interval])`),
    }),
    chart({
      title: 'Scan duration',
      description: 'Time that the last scan took; it grows with the node’s sockets.',
      columns: 8,
      unit: 's',
      queries: spread(of('scan_duration_seconds')),
    }),
  ];
}
