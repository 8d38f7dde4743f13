import type { PeerReport, PortReport } from '../../model/report.ts';
import type { MetricDefinition } from './definition.ts';

type PeerVitals = NonNullable<PeerReport['vitals']>;

/** What the kernel says by netlink of the links with each configured peer, and of the accept queues. */
export const peerMetrics: readonly MetricDefinition[] = [
  {
    name: 'quorum_probe_peer_last_heard_seconds',
    type: 'gauge',
    labels: ['peer'],
    help: 'Since data last came from this peer; NaN without a link, and where netlink does not serve.',
    samples: perPeer(({ lastHeardMs }) => seconds(lastHeardMs)),
  },
  {
    name: 'quorum_probe_peer_rtt_seconds',
    type: 'gauge',
    labels: ['peer'],
    help: 'Smoothed round-trip time to this peer; NaN without a link, and where netlink does not serve.',
    samples: perPeer(({ rttMs }) => seconds(rttMs)),
  },
  {
    name: 'quorum_probe_peer_sent_bytes_total',
    type: 'counter',
    labels: ['peer'],
    help: 'Bytes sent to this peer over all links between members, those sent again included.',
    samples: perPeer(({ sentBytes }) => sentBytes),
  },
  {
    name: 'quorum_probe_peer_received_bytes_total',
    type: 'counter',
    labels: ['peer'],
    help: 'Bytes received from this peer over all links between members.',
    samples: perPeer(({ receivedBytes }) => receivedBytes),
  },
  {
    name: 'quorum_probe_peer_retransmitted_bytes_total',
    type: 'counter',
    labels: ['peer'],
    help: 'Bytes sent to this peer again, over all links between members.',
    samples: perPeer(({ retransmittedBytes }) => retransmittedBytes),
  },
  {
    name: 'quorum_probe_accept_queue_limit',
    type: 'gauge',
    labels: ['port', 'port_role'],
    help: 'Connections that may wait to be accepted; NaN without a listener, and where netlink does not serve.',
    samples: ({ watched, report }) =>
      watched.ports.map(({ port, role }) => ({
        labels: { port, port_role: role },
        value: limitOf(report.ports.find((candidate) => candidate.port === port)),
      })),
  },
];

/** One sample for each configured peer; NaN, or a counter's last value, for one that the kernel says nothing of. */
function perPeer(value: (vitals: PeerVitals) => number | null): MetricDefinition['samples'] {
  return ({ watched, report }) => {
    const vitals = new Map(report.peers.map((peer) => [peer.name, peer.vitals]));
    return watched.peers.map((peer) => {
      const own = vitals.get(peer) ?? null;
      return { labels: { peer }, value: own === null ? null : value(own) };
    });
  };
}

function limitOf(port: PortReport | undefined): number | null {
  return port?.listener?.acceptQueueLimit ?? null;
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
