import type { Folded, Link } from '../../model/link.ts';
import { onceFor } from '../../model/once-for.ts';
import { isPeerPort } from '../../model/profile.ts';
import type { JudgeSettings } from '../../model/settings.ts';
import type { SocketTable } from '../../model/socket.ts';
import type { NamedAddresses } from '../quorum/former.ts';
import { linksWithPeers, memberAt } from '../quorum/link-index.ts';
import type { Lived } from '../quorum/lived.ts';
import type { Member } from '../quorum/members.ts';
import type { Persistence } from '../quorum/peer-links.ts';
import type { PeerStanding } from '../quorum/peers.ts';
import type { Silence } from '../quorum/silence.ts';
import type { Standing } from '../quorum/standing.ts';
import type { Traffic } from '../quorum/traffic.ts';
import type { CounterSample, Observation } from './observation.ts';
import { rowsText } from './row-text.ts';

/** Everything that checks and findings are made from, for one moment. */
export interface Scene {
  readonly settings: JudgeSettings;
  readonly observation: Observation;
  readonly table: SocketTable;
  readonly folded: Folded;
  readonly members: readonly Member[];
  /** Addresses that members' names had, at this scan or before. */
  readonly named: NamedAddresses;
  readonly peers: readonly PeerStanding[];
  readonly standing: Standing;
  readonly persistence: Persistence;
  /** Peers that were heard at each heartbeat and are heard no more. */
  readonly silences: readonly Silence[];
  readonly samples: readonly CounterSample[];
  /** What was exchanged with each peer, where the kernel says it. */
  readonly traffic: Traffic;
  /** When a link with each member last lived for longer than a handshake takes. */
  readonly lived: Lived;
  /** Ready only because waiting for unpublished peers would deadlock. */
  readonly bootstrap: boolean;
}

/**
 * How certain it is that what was not read is not there. A listing is taken to show the watched ports
 * where nothing contradicts it, and that is an assumption. A listener of another owner than the server's
 * may be the server all the same, come back as another user.
 */
export function certaintyOfAbsence({ folded }: Scene): 'suspected' | 'confirmed' {
  const { coverage, foreign } = folded;
  const isAssumed = coverage.kind === 'listing' && coverage.basis === 'assumed';
  const othersListen = foreign.some(({ state }) => state === 'listen');
  return isAssumed || othersListen ? 'suspected' : 'confirmed';
}

/** Links of every port between members. */
export const peerLinks = onceFor((scene: Scene): readonly Link[] =>
  scene.settings.profile.ports
    .filter(isPeerPort)
    .flatMap((spec) => linksWithPeers(scene.folded, spec.role)),
);

/** A member's name for an address, with the address, or the address alone. */
export function nameOf(scene: Scene, address: string): string {
  const member = memberAt(scene.members, address);
  return member === undefined || member.literal ? address : `${member.name} (${address})`;
}

/** Ports of a role as operators write them: `2181` or `2181 and 2281`. */
export function portsOf(scene: Scene, role: string): string {
  const spec = scene.settings.profile.ports.find((candidate) => candidate.role === role);
  return spec === undefined ? role : spec.ports.join(' or ');
}

/** The rows of every link between members, or the words for none. */
export function linkEvidence(scene: Scene): string[] {
  const rows = peerLinks(scene).flatMap((link) => link.rows);
  return rows.length === 0 ? ['no connection with any member on the peer ports'] : rowsText(rows);
}
