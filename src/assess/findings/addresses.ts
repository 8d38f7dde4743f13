import type { Link } from '../../model/link.ts';
import type { Address } from '../../model/socket.ts';
import { type FormerMember, formerMember, type NamedAddresses } from '../quorum/former.ts';
import { memberAt } from '../quorum/link-index.ts';
import type { Member } from '../quorum/members.ts';
import { isSettledLink, type Persistence } from '../quorum/peer-links.ts';
import { few, listed, rowsText } from '../scene/row-text.ts';
import { peerLinks, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Two rounds of calm lookups: names had the time to follow a pod that moved. */
const STALE_MS = 60_000;
/**
 * Between the lookup that gave a member another address and the one that confirms it. CoreDNS answers for a
 * headless service out of its cache for 5 s unless told otherwise.
 */
const SURE_MS = 5_000;

/** Under which a link to an address that is no member's is carried from scan to scan. */
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

/** Whether the lookup is still to come that confirms that a member has an address no more. */
export function needsSecondLookup(
  address: Address,
  named: NamedAddresses,
  { askedMs, nowMs }: { readonly askedMs: number; readonly nowMs: number },
): boolean {
  const leftMs = named.get(address)?.leftMs ?? null;
  return leftMs !== null && nowMs - leftMs >= SURE_MS && askedMs < leftMs + SURE_MS;
}

/** A link to an address that is no member's, and the member that had it before; `null` where none is known. */
interface StaleLink {
  readonly link: Link;
  readonly address: Address;
  readonly former: FormerMember | null;
}

/** Links to addresses that members had and have no more. */
export function addressFindings(scene: Scene): Diagnosis[] {
  const stale = peerLinks(scene)
    .filter((link) => isSettledLink(link, scene.persistence))
    .map((link): StaleLink => {
      const address = link.peer ?? '';
      return { link, address, former: formerMember(scene.named, scene.members, address) };
    })
    .filter((each) => isStale(each, scene.persistence));
  if (stale.length === 0) return [];
  return [
    {
      code: 'stale-peer-address',
      certainty: 'confirmed',
      summary: summaryOf(stale),
      evidence: [
        ...rowsText(stale.flatMap(({ link }) => link.rows)),
        ...few(scene.members.map(({ name, addresses }) => `${name}: ${addresses.join(', ')}`)),
      ],
      cause: causeOf(stale),
      remedy: remedyOf(scene),
    },
  ];
}

/** What two lookups say of a member is sure; an address of which nothing was known must last longer. */
function isStale({ link, former }: StaleLink, { held, nowMs, persistMs }: Persistence): boolean {
  const since = held.get(linkToStranger(link))?.sinceMs;
  if (since === undefined) return false;
  if (persistMs === 0 || nowMs - since >= STALE_MS) return true;
  const answer = former?.member.answer;
  return answer?.kind === 'published' && answer.atMs >= (former?.leftMs ?? 0) + SURE_MS;
}

function summaryOf(stale: readonly StaleLink[]): string {
  const unknown = stale.flatMap(({ address, former }) => (former === null ? [address] : []));
  const moved = stale.flatMap(({ address, former }) =>
    former === null ? [] : [`${address}, which was ${nowAt(former.member)}`],
  );
  const strangers =
    unknown.length === 0 ? [] : [`${listed(unknown)}, which is not the address of any member`];
  return `This member is connected, or connecting, to ${[...new Set(moved), ...strangers].join('; and to ')}.`;
}

function nowAt({ name, addresses }: Member): string {
  return `${name}: ${name} is ${listed(addresses)} now`;
}

function causeOf(stale: readonly StaleLink[]): string {
  const uses = 'and this server still uses the one it resolved before';
  return stale.every(({ former }) => former !== null)
    ? `The peer's pod was replaced and got another address, ${uses}.`
    : `A peer's pod was replaced and got another address, ${uses}; or the probe's list of members is out of date.`;
}

function remedyOf({ settings }: Scene): string {
  const { resolvesNames, staleAddress } = settings.profile.advice;
  const when = resolvesNames === null ? '' : ` (${resolvesNames})`;
  const how = staleAddress === null ? '' : ` ${staleAddress}`;
  return `Compare with kubectl get pod -o wide; restart this member's server if it keeps using an old address${when}, or correct --members.${how}`;
}
