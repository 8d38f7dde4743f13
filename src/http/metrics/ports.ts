import type { ListenerReach } from '../../model/link.ts';
import type { PortReport } from '../../model/report.ts';
import { TCP_STATES } from '../../model/socket.ts';
import type { MetricDefinition, MetricSource, Sample } from './definition.ts';

const REACHES = ['wildcard', 'pod', 'loopback'] as const satisfies readonly ListenerReach[];
const DIRECTIONS = ['inbound', 'outbound'] as const;

/** Every watched port: its listener, its sockets, its links and their bytes. */
export const portMetrics: readonly MetricDefinition[] = [
  {
    name: 'quorum_probe_listening',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Whether the server listens on this port.',
    samples: perPort((port) => Number(port.listener !== null)),
  },
  {
    name: 'quorum_probe_listener_reach',
    type: 'gauge',
    labels: ['port', 'port_role', 'reach'],
    help: 'Where the listener can be reached from: 1 for the current reach, all 0 without a listener.',
    samples: perPortState('reach', REACHES, (port, reach) =>
      Number(port.listener?.reach === reach),
    ),
  },
  {
    name: 'quorum_probe_sockets',
    type: 'gauge',
    labels: ['port', 'port_role', 'state'],
    help: "Socket rows whose local or remote port is this one, by the kernel's TCP state.",
    samples: perPortState('state', TCP_STATES, (port, state) => port.states[state] ?? 0),
  },
  {
    name: 'quorum_probe_links',
    type: 'gauge',
    labels: ['port', 'port_role', 'direction'],
    help: "ESTABLISHED links of the server, including stalled ones; a mesh proxy's connections are folded in.",
    samples: perPortState('direction', DIRECTIONS, (port, direction) => port.links[direction]),
  },
  {
    name: 'quorum_probe_links_expected',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Links that a healthy member of this role has; NaN if the rows do not show it.',
    samples: perPort((port) => port.links.expected),
  },
  {
    name: 'quorum_probe_stalled_links',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Links whose data is retransmitted without an acknowledgement, or that have a zero window.',
    samples: perPort((port) => port.links.stalled),
  },
  {
    name: 'quorum_probe_accept_queue',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Connections that wait for the server to accept them.',
    samples: perPort((port) => port.listener?.acceptQueue ?? 0),
  },
  {
    name: 'quorum_probe_unread_bytes',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Bytes received on this port that the server has not read.',
    samples: perPort((port) => port.unreadBytes),
  },
  {
    name: 'quorum_probe_unacked_bytes',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Bytes sent on this port that the other end has not acknowledged.',
    samples: perPort((port) => port.unackedBytes),
  },
  {
    name: 'quorum_probe_link_opened_total',
    type: 'counter',
    labels: ['port', 'port_role'],
    help: 'Links that have appeared since the probe started.',
    samples: ({ watched, totals }) =>
      watched.ports.map(({ port, role }) => ({
        labels: { port, port_role: role },
        value: totals.linksOpened.get(port) ?? 0,
      })),
  },
  {
    name: 'quorum_probe_link_lost_total',
    type: 'counter',
    labels: ['port', 'port_role'],
    help: 'Links that have ended since the probe started.',
    samples: ({ watched, totals }) =>
      watched.ports.map(({ port, role }) => ({
        labels: { port, port_role: role },
        value: totals.linksLost.get(port) ?? 0,
      })),
  },
];

/** One sample for each watched port; NaN for a port that the report does not hold. */
function perPort(value: (port: PortReport) => number | null): MetricDefinition['samples'] {
  return (source) =>
    watchedPorts(source).map(({ labels, port }) => ({ labels, value: port && value(port) }));
}

/** One sample for each watched port and each of `states`; NaN for a port that the report does not hold. */
function perPortState<State extends string>(
  label: string,
  states: readonly State[],
  value: (port: PortReport, state: State) => number,
): MetricDefinition['samples'] {
  return (source) =>
    watchedPorts(source).flatMap(({ labels, port }): Sample[] =>
      states.map((state) => ({
        labels: { ...labels, [label]: state },
        value: port && value(port, state),
      })),
    );
}

function watchedPorts({ watched, report }: MetricSource) {
  return watched.ports.map(({ port, role }) => ({
    labels: { port, port_role: role },
    port: report.ports.find((candidate) => candidate.port === port) ?? null,
  }));
}
