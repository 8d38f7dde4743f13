import { stallOf } from '../../links/stall.ts';
import type { Link } from '../../model/link.ts';
import { isPeerPort } from '../../model/profile.ts';
import type { Socket } from '../../model/socket.ts';
import { isAttempt, isSettled, isSettledLink, isUsable } from '../quorum/peer-links.ts';
import { seesConnections } from '../quorum/seen.ts';
import { listed, rowsText } from '../scene/row-text.ts';
import { nameOf, peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';
import { givesUpAfterMs } from './kernel-patience.ts';
import { rowStalledForMs, smallOnesPass } from './paths.ts';

/** What single links show: stalls, unanswered connects, links that only idled out. */
export function linkFindings(scene: Scene): Diagnosis[] {
  return [...stalled(scene), ...connecting(scene), ...idleElection(scene), ...keepaliveOff(scene)];
}

function stalled(scene: Scene): Diagnosis[] {
  const links = peerLinks(scene).filter(
    (link) => link.state === 'stalled' && !isUsable(link, scene.persistence),
  );
  const captured = scene.folded.capturedPeers.flatMap((peer) =>
    peer.rows.filter((row) => stallOf(row) === 'retransmission'),
  );
  const rows = [
    ...links.flatMap((link) => link.rows.filter((row) => stallOf(row))),
    ...captured,
  ].filter((row) => smallOnesPass(row, rowStalledForMs(scene, row)) === null);
  if (rows.length === 0) return [];
  const peers = [...new Set(rows.map((row) => row.remote.address))].map((a) => nameOf(scene, a));
  const names = listed(peers);
  const unacked = rows.reduce((sum, row) => sum + row.txQueueBytes, 0);
  const closedWindow = rows.every((row) => stallOf(row) === 'zero-window');
  const one = peers.length === 1;
  return [
    {
      code: 'stalled-link',
      certainty: 'confirmed',
      summary: closedWindow
        ? `${names} ${one ? 'has' : 'have'} stopped reading: ${unacked} bytes are held back by a zero window.`
        : unacked === 0
          ? `${names} ${one ? 'does' : 'do'} not answer: keepalive probes on an established connection get no reply.`
          : `${names} ${one ? 'does' : 'do'} not acknowledge data: ${unacked} bytes are being retransmitted on an established connection.`,
      evidence: rowsText(rows),
      cause: closedWindow
        ? "The peer's process is hung or overloaded, while its kernel still answers."
        : `Packets between the pods are lost silently: the peer, its node or the network is gone, and no reset was sent.${unacked === 0 ? '' : kernelsPatience(scene)}`,
      remedy: closedWindow
        ? "Check the peer's process (garbage collection, disk, CPU limits)."
        : "Check the peer's pod and node, and anything that filters packets between the two (network policy, security group, CNI). The server itself notices only after its own timeout.",
    },
  ];
}

function kernelsPatience({ observation: { tcpRetries } }: Scene): string {
  return tcpRetries === null
    ? ''
    : ` The kernel itself closes the connection after about ${Math.floor(givesUpAfterMs(tcpRetries) / 1000)} s (net.ipv4.tcp_retries2 is ${tcpRetries}).`;
}

function connecting(scene: Scene): Diagnosis[] {
  const links = peerLinks(scene).filter(
    (link) => isAttempt(link) && isSettledLink(link, scene.persistence),
  );
  if (links.length === 0) return [];
  const waiting = (row: Socket): boolean => row.state === 'syn_sent';
  const rows = links.flatMap((link) => link.rows).filter(waiting);
  const peers = [...new Set(links.map((link) => link.peer).filter((peer) => peer !== null))];
  const behindProxy = links.some((link) => link.path === 'through-proxy');
  return [
    {
      code: 'peer-connecting',
      certainty: 'confirmed',
      summary: `Connections to ${listed(peers.map((peer) => nameOf(scene, peer)))} on port ${[...new Set(links.map((link) => link.port))].join(', ')} get no answer${behindProxy ? '; the server sees them as open, because the local proxy answered in place of the peer' : ''}.`,
      evidence: rowsText(rows.length > 0 ? rows : links.flatMap((link) => link.rows)),
      cause:
        'The address no longer exists, its node is down, or something on the way drops packets: a refusal would have ended the attempt at once.',
      remedy:
        "Compare the address with the peer's current one (kubectl get pod -o wide), then check network policies and the node.",
    },
  ];
}

/** Election links carry nothing between elections: whoever closes silent connections closes them. */
function idleElection(scene: Scene): Diagnosis[] {
  if (scene.standing.inQuorum.kind !== 'in' || scene.standing.size === null) return [];
  const idle = scene.settings.profile.ports.filter(
    (spec) => spec.mayBeIdleCut && spec.links.kind === 'pairwise' && !spec.links.bothWays,
  );
  const wanted = scene.standing.size - 1;
  return idle.flatMap((spec): Diagnosis[] => {
    const links = peerLinks(scene).filter((link) => link.role === spec.role && isOpen(link));
    if (links.length >= wanted || !seesConnections(scene.folded, spec)) return [];
    const [port] = spec.ports;
    return [
      {
        code: 'idle-election-links',
        certainty: 'confirmed',
        summary: `${links.length} of ${wanted} links on the ${spec.title} ${port ?? ''} are open; they are opened again for the next election.`,
        evidence:
          links.length === 0
            ? [`no connection on port ${port ?? ''}`]
            : rowsText(links.flatMap((link) => link.rows)),
        cause:
          'A member has left since the last election, or a proxy closed idle links (Envoy does after one hour).',
        remedy: 'None needed: these links serve only elections, and are opened again for each.',
      },
    ];
  });
}

function keepaliveOff(scene: Scene): Diagnosis[] {
  const { keepalive } = scene.settings.profile.advice;
  if (scene.folded.mesh.kind !== 'none' || keepalive === null) return [];
  const roles = scene.settings.profile.ports
    .filter((spec) => spec.mayBeIdleCut && isPeerPort(spec))
    .map((spec) => spec.role);
  const rows = peerLinks(scene)
    .filter((link) => roles.includes(link.role) && link.state === 'up')
    .flatMap((link) => link.rows)
    .filter((row) => row.timer === 'none' && row.owner.kind === 'uid');
  const settled = rows.filter((row) => isSettled(row, scene.persistence));
  if (settled.length === 0) return [];
  return [
    {
      code: 'keepalive-off',
      certainty: 'confirmed',
      summary: `TCP keepalive is off on ${settled.length} election connection${settled.length === 1 ? '' : 's'}.`,
      evidence: rowsText(settled),
      cause: `${scene.settings.profile.title} leaves TCP keepalive off by default.`,
      remedy: `Optional: ${keepalive}, so that a firewall that drops idle connections does not slow the next election.`,
    },
  ];
}

function isOpen(link: Link): boolean {
  return link.state === 'up' || link.state === 'stalled';
}
