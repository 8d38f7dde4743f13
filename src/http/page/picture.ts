import { columnHeight, drawColumn, labelsOf, lastLaneY, statusWords } from './draw-column.ts';
import { drawMember, memberHeight } from './draw-member.ts';
import { type PeerFigure, peerFigures } from './lanes.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageState } from './state.ts';
import { counted, shortName } from './words.ts';

const MOST_PEERS = 8;
const MARGIN = 8;

/** Five columns: peers, lines, this member, lines, peers; a mesh proxy stands on both its sides. */
const WIDE = { width: 960, peer: 190, member: 240, bandGap: 14, band: 14 };
/** This member above, a spine from it down the left edge, the peers to the right of that. */
const NARROW = { width: 344, peer: 188, spineX: 14, gap: 14, band: 26 };

/** The member among its peers as SVG: one drawing for wide screens, one for narrow ones. */
export function picture(state: PageState): Markup {
  const all = peerFigures(state);
  const shown = all.length > MOST_PEERS ? troubleFirst(all).slice(0, MOST_PEERS) : all;
  const rest = all.filter((peer) => !shown.includes(peer));
  return markup`<h2>This member and its links</h2>
<figure class="picture">
${drawWide(state, shown)}
${drawNarrow(state, shown)}
${all.length === 0 ? markup`<figcaption>No peer is configured and none is linked.</figcaption>` : NOTHING}
${rest.length > 0 ? markup`<figcaption>${restWords(rest)}</figcaption>` : NOTHING}
</figure>`;
}

function troubleFirst(peers: readonly PeerFigure[]): readonly PeerFigure[] {
  const rank = { missing: 0, stalled: 1, connecting: 2, stranger: 3, unknown: 4, linked: 5 };
  return peers.toSorted((a, b) => rank[a.status] - rank[b.status]);
}

function restWords(rest: readonly PeerFigure[]): string {
  const linked = rest.filter(({ status }) => status === 'linked').length;
  const share = linked === rest.length ? 'all' : linked;
  return `${counted(rest.length, 'more peer')} not drawn, ${share} linked; the tables below have them.`;
}

function drawWide(state: PageState, peers: readonly PeerFigure[]): Markup {
  const { report } = state;
  const left = peers.slice(0, Math.ceil(peers.length / 2));
  const right = peers.slice(left.length);
  const inner = Math.max(columnHeight(left), columnHeight(right), memberHeight(report));
  const height = inner + 2 * MARGIN;
  const memberX = (WIDE.width - WIDE.member) / 2;
  const memberEnd = memberX + WIDE.member;
  const hasBand = report.mesh.kind !== 'none';
  const labels = labelsOf(peers, WIDE.peer);
  const common = { width: WIDE.peer, taken: hasBand ? WIDE.bandGap + WIDE.band : 0, labels };
  const topOf = (column: readonly PeerFigure[]) => (height - columnHeight(column)) / 2;
  const leftPlace = { ...common, x: 0, lineFromX: memberX, top: topOf(left) };
  const rightX = WIDE.width - WIDE.peer;
  const rightPlace = { ...common, x: rightX, lineFromX: memberEnd, top: topOf(right) };
  const bands = [memberX - WIDE.bandGap - WIDE.band, memberEnd + WIDE.bandGap];
  return svg('wide', state, peers, WIDE.width, height)`
${drawColumn(left, leftPlace)}
${drawColumn(right, rightPlace)}
${hasBand ? bands.map((x) => standingBand(report.mesh.kind, x, height)) : NOTHING}
${drawMember(state, { x: memberX, y: MARGIN, width: WIDE.member, height: inner })}`;
}

function standingBand(mesh: string, x: number, height: number): Markup {
  const middle = `translate(${x + WIDE.band / 2 + 4} ${height / 2}) rotate(-90)`;
  return markup`<rect class="band" x="${x}" y="${MARGIN}" width="${WIDE.band}" height="${height - 2 * MARGIN}" rx="4"/>
<text class="band-name" transform="${middle}" text-anchor="middle">${mesh} proxy</text>`;
}

function drawNarrow(state: PageState, peers: readonly PeerFigure[]): Markup {
  const { report } = state;
  const memberEnd = MARGIN + memberHeight(report);
  const hasBand = report.mesh.kind !== 'none';
  const bandY = memberEnd + NARROW.gap;
  const top = (hasBand ? bandY + NARROW.band : memberEnd) + NARROW.gap;
  const x = NARROW.width - NARROW.peer - 1;
  const labels = labelsOf(peers, NARROW.peer);
  const place = { x, width: NARROW.peer, lineFromX: NARROW.spineX, taken: 0, top, labels };
  const height = top + columnHeight(peers) + MARGIN;
  const member = { x: 1, y: MARGIN, width: NARROW.width - 2, height: memberEnd - MARGIN };
  return svg('narrow', state, peers, NARROW.width, height)`
<path class="spine" d="M${NARROW.spineX} ${memberEnd}V${lastLaneY(peers, top) ?? memberEnd}"/>
${drawColumn(peers, place)}
${hasBand ? lyingBand(report.mesh.kind, bandY) : NOTHING}
${drawMember(state, member)}`;
}

function lyingBand(mesh: string, y: number): Markup {
  return markup`<rect class="band" x="1" y="${y}" width="${NARROW.width - 2}" height="${NARROW.band}" rx="4"/>
<text class="band-name" x="${NARROW.width / 2}" y="${y + 17}" text-anchor="middle">${mesh} proxy</text>`;
}

/** Template tag for a whole drawing with its description in words. */
function svg(
  kind: 'wide' | 'narrow',
  state: PageState,
  peers: readonly PeerFigure[],
  width: number,
  height: number,
) {
  return (parts: TemplateStringsArray, ...values: Parameters<typeof markup>[1][]): Markup =>
    markup`<svg class="${kind}" role="img" aria-label="${spoken(state, peers)}" viewBox="0 0 ${width} ${height}">${markup(parts, ...values)}</svg>`;
}

/** The picture in words, for those who do not see it. */
function spoken({ report }: PageState, peers: readonly PeerFigure[]): string {
  const around = peers.map((peer) => {
    const lanes = peer.lanes.map(({ label, state }) => `${label} ${state}`).join(', ');
    return `${shortName(peer.name)} ${statusWords(peer)} (${lanes})`;
  });
  const me = `${shortName(report.member.name)}, ${report.role}`;
  return `${me}, among ${counted(peers.length, 'peer')}: ${around.join('; ')}`;
}
