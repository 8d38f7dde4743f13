import type { Address, BriefConnection } from '../../model/socket.ts';
import { linksWithPeers, memberAt } from '../quorum/link-index.ts';
import { BRIEF_MS } from '../quorum/lived.ts';
import { specOf } from '../quorum/peer-links.ts';
import { type PeerStanding, portOfInterest } from '../quorum/peers.ts';
import { reachOf } from '../quorum/reach.ts';
import { endpointText, few, listed } from '../scene/row-text.ts';
import { nameOf, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** So many in a row, within this time, and none that lived. */
const IN_A_ROW = 5;
const WITHIN_MS = 60_000;

/**
 * Peers that are needed and not linked, with whom connections open, carry something and end at once. An election
 * leaves one link of each pair, a peer that is down refuses, and a cut answers nothing: none of these comes here.
 * Behind a mesh the server's own connection ends at the proxy, whatever the reason, so nothing is said.
 */
export function handshakeFindings(scene: Scene): Diagnosis[] {
  const { folded, settings, standing, table } = scene;
  const role = portOfInterest(settings.profile, standing);
  if (folded.mesh.kind !== 'none' || role === null || table.brief === undefined) return [];
  const ports = new Set(specOf(settings.profile, role).ports);
  const brief = briefByName(scene, table.brief, ports);
  const failing = scene.peers.flatMap((peer) => {
    const own = brief.get(peer.name) ?? [];
    const isFailing = own.length >= IN_A_ROW && isNeeded(scene, peer) && !isUp(scene, role, peer);
    return isFailing ? [{ peer, own }] : [];
  });
  if (failing.length === 0) return [];
  const names = failing.map(({ own, peer }) => nameOf(scene, own[0]?.remote.address ?? peer.name));
  return [
    {
      code: 'handshake-fails',
      certainty: 'suspected',
      summary: `Connections with ${listed(names)} open, carry some data and end within ${BRIEF_MS / 1_000} s, and none has stayed open in the last ${WITHIN_MS / 1_000} s.`,
      evidence: few(failing.flatMap(({ own }) => evidenceOf(own, ports))),
      cause:
        'The two ends reach each other, but do not accept each other: a certificate that has expired, is not valid yet, or was issued for other names or by a CA that the other end does not trust; TLS on only one end; another secret, cookie, user or password; or another cluster name or release.',
      remedy: `Read the logs of ${settings.profile.title} on both ends at the time of these connections: the end that closes says why. Compare the certificates (dates, names, issuer) and the settings of TLS and authentication between members on both ends.`,
    },
  ];
}

/** Brief connections of the port by member, those of the last minute. Strangers have none. */
function briefByName(
  { members, persistence: { nowMs } }: Scene,
  all: readonly BriefConnection[],
  ports: ReadonlySet<number>,
): ReadonlyMap<string, readonly BriefConnection[]> {
  const byName = new Map<string, BriefConnection[]>();
  for (const one of all) {
    const { local, remote, goneMs } = one;
    if (nowMs - goneMs >= WITHIN_MS) continue;
    if (!ports.has(local.port) && !ports.has(remote.port)) continue;
    const name = memberOf(members, remote.address);
    if (name === null) continue;
    const own = byName.get(name);
    if (own === undefined) byName.set(name, [one]);
    else own.push(one);
  }
  return byName;
}

function memberOf(members: Scene['members'], address: Address): string | null {
  const member = memberAt(members, address);
  return member === undefined || member.self ? null : member.name;
}

/** Whether this role needs the peer, has no link with it, and nothing shows that the way to it is cut. */
function isNeeded(scene: Scene, peer: PeerStanding): boolean {
  if (peer.status !== 'missing' && peer.status !== 'connecting') return false;
  const livedMs = scene.lived.get(peer.name);
  const { nowMs } = scene.persistence;
  if (livedMs !== undefined && nowMs - livedMs < WITHIN_MS) return false;
  const reach = reachOf(scene, peer);
  return reach === 'answered' || reach === 'unknown';
}

/** Whether a link is up just now, which may live. */
function isUp({ folded }: Scene, role: string, { addresses }: PeerStanding): boolean {
  return linksWithPeers(folded, role).some(
    ({ peer, state }) => peer !== null && state === 'up' && addresses.includes(peer),
  );
}

function evidenceOf(own: readonly BriefConnection[], ports: ReadonlySet<number>): string[] {
  const inbound = own.filter(({ local }) => ports.has(local.port));
  const outbound = own.filter(({ local }) => !ports.has(local.port));
  return [
    ...(inbound.length > 0 ? [countText(inbound, 'from')] : []),
    ...(outbound.length > 0 ? [countText(outbound, 'to')] : []),
  ];
}

function countText(own: readonly BriefConnection[], way: 'from' | 'to'): string {
  const [first] = own;
  const count = `${own.length} ${own.length === 1 ? 'connection' : 'connections'}`;
  if (first === undefined) return count;
  const { local, remote } = first;
  return way === 'to'
    ? `${count} to ${endpointText(remote)} ended between two readings of the table`
    : `${count} from ${remote.address} to ${endpointText(local)} ended between two readings of the table`;
}
