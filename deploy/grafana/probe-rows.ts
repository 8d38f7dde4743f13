import { chart, timeline } from './panels.ts';
import type { Panels } from './rows.ts';
import type { Scope } from './scope.ts';
import { VERDICTS } from './states.ts';

/** What each member was, and who led. */
export function transitionRow({ of }: Scope): Panels {
  const verdict = VERDICTS.map(
    ({ value, text }) => `sum by (pod) (${of('verdict', `verdict="${text}"`)}) * ${value}`,
  ).join(' + ');
  return [
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
        queries: [{ expr: verdict, legend: '{{pod}}' }],
      },
      VERDICTS,
    ),
  ];
}

/** What was asked beyond the sockets, where `--ask` is on: without it these show no data. */
export function askedRow({ of }: Scope): Panels {
  return [
    timeline(
      {
        title: 'Answers of the other probes',
        description: 'Whether a peer’s own probe answers this one (--ask peers).',
        columns: 12,
        queries: [
          { expr: `max by (pod, peer) (${of('peer_probe_up')})`, legend: '{{pod}} to {{peer}}' },
        ],
      },
      ANSWERS,
    ),
    timeline(
      {
        title: 'Answers of server and proxy',
        description: 'Whether the server (--ask srvr) and the mesh proxy (--ask envoy) answer.',
        columns: 12,
        queries: [
          { expr: `max by (pod) (${of('server_answers')})`, legend: '{{pod}} server' },
          { expr: `max by (pod) (${of('proxy_answers')})`, legend: '{{pod}} proxy' },
        ],
      },
      ANSWERS,
    ),
    chart({
      title: 'Time until a certificate expires',
      description:
        'Of the certificate that the probe was given (--certificate); below 0 it has expired.',
      columns: 24,
      unit: 's',
      queries: [
        {
          expr: `max by (pod) (${of('certificate_not_after_timestamp_seconds')}) - time()`,
          legend: '{{pod}}',
        },
      ],
    }),
  ];
}

const ANSWERS = [
  { value: 0, text: 'no answer', color: 'red' },
  { value: 1, text: 'answers', color: 'green' },
];

/** What the probes themselves do and cost. */
export function probeRow(scope: Scope): Panels {
  return [...scans(scope), ...costs(scope)];
}

function scans({ of }: Scope): Panels {
  return [
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
}

function costs({ of, ofTarget }: Scope): Panels {
  return [
    chart({
      title: 'Memory of the probes',
      description: 'Resident memory of each probe’s process.',
      columns: 8,
      unit: 'bytes',
      queries: [
        { expr: `max by (pod) (${ofTarget('process_resident_memory_bytes')})`, legend: '{{pod}}' },
      ],
    }),
    chart({
      title: 'CPU of the probes',
      description: 'Share of one core that each probe uses, its scans and its answers together.',
      columns: 8,
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (pod) (rate(${ofTarget('process_cpu_seconds_total')}[$__rate_interval]))`,
          legend: '{{pod}}',
        },
      ],
    }),
    chart({
      title: 'Errors of the probes',
      description: 'In 10 minutes, over all members; names-failed are look-ups of members’ names.',
      columns: 8,
      queries: [
        {
          expr: `sum by (reason) (increase(${of('scan_errors_total')}[10m]))`,
          legend: '{{reason}}',
        },
      ],
    }),
  ];
}
