import { chart, timeline } from './panels.ts';
import type { Panels } from './rows.ts';
import type { Scope } from './scope.ts';
import { LINKED } from './states.ts';

/** Clients come and go: no number of them is expected. */
const PEERS_ONLY = 'port_role!="client"';

/** The links with the peers. */
export function linkRow({ of }: Scope): Panels {
  return [
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
          expr: `sum by (pod, port_role) (${of('links_expected', PEERS_ONLY)}) - sum by (pod, port_role) (${of('links')})`,
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
      LINKED,
    ),
    chart({
      title: 'Links opened and lost',
      description: 'With peers, per minute. A steady rate is churn.',
      columns: 12,
      queries: [
        {
          expr: `sum by (pod) (rate(${of('link_opened_total', PEERS_ONLY)}[$__rate_interval])) * 60`,
          legend: '{{pod}} opened',
        },
        {
          expr: `-sum by (pod) (rate(${of('link_lost_total', PEERS_ONLY)}[$__rate_interval])) * 60`,
          legend: '{{pod}} lost',
        },
      ],
    }),
  ];
}

/** How the peers are heard, where the kernel says it (netlink). */
export function peerRow({ of }: Scope): Panels {
  const byPeer = '{{pod}} to {{peer}}';
  return [
    chart({
      title: 'Last heard',
      description: 'Since when nothing came from a peer. A healthy one is heard at each heartbeat.',
      columns: 8,
      unit: 's',
      queries: [{ expr: `max by (pod, peer) (${of('peer_last_heard_seconds')})`, legend: byPeer }],
    }),
    chart({
      title: 'Round trip',
      description: 'The kernel’s smoothed round-trip time on the links with a peer.',
      columns: 8,
      unit: 's',
      queries: [{ expr: `max by (pod, peer) (${of('peer_rtt_seconds')})`, legend: byPeer }],
    }),
    chart({
      title: 'Bytes retransmitted',
      description: 'Per second, to each peer: a lossy way shows here first.',
      columns: 8,
      unit: 'Bps',
      queries: [
        {
          expr: `sum by (pod, peer) (rate(${of('peer_retransmitted_bytes_total')}[$__rate_interval]))`,
          legend: byPeer,
        },
      ],
    }),
  ];
}

/** Links, queues and counters in which trouble shows first. */
export function troubleRow({ of }: Scope): Panels {
  return [
    chart({
      title: 'Stalled links',
      description: 'Established, but data is being retransmitted, or the peer accepts none.',
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
        {
          expr: `sum by (pod, port_role) (${of('unacked_bytes')})`,
          legend: '{{pod}} {{port_role}}',
        },
      ],
    }),
    chart({
      title: 'Accept queue',
      description: 'Connections that the server has not accepted. It should stay at none.',
      columns: 12,
      queries: [
        {
          expr: `sum by (pod, port_role) (${of('accept_queue')})`,
          legend: '{{pod}} {{port_role}}',
        },
      ],
    }),
    chart({
      title: 'Unread bytes',
      description: 'Received by the kernel, not yet read by the server.',
      columns: 12,
      unit: 'bytes',
      queries: [
        {
          expr: `sum by (pod, port_role) (${of('unread_bytes')})`,
          legend: '{{pod}} {{port_role}}',
        },
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
}
