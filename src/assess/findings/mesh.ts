import type { Link } from '../../model/link.ts';
import { type HeldConditions, heldForMs } from '../held.ts';
import { isSettledLink } from '../peer-links.ts';
import { few, listed, rowsText } from '../row-text.ts';
import { nameOf, peerLinks, type Scene } from '../scene.ts';
import type { Diagnosis } from './finding.ts';
import { loopbackDelivery } from './loopback-delivery.ts';
import { portsInNoService } from './port-in-no-service.ts';

/**
 * Source ports that the proxy has for one passthrough address, `net.ipv4.ip_local_port_range` left at
 * 32768 to 60999, and the share of them from which new connections begin to fail.
 */
const SOURCE_PORTS = 28_232;
const EXHAUSTED_SHARE = 0.9;

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

/** Under which a link that ends at the local proxy is carried from look to look. */
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
      summary: `The connection to ${listed(peers)} is open as far as the local proxy only: the proxy holds no connection to the peer.`,
      evidence: [...rowsText(links.flatMap((link) => link.rows)), ...failures],
      cause:
        'The proxy accepted the connection and could not, or not yet, connect to the peer: the peer is down, refuses plaintext or mutual TLS, or is not known to the mesh.',
      remedy:
        "Look at the proxy's connect failures for the peer (istioctl proxy-config endpoint, --ask envoy), at the mutual TLS mode of both ends, and at the peer's own probe.",
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
  if (scene.folded.mesh.inbound !== 'passthrough') return [];
  const used = scene.settings.profile.ports
    .flatMap((spec) => spec.ports)
    .map((port) => ({ port, dialled: dialledTo(scene, port) }))
    .filter(({ dialled }) => dialled > 0);
  const total = used.reduce((sum, { dialled }) => sum + dialled, 0);
  if (total < SOURCE_PORTS * EXHAUSTED_SHARE) return [];
  return [
    {
      code: 'exhausted-passthrough-ports',
      certainty: 'suspected',
      summary: `The proxy holds ${total} connections from 127.0.0.6 to this pod's ports: its ${SOURCE_PORTS} source ports are nearly used up, and new connections will fail.`,
      evidence: used.map(
        ({ port, dialled }) => `${dialled} connections from 127.0.0.6 to port ${port}`,
      ),
      cause:
        'Every inbound connection takes one source port of 127.0.0.6, closed ones for another minute.',
      remedy:
        'Reduce client connections or share them, widen net.ipv4.ip_local_port_range in the pod, or take the client port out of the mesh (traffic.sidecar.istio.io/excludeInboundPorts).',
    },
  ];
}

function dialledTo(scene: Scene, port: number): number {
  const counts = scene.table.ports.get(port);
  if (counts === undefined) return 0;
  return [...counts.outboundByUid.values()].reduce((sum, rows) => sum + rows, 0);
}
