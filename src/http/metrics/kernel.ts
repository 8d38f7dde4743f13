import type { Counters, InterfaceReport } from '../../model/report.ts';
import { type MetricDefinition, type Sample, single } from './definition.ts';

/** The kernel's own counters of this network namespace, as raw as it keeps them. */
export const kernelMetrics: readonly MetricDefinition[] = [
  tcp('attempt_fails', 'attemptFails', 'Connections that failed to open (snmp AttemptFails).'),
  tcp('estab_resets', 'estabResets', 'Established connections reset (snmp EstabResets).'),
  tcp('retrans_segs', 'retransSegs', 'Segments retransmitted (snmp RetransSegs).'),
  tcp('out_rsts', 'outRsts', 'Resets sent (snmp OutRsts).'),
  tcp(
    'listen_overflows',
    'listenOverflows',
    'Connections dropped for a full accept queue (netstat ListenOverflows).',
  ),
  tcp('listen_drops', 'listenDrops', 'Connection attempts dropped (netstat ListenDrops).'),
  tcp('timeouts', 'timeouts', 'Retransmission timers that ran out (netstat TCPTimeouts).'),
  network('receive', 'bytes', 'Bytes received by an interface that holds a pod address.'),
  network('receive', 'errors', 'Receive errors of an interface that holds a pod address.'),
  network(
    'receive',
    'drops',
    'Packets dropped on receipt by an interface that holds a pod address.',
  ),
  network('transmit', 'bytes', 'Bytes sent by an interface that holds a pod address.'),
  network('transmit', 'errors', 'Transmit errors of an interface that holds a pod address.'),
  network(
    'transmit',
    'drops',
    'Packets dropped on sending by an interface that holds a pod address.',
  ),
];

function tcp(name: string, counter: keyof Counters, help: string): MetricDefinition {
  return {
    name: `quorum_probe_tcp_${name}_total`,
    type: 'counter',
    labels: [],
    help,
    samples: ({ report }) => single(report.counters[counter]),
  };
}

function network(
  direction: 'receive' | 'transmit',
  what: keyof InterfaceReport['receive'],
  help: string,
): MetricDefinition {
  return {
    name: `quorum_probe_network_${direction}_${what}_total`,
    type: 'counter',
    labels: ['interface'],
    help,
    samples: ({ report }) =>
      report.interfaces
        .filter(({ addresses }) =>
          addresses.some((address) => report.member.addresses.includes(address)),
        )
        .map(
          (found): Sample => ({ labels: { interface: found.name }, value: found[direction][what] }),
        ),
  };
}
