import { isPassthroughSource } from '../../model/address.ts';
import type { Link } from '../../model/link.ts';
import { isPeerPort, peerPorts } from '../../model/profile.ts';
import type { Socket } from '../../model/socket.ts';
import { linksWithPeers } from '../quorum/link-index.ts';
import { isAttempt } from '../quorum/peer-links.ts';
import { endpointText, listed, rowsText } from '../scene/row-text.ts';
import { nameOf, peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

export type Why = Pick<Diagnosis, 'cause' | 'remedy'>;

/** What the rows say of why members are not linked, the most telling first; `null` where they say nothing. */
export function whyUnlinked(scene: Scene): Why | null {
  return proxyDialled(scene) ?? unanswered(scene) ?? unansweredElsewhere(scene);
}

/** Rows that are not between members and belong to what `whyUnlinked` says. */
export function rowsBesideLinks(scene: Scene): string[] {
  return rowsText([...dialsOfProxy(scene), ...(isWithoutLinks(scene) ? scene.table.attempts : [])]);
}

/** A server that learns its peers' addresses from connections takes the proxy's address for a peer's. */
function proxyDialled(scene: Scene): Why | null {
  const [dialled] = dialsOfProxy(scene);
  if (dialled === undefined) return null;
  const ports = peerPorts(scene.settings.profile).join(',');
  return {
    cause: `This member connects to ${endpointText(dialled.remote)}, which is the address of the mesh proxy in its own pod and not a member's: it took the source of a connection that came in through the proxy for a peer's address.`,
    remedy: `Let every server announce its own address to the others instead of the one that they see, or take the ports between members out of the mesh on all of them (traffic.sidecar.istio.io/excludeInboundPorts and excludeOutboundPorts: "${ports}"); then correct who the members are where the server keeps it: ${scene.settings.profile.advice.memberList}.`,
  };
}

function dialsOfProxy({ table, folded, settings }: Scene): Socket[] {
  if (folded.mesh.kind === 'none') return [];
  const ports = peerPorts(settings.profile);
  return table.connections.filter(
    ({ local, remote }) =>
      isPassthroughSource(remote.address) &&
      ports.includes(remote.port) &&
      !ports.includes(local.port),
  );
}

/** A refusal would end an attempt at once. */
function unanswered(scene: Scene): Why | null {
  const waiting = peerLinks(scene).filter(isAttempt);
  if (waiting.length === 0) return null;
  return {
    cause: `Connections to ${peerNames(scene, waiting)} get no answer, not even a refusal: something on the way drops the packets (a network policy), or the address or its node is gone.`,
    remedy: `Check network policies, and compare the addresses with the peers' current ones (kubectl get pod -o wide). ${remedyForPeers(scene)}`,
  };
}

/** Some servers learn of the other members from a port that is their clients'. */
function unansweredElsewhere(scene: Scene): Why | null {
  const { attempts } = scene.table;
  if (attempts.length === 0 || !isWithoutLinks(scene)) return null;
  const where = listed([...new Set(attempts.map(({ remote }) => endpointText(remote)))]);
  return {
    cause: `No other member is linked, and the connection to ${where} gets no answer, not even a refusal. This server finds the others through: ${scene.settings.profile.advice.memberList}.`,
    remedy: `Check what should answer at ${where}, and the network policies on the way. ${remedyForPeers(scene)}`,
  };
}

function isWithoutLinks(scene: Scene): boolean {
  return peerLinks(scene).length === 0;
}

/** Why a member that looks for a leader finds none. */
export function whyLooking(scene: Scene, electionRole: string): Why {
  const links = linksWithPeers(scene.folded, electionRole);
  const linked = countLinked(links);
  const waiting = links.filter(isAttempt);
  const silent = waiting.length === 0 ? '' : peerNames(scene, waiting);
  const { majority } = scene.standing;
  if (linked > 0 && majority !== null && linked + 1 >= majority) {
    const aside =
      silent === ''
        ? ''
        : ` Connections to ${silent} get no answer, but a majority can form without them.`;
    return {
      cause: `An election is in progress or does not end: ${others(linked)} linked with this one for it, which is enough for a majority, but there is no leader yet.${aside}`,
      remedy: `Scan again in a few seconds. If there is still no leader, check the logs of the linked members for the course of the election, and whether they reach each other on ${peerPortNames(scene)}.`,
    };
  }
  if (linked > 0) {
    const needed = majority === null ? '' : `, of ${majority - 1} that a majority needs`;
    return {
      cause: `An election is in progress, or the linked members are not a majority: ${others(linked)} linked with this one for it${needed}.${silent === '' ? '' : ` Connections to ${silent} get no answer.`}`,
      remedy: remedyForPeers(scene),
    };
  }
  const why = whyUnlinked(scene);
  if (why !== null) return why;
  return {
    cause:
      scene.folded.mesh.kind === 'none' && isPodOnly(scene)
        ? 'No peer is linked: the other members are down or unreachable. Or the pod has a mesh proxy that delivers peer traffic to loopback, while the server listens only on the pod address: scan with --mesh to check that.'
        : 'No peer is linked: the other members are down, unreachable, or not known under their current addresses.',
    remedy: remedyForPeers(scene),
  };
}

/** How many others hold a link that is up; those whom a proxy hides count by their links. */
export function countLinked(links: readonly Link[]): number {
  const up = links.filter(({ state }) => state === 'up');
  const named = new Set(up.flatMap(({ peer }) => (peer === null ? [] : [peer])));
  return named.size + up.filter(({ peer }) => peer === null).length;
}

function others(count: number): string {
  return count === 1 ? '1 other member is' : `${count} other members are`;
}

function isPodOnly(scene: Scene): boolean {
  const clients = scene.settings.profile.ports.filter((spec) => !isPeerPort(spec));
  const peers = scene.folded.listeners.filter((listener) =>
    clients.every((spec) => spec.role !== listener.role),
  );
  return peers.length > 0 && peers.every((listener) => listener.reach === 'pod');
}

export function remedyForPeers(scene: Scene): string {
  const those =
    scene.settings.profile.quorum.kind === 'gossip'
      ? 'the others run and that they and this one can reach each other'
      : 'a majority of the members run and that each can reach the others';
  return `Check that ${those} on ${peerPortNames(scene)} (network policy, mesh, name resolution), and check the probes on the other pods.`;
}

/** The ports between members as operators write them. */
export function peerPortNames(scene: Scene): string {
  return scene.settings.profile.ports
    .filter(isPeerPort)
    .map((spec) => `${spec.role} port ${spec.ports.join(' or ')}`)
    .join(' and ');
}

export function peerNames(scene: Scene, links: readonly Link[]): string {
  const addresses = links.map((link) => link.peer).filter((peer) => peer !== null);
  return listed([...new Set(addresses)].map((address) => nameOf(scene, address)));
}
