import type { Link } from '../../model/link.ts';
import { heldForMs } from '../quorum/held.ts';
import { memberAt } from '../quorum/link-index.ts';
import type { Member } from '../quorum/members.ts';
import { isSettledLink } from '../quorum/peer-links.ts';
import { few, listed, rowsText } from '../scene/row-text.ts';
import { peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Two rounds of calm lookups: names had the time to follow a pod that moved. */
const STALE_MS = 60_000;

/** Under which a link to an address that is no member's is carried from look to look. */
export function linkToStranger(link: Link): string {
  return `stranger ${link.key}`;
}

/** Links that go out to an address that no member has, all of them being known. */
export function linksToStrangers(
  links: readonly Link[],
  members: readonly Member[],
  podAddresses: readonly string[],
): Link[] {
  const allKnown = members.every(
    ({ literal, self, answer }) => literal || self || answer?.kind === 'published',
  );
  if (members.length === 0 || !allKnown) return [];
  const own = new Set(podAddresses);
  return links.filter(
    ({ direction, peer }) =>
      direction === 'outbound' &&
      peer !== null &&
      !own.has(peer) &&
      memberAt(members, peer) === undefined,
  );
}

/** Links to addresses that members had and have no more. */
export function addressFindings(scene: Scene): Diagnosis[] {
  const { held, nowMs, persistMs } = scene.persistence;
  const neededMs = persistMs === 0 ? 0 : STALE_MS;
  const links = peerLinks(scene).filter(
    (link) =>
      isSettledLink(link, scene.persistence) &&
      heldForMs(held, linkToStranger(link), nowMs) >= neededMs,
  );
  if (links.length === 0) return [];
  const peers = listed(links.map(({ peer }) => peer ?? ''));
  const { resolvesNames } = scene.settings.profile.advice;
  return [
    {
      code: 'stale-peer-address',
      certainty: 'confirmed',
      summary: `This member is connected, or connecting, to ${peers}, which is no member's address.`,
      evidence: [
        ...rowsText(links.flatMap((link) => link.rows)),
        ...few(scene.members.map(({ name, addresses }) => `${name}: ${addresses.join(', ')}`)),
      ],
      cause:
        "A peer's pod was replaced and got another address, and this server still uses the one it resolved before; or the probe's list of members is out of date.",
      remedy: `Compare with kubectl get pod -o wide; restart this member's server if it holds on to an old address${resolvesNames === null ? '' : ` (${resolvesNames})`}, or correct --members.`,
    },
  ];
}
