import { MTLS_MODES, SERVER_MODES } from '../../model/evidence.ts';
import {
  type MetricDefinition,
  type MetricSource,
  type Sample,
  single,
  stateSet,
} from './definition.ts';

/** Evidence beyond the sockets, where `--ask` opted into it; NaN where it says nothing. */
export const askedMetrics: readonly MetricDefinition[] = [
  {
    name: 'quorum_probe_server_info',
    type: 'gauge',
    labels: ['version'],
    help: "The server's version as it reports it (--ask srvr), empty if unknown; always 1.",
    samples: ({ report }) => [{ labels: { version: report.asked.srvr?.version ?? '' }, value: 1 }],
  },
  {
    name: 'quorum_probe_server_mode',
    type: 'gauge',
    labels: ['mode'],
    help: "The server's mode as it reports it (--ask srvr): 1 for the current one, all 0 while it reports none.",
    samples: ({ report }) => stateSet('mode', SERVER_MODES, report.asked.srvr?.mode ?? null),
  },
  {
    name: 'quorum_probe_server_answers',
    type: 'gauge',
    labels: [],
    help: 'Whether the server answered the last srvr request; NaN if it is not asked.',
    samples: ({ report: { asked } }) =>
      single(asked.srvr === null ? null : asked.srvr.state !== 'failed'),
  },
  {
    name: 'quorum_probe_server_outstanding_requests',
    type: 'gauge',
    labels: [],
    help: 'Requests queued in the server, as it reports them.',
    samples: ({ report }) => single(report.asked.srvr?.outstanding ?? null),
  },
  {
    name: 'quorum_probe_server_connections',
    type: 'gauge',
    labels: [],
    help: 'Client connections of the server, as it reports them.',
    samples: ({ report }) => single(report.asked.srvr?.connections ?? null),
  },
  {
    name: 'quorum_probe_server_latency_avg_seconds',
    type: 'gauge',
    labels: [],
    help: "The server's average request latency since its start, as it reports it.",
    samples: ({ report }) => {
      const ms = report.asked.srvr?.latencyMs?.avg;
      return single(ms === undefined ? null : ms / 1000);
    },
  },
  {
    name: 'quorum_probe_proxy_answers',
    type: 'gauge',
    labels: [],
    help: "Whether the mesh proxy's admin interface answered the last request (--ask envoy); NaN if it is not asked.",
    samples: ({ report: { asked } }) =>
      single(asked.envoy === null ? null : asked.envoy.state === 'answered'),
  },
  {
    name: 'quorum_probe_mtls_mode',
    type: 'gauge',
    labels: ['port', 'port_role', 'mode'],
    help: "Mutual TLS on the port's inbound connections, from the proxy's admin interface; all 0 if not asked.",
    samples: mtls,
  },
  {
    name: 'quorum_probe_proxy_connect_failures_total',
    type: 'counter',
    labels: ['peer'],
    help: "Connections to the peer's addresses that the mesh proxy failed to open; NaN until it shows one.",
    samples: connectFailures,
  },
  {
    name: 'quorum_probe_peer_probe_up',
    type: 'gauge',
    labels: ['peer'],
    help: "Whether the peer's own probe answered the last request (--ask peers); NaN if it is not asked.",
    samples: ({ report, watched }) =>
      byPeer(watched.peers, (peer) => {
        const asked = report.asked.peers?.find(({ name }) => name === peer);
        if (asked === undefined) return null;
        return Number(asked.state === 'answered' || asked.state === 'not-understood');
      }),
  },
  {
    name: 'quorum_probe_peer_probe_rtt_seconds',
    type: 'gauge',
    labels: ['peer'],
    help: "Round-trip time of the last answer from the peer's own probe; NaN if there is none.",
    samples: ({ report, watched }) =>
      byPeer(watched.peers, (peer) => {
        const ms = report.asked.peers?.find(({ name }) => name === peer)?.roundTripMs ?? null;
        return ms === null ? null : ms / 1000;
      }),
  },
];

function byPeer(
  peers: readonly string[],
  value: (peer: string) => number | null,
): readonly Sample[] {
  return peers.map((peer) => ({ labels: { peer }, value: value(peer) }));
}

function mtls({ report, watched }: MetricSource): readonly Sample[] {
  return watched.ports.flatMap(({ port, role }) => {
    const mode = report.asked.envoy?.ports.find((asked) => asked.port === port)?.mtls ?? null;
    return stateSet('mode', MTLS_MODES, mode, { port, port_role: role });
  });
}

function connectFailures({ report, watched, totals }: MetricSource): readonly Sample[] {
  return byPeer(watched.peers, (name) => {
    const addresses = report.peers.find((peer) => peer.name === name)?.addresses ?? [];
    const shown = addresses.flatMap((address) => totals.failedConnects.get(address) ?? []);
    // A peer that the proxy has shown no host of may have failed and been forgotten: that is no zero.
    return shown.length === 0 ? null : shown.reduce((sum, each) => sum + each, 0);
  });
}
