import { type EnsembleLink, jointSign, type LinkSign } from '../../model/ensemble.ts';
import type { Report } from '../../model/report.ts';
import type { PlacedMember } from './graph-layout.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageState } from './state.ts';
import { duration, shortName } from './words.ts';

/** What there is to draw between two members: all roles in one line, by the worst that is needed. */
export interface Edge {
  readonly from: PlacedMember;
  readonly to: PlacedMember;
  readonly sign: LinkSign;
  readonly needed: boolean;
  /** What is wrong, or the figures of a link of this member's own. */
  readonly label: string;
  readonly title: string;
}

const DRAWN: readonly LinkSign[] = ['missing', 'one-sided', 'troubled', 'linked'];

/** One line for each pair of members that has or needs a link, the bad ones last, so that they lie on top. */
export function edgesBetween(
  state: PageState,
  placed: readonly PlacedMember[],
  isCrowded: boolean,
): readonly Edge[] {
  const spots = new Map(placed.map((spot) => [spot.member.name, spot]));
  const byPair = new Map<string, EnsembleLink[]>();
  for (const link of state.ensemble.links) {
    const key = link.between.join(' ');
    byPair.set(key, [...(byPair.get(key) ?? []), link]);
  }
  const edges = [...byPair.values()].flatMap((links): Edge[] => {
    const [a = '', b = ''] = links[0]?.between ?? [];
    const from = spots.get(a);
    const to = spots.get(b);
    const edge = from && to && edgeOf(state, links, isCrowded);
    return edge ? [{ ...edge, from, to }] : [];
  });
  // What is wrong lies on top.
  return edges.sort((a, b) => DRAWN.indexOf(b.sign) - DRAWN.indexOf(a.sign));
}

function edgeOf(
  state: PageState,
  links: readonly EnsembleLink[],
  isCrowded: boolean,
): Omit<Edge, 'from' | 'to'> | null {
  const signs = links.map((link) => ({ role: link.role, need: link.need, sign: jointSign(link) }));
  const needed = signs.filter(({ need }) => need === 'needed');
  const counting = needed.length > 0 ? needed : signs;
  const sign = DRAWN.find((one) => counting.some((other) => other.sign === one));
  if (sign === undefined) return null;
  const bad = counting.filter((one) => one.sign === sign && sign !== 'linked');
  const label =
    bad.length > 0
      ? bad.map(({ role }) => `${role} ${SIGN_WORDS[sign]}`).join(', ')
      : tripWith(state.report, links, isCrowded);
  const title = signs.map(({ role, sign: one }) => `${role} ${SIGN_WORDS[one]}`).join(', ');
  // A link that is up counts as needed where nobody knows whether it is: the leader's probe may be the silent one.
  const isLinked = signs.some(({ need, sign: one }) => need === 'unknown' && one === 'linked');
  return { sign, needed: needed.length > 0 || isLinked, label, title };
}

const SIGN_WORDS: Readonly<Record<LinkSign, string>> = {
  linked: 'linked',
  'one-sided': 'one-sided',
  troubled: 'troubled',
  missing: 'missing',
  'not-needed': 'not needed',
  unknown: 'not known',
};

/** The round trip of this member's own link with another, and when the other was last heard. */
function tripWith(report: Report, links: readonly EnsembleLink[], isCrowded: boolean): string {
  const [between] = links.map((link) => link.between);
  if (!between?.includes(report.member.name)) return '';
  const own = report.links.find(
    ({ peer, vitals }) => peer !== null && between.includes(peer) && vitals?.rttMs != null,
  );
  const rttMs = own?.vitals?.rttMs ?? null;
  const heardMs = own?.vitals?.lastHeardMs ?? null;
  if (rttMs === null) return '';
  const trip = `${rttMs < 10 ? rttMs.toFixed(1) : Math.round(rttMs)} ms`;
  return heardMs === null || isCrowded ? trip : `${trip}, heard ${duration(heardMs)} ago`;
}

/** How far along a link of this member's own its figures stand. */
const LABEL_SHARE = 0.56;

const CROSS = markup`<path d="M-4-4L4 4M4-4L-4 4"/>`;
const BANG = markup`<path d="M0-4V1M0 4h.01"/>`;

/** A line with its sign and words. */
export function drawEdge(
  { from, to, sign, needed, label, title }: Edge,
  kind: 'wide' | 'narrow',
): Markup {
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const isBad = sign !== 'linked';
  const mark = isBad
    ? markup`<g class="sign" transform="translate(${x} ${y})"><circle r="9"/>${sign === 'missing' ? CROSS : BANG}</g>`
    : NOTHING;
  // What a link of this member's own measures stands near the other end, since its links meet at this one.
  const [near, far] = from.member.self ? [from, to] : [to, from];
  const [at, line] = isBad
    ? [x, y + 24]
    : [near.x + (far.x - near.x) * LABEL_SHARE, near.y + (far.y - near.y) * LABEL_SHARE + 4];
  const words =
    label === '' || kind === 'narrow'
      ? NOTHING
      : markup`<text x="${Math.round(at)}" y="${Math.round(line)}" text-anchor="middle">${label}</text>`;
  // A crowd of links that nobody needs has nothing to say beyond its lines.
  const told =
    kind === 'wide' && (needed || isBad)
      ? markup`<title>${shortName(from.member.name)}, ${shortName(to.member.name)}: ${title}</title>`
      : NOTHING;
  return markup`<g class="edge ${sign}${needed ? '' : ' spare'}">${told}<path d="M${from.x} ${from.y}L${to.x} ${to.y}"/>${mark}${words}</g>`;
}
