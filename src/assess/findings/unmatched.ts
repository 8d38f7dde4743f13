import { heldForMs } from '../quorum/held.ts';
import { linksWithPeers, memberAt } from '../quorum/link-index.ts';
import type { Standing } from '../quorum/standing.ts';
import { listed, rowsText } from '../scene/row-text.ts';
import type { Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Under which it is carried that votes rest on links from addresses that no member is known by. */
export const UNMATCHED = 'members unmatched';

/** How many votes rest on links from addresses that no member is known by. */
export function unmatchedVotes(standing: Standing): number {
  return standing.role === 'leader' || standing.role === 'member' ? standing.unmatched : 0;
}

/** Peers come from other addresses than the list of members has. */
export function unmatchedFindings(scene: Scene): Diagnosis[] {
  const { held, nowMs, persistMs } = scene.persistence;
  const votes = unmatchedVotes(scene.standing);
  if (votes === 0 || heldForMs(held, UNMATCHED, nowMs) < persistMs) return [];
  const { quorum } = scene.settings.profile;
  if (quorum.kind === 'none') return [];
  const links = linksWithPeers(scene.folded, quorum.port).filter(
    ({ peer }) => peer !== null && memberAt(scene.members, peer) === undefined,
  );
  const strangers = [...new Set(links.map(({ peer }) => peer ?? ''))];
  const unlinked = scene.peers.filter(({ status }) => status !== 'linked');
  const known = unlinked.map(({ name, addresses }) =>
    addresses.includes(name) ? name : `${name} (${addresses.join(', ') || 'no address'})`,
  );
  return [
    {
      code: 'members-unmatched',
      certainty: 'suspected',
      summary: `${votes} of the votes ${votes === 1 ? 'is a link' : 'are links'} from ${listed(strangers)}, which is not the address of a known member, while ${listed(known)} ${known.length === 1 ? 'has' : 'have'} no link: the probe assumes that they are the same.`,
      evidence: [
        ...rowsText(links.flatMap((link) => link.rows)),
        ...unlinked.slice(0, 8).map(({ name, addresses }) => `${name}: ${addresses.join(', ')}`),
      ],
      cause:
        "The members' names resolve to addresses that differ from those in the peers' packets: a service with a ClusterIP for each pod, NAT between the pods, the other address family, or a wrong name.",
      remedy:
        "Configure names that resolve to each member's own pod address (the headless service of the StatefulSet), or the pod addresses themselves.",
    },
  ];
}
