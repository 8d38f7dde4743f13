import type { Folded, Link } from '../../model/link.ts';
import {
  dialsBothWays,
  isPeerPort,
  type PortSpec,
  type Profile,
  perPairOf,
} from '../../model/profile.ts';
import type { PortReport, Report } from '../../model/report.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import { countsByState, type SocketTable } from '../../model/socket.ts';
import { linksWithPeers, memberAt } from '../quorum/link-index.ts';
import { observerCount } from '../quorum/members.ts';
import { capturedStatus, type Persistence, stalledForMs } from '../quorum/peer-links.ts';
import type { Standing } from '../quorum/standing.ts';
import type { Scene } from '../scene/scene.ts';

/** Addresses in one list of the report; a neighbour can bind a port on as many as it likes. */
export const ADDRESS_CAP = 16;

/** Every watched port, listening or not. */
export function reportPorts(
  table: SocketTable,
  folded: Folded,
  settings: JudgeSettings,
  standing: Standing,
  persistence: Persistence,
): PortReport[] {
  return settings.profile.ports.flatMap((spec) =>
    spec.ports.map((port): PortReport => {
      const listener = folded.listeners.find((candidate) => candidate.port === port);
      const counts = table.ports.get(port);
      const links = linksWithPeers(folded, spec.role).filter((link) => link.port === port);
      const clients = !isPeerPort(spec);
      return {
        port,
        role: spec.role,
        listener:
          listener === undefined
            ? null
            : {
                reach: listener.reach,
                addresses: listener.addresses.slice(0, ADDRESS_CAP),
                acceptQueue: listener.acceptQueue,
                acceptQueueLimit: listener.acceptQueueLimit,
              },
        links: {
          inbound: clients
            ? (folded.clientLinks.get(port) ?? 0)
            : links.filter((link) => isOpen(link) && link.direction === 'inbound').length,
          outbound: links.filter((link) => isOpen(link) && link.direction === 'outbound').length,
          stalled: stalledLinks(links, folded, persistence),
          connecting: links.filter((link) => link.state === 'connecting').length,
          expected: expectedLinks(spec, port, settings, standing),
        },
        unreadBytes: clients ? (counts?.unreadBytes ?? 0) : sum(links, (link) => link.unreadBytes),
        unackedBytes: clients
          ? (counts?.unackedBytes ?? 0)
          : sum(links, (link) => link.unackedBytes),
        states: { ...(counts?.states ?? countsByState()) },
      };
    }),
  );
}

/** Roles of the ports between members, in the profile's order. */
export function peerRoles(profile: Profile): string[] {
  return profile.ports.filter(isPeerPort).map((spec) => spec.role);
}

const LINK_CAP = 200;

/** Links on peer ports for the report, the troubled ones first where there are too many. */
export function reportLinks(scene: Scene): Report['links'] {
  const { profile } = scene.settings;
  return profile.ports
    .filter(isPeerPort)
    .flatMap((spec) => linksWithPeers(scene.folded, spec.role))
    .sort((a, b) => Number(a.state === 'up') - Number(b.state === 'up'))
    .slice(0, LINK_CAP)
    .map((link) => ({
      role: link.role,
      port: link.port,
      direction: link.direction,
      peer: link.peer === null ? null : peerName(scene, link.peer),
      state: link.state,
      unackedBytes: link.unackedBytes,
      stalledMs: link.state === 'stalled' ? stalledForMs(link, scene.persistence) : null,
      vitals: vitalsOf(link),
    }));
}

/** Of the row that ends at the peer: of a link through a proxy that is the proxy's, where it is known. */
function vitalsOf({ path, rows }: Link): Report['links'][number]['vitals'] {
  const outer = path === 'direct' ? rows[0] : rows[1];
  return outer?.vitals ?? null;
}

function peerName(scene: Scene, address: string): string {
  return memberAt(scene.members, address)?.name ?? address;
}

/** Links a healthy member of this role holds on the port. */
function expectedLinks(
  spec: PortSpec,
  port: number,
  settings: JudgeSettings,
  standing: Standing,
): number | null {
  const rule = settings.profile.quorum;
  const perPair = perPairOf(spec);
  if (perPair === null || standing.size === null || spec.ports[0] !== port) return null;
  const others = (standing.size - 1 + observerCount(settings.ensemble)) * perPair.usual;
  if (spec.links.kind !== 'hub') return dialsBothWays(spec) ? 2 * others : others;
  if (rule.kind !== 'hub' || rule.port !== spec.role) return null;
  switch (standing.role) {
    case 'leader':
      return others;
    case 'learner':
      return 1;
    case 'standalone':
      return 0;
    default:
      return null;
  }
}

/** Behind a proxy the stall shows on its outer rows: one link of each peer that does not acknowledge. */
function stalledLinks(links: readonly Link[], folded: Folded, persistence: Persistence): number {
  const own = links.filter((link) => link.state === 'stalled').length;
  const hidden = links.filter((link) => link.peer === null && isOpen(link)).length;
  const peers = folded.capturedPeers.filter(
    (peer) => capturedStatus(peer, persistence) === 'stalled',
  ).length;
  return own + Math.min(hidden, peers);
}

function isOpen(link: Link): boolean {
  return link.state === 'up' || link.state === 'stalled';
}

function sum(links: readonly Link[], of: (link: Link) => number): number {
  return links.reduce((total, link) => total + of(link), 0);
}
