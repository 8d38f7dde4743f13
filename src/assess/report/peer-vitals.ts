import type { PeerReport } from '../../model/report.ts';
import type { Socket } from '../../model/socket.ts';
import { rowsByPeer } from '../quorum/outer-rows.ts';
import { reachOf } from '../quorum/reach.ts';
import type { Scene } from '../scene/scene.ts';
import { peerRoles } from './ports.ts';

/** The configured peers with what the kernel says of their links. */
export function reportPeersWithVitals(scene: Scene): PeerReport[] {
  const rows = rowsByPeer(scene.folded, peerRoles(scene.settings.profile));
  return scene.peers.map((peer) => ({
    ...peer,
    reach: reachOf(scene, peer),
    vitals: vitalsOf(
      scene,
      peer.name,
      peer.addresses.flatMap((address) => rows.get(address) ?? []),
    ),
  }));
}

function vitalsOf({ traffic }: Scene, name: string, rows: readonly Socket[]): PeerReport['vitals'] {
  const total = traffic.get(name)?.total;
  if (total === undefined) return null;
  const { sentBytes, receivedBytes, retransmittedBytes } = total;
  return { ...newest(rows), sentBytes, receivedBytes, retransmittedBytes };
}

/** Of the link that was heard last. */
function newest(rows: readonly Socket[]): {
  readonly lastHeardMs: number | null;
  readonly rttMs: number | null;
} {
  let best: { lastHeardMs: number; rttMs: number | null } | null = null;
  for (const { vitals } of rows) {
    const lastHeardMs = vitals?.lastHeardMs ?? null;
    if (lastHeardMs === null || (best !== null && lastHeardMs >= best.lastHeardMs)) continue;
    best = { lastHeardMs, rttMs: vitals?.rttMs ?? null };
  }
  return best ?? { lastHeardMs: null, rttMs: null };
}
