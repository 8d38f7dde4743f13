import type { Link } from '../../model/link.ts';
import { type HeldConditions, heldForMs } from '../quorum/held.ts';
import { isSettledLink } from '../quorum/peer-links.ts';
import { few, listed, rowsText } from '../scene/row-text.ts';
import { nameOf, peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';
import { loopbackDelivery } from './loopback-delivery.ts';
import { portsInNoService } from './port-in-no-service.ts';

/**
 * Source ports that the proxy has for one passthrough address, `net.ipv4.ip_local_port_range` left at
 * 32768 to 60999, and the share of them from which new connections begin to fail.
 */
const SOURCE_PORTS = 28_232;
const EXHAUSTED_SHARE = 0.9;

const NOTHING_DIALLED = { open: 0, timeWait: 0 };

/** What the mesh's proxy does to this member's connections. */
export function meshFindings(scene: Scene): Diagnosis[] {
  if (scene.folded.mesh.kind === 'none') return [];
  return [
    ...loopbackDelivery(scene),
    ...portsInNoService(scene),
    ...missingUpstream(scene),
    ...exhaustedPorts(scene),
  ];
}

/** Whether a link that ends at the local proxy is among what has held. */
export function holdsUnattributed(held: HeldConditions): boolean {
  return [...held.keys()].some((name) => name.startsWith(UNATTRIBUTED));
}

const UNATTRIBUTED = 'unattributed ';

/** Under which a link that ends at the local proxy is carried from scan to scan. */
export function linkUnattributed(link: Link): string {
  return `${UNATTRIBUTED}${link.key}`;
}

/** The application's socket is open, but only as far as the proxy in its own pod. */
function missingUpstream(scene: Scene): Diagnosis[] {
  const { held, nowMs, persistMs } = scene.persistence;
  const links = peerLinks(scene).filter(
    (link) =>
      link.path === 'unattributed' &&
      link.state === 'up' &&
      isSettledLink(link, scene.persistence) &&
      heldForMs(held, linkUnattributed(link), nowMs) >= persistMs,
  );
  if (links.length === 0) return [];
  const peers = links.map(
    ({ peer, port }) => `${peer === null ? 'a peer' : nameOf(scene, peer)} port ${port}`,
  );
  const failures = connectFailures(scene, links);
  return [
    {
      code: 'proxy-missing-upstream',
      certainty: failures.length > 0 ? 'confirmed' : 'suspected',
      summary: `The connection to ${listed(peers)} ends at the local proxy, which has no connection to the peer.`,
      evidence: [...rowsText(links.flatMap((link) => link.rows)), ...failures],
      cause:
        'The proxy accepted the connection but has not been able to connect to the peer: the peer is down, refuses plaintext or mutual TLS, or is not known to the mesh.',
      remedy:
        "Check the proxy's connect failures for the peer (istioctl proxy-config endpoint, --ask envoy), the mutual TLS mode on both sides, and the peer's own probe.",
    },
  ];
}

function connectFailures(scene: Scene, links: readonly Link[]): string[] {
  const answer = scene.observation.asked.envoy?.answer;
  if (answer?.kind !== 'answered') return [];
  const tried = new Set(links.map(({ peer, port }) => `${peer} ${port}`));
  return few(
    (answer.connectFailures ?? [])
      .filter(({ address, port, failures }) => failures > 0 && tried.has(`${address} ${port}`))
      .map(
        ({ address, port, failures }) => `proxy: ${failures} failed connects to ${address}:${port}`,
      ),
  );
}

/** Istio dials the application from the one address 127.0.0.6: its source ports can run out. */
function exhaustedPorts(scene: Scene): Diagnosis[] {
  const used = scene.settings.profile.ports
    .flatMap((spec) => spec.ports)
    .map((port) => ({ port, ...(scene.table.ports.get(port)?.passthrough ?? NOTHING_DIALLED) }))
    .filter(({ open, timeWait }) => open + timeWait > 0);
  const open = used.reduce((sum, port) => sum + port.open, 0);
  const timeWait = used.reduce((sum, port) => sum + port.timeWait, 0);
  if (open + timeWait < SOURCE_PORTS * EXHAUSTED_SHARE) return [];
  const mostlyClosed = timeWait > open;
  return [
    {
      code: 'exhausted-passthrough-ports',
      certainty: 'suspected',
      summary: `${open + timeWait} of ${SOURCE_PORTS} source ports of 127.0.0.6, from which the proxy connects to this pod's server, are in use${timeWait > 0 ? `, ${timeWait} of them by closed connections in TIME_WAIT` : ''}: new connections will fail.`,
      evidence: used.map(
        (port) =>
          `port ${port.port}: ${port.open} open connections from 127.0.0.6, ${port.timeWait} in TIME_WAIT`,
      ),
      cause: mostlyClosed
        ? 'Clients connect and disconnect at a high rate: every inbound connection takes one source port of 127.0.0.6, and a closed one keeps it for another minute.'
        : 'Every inbound connection takes one source port of 127.0.0.6, and a closed one keeps it for another minute.',
      remedy: `${mostlyClosed ? 'Find the clients that open a connection for each request (health checks, clients without a pool) and let them reuse connections' : 'Reduce or pool client connections'}, widen net.ipv4.ip_local_port_range in the pod, or exclude the client port from the mesh (traffic.sidecar.istio.io/excludeInboundPorts).`,
    },
  ];
}
