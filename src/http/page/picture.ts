import type { PageState } from '../../model/page-state.ts';
import { drawLane } from './draw-lane.ts';
import { drawMember, memberHeight } from './draw-member.ts';
import { type PeerFigure, peerFigures } from './lanes.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { counted, fitted, shortName } from './words.ts';

const MOST_PEERS = 8;
const LANE_HEIGHT = 34;
const LEAST_PEER_HEIGHT = 74;
const GAP = 14;
const MARGIN = 8;

/** Columns of the wide picture: peers, lines, this member, lines, peers. */
const WIDE = { width: 960, peer: 190, member: 262, bandGap: 14, band: 14 };
/** The narrow picture: this member above, a spine down the left edge, peers to its right. */
const NARROW = { width: 344, spine: 14, peer: 206, bandHeight: 26 };

/** The member among its peers as SVG: one drawing for wide screens, one for narrow ones. */
export function picture(state: PageState): Markup {
  const all = peerFigures(state);
  const shown = all.length > MOST_PEERS ? troubleFirst(all).slice(0, MOST_PEERS) : all;
  const rest = all.slice().filter((peer) => !shown.includes(peer));
  return markup`<figure class="picture">
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
  const rests = `${counted(rest.length, 'more peer')} not drawn`;
  return `${rests}, ${linked === rest.length ? 'all' : linked} linked; the table below has them.`;
}

function drawWide(state: PageState, peers: readonly PeerFigure[]): Markup {
  const left = peers.slice(0, Math.ceil(peers.length / 2));
  const right = peers.slice(left.length);
  const height =
    Math.max(columnHeight(left), columnHeight(right), memberHeight(state.report)) + 2 * MARGIN;
  const memberX = (WIDE.width - WIDE.member) / 2;
  return markup`<svg class="wide" role="img" aria-label="${spoken(state, peers)}" viewBox="0 0 ${WIDE.width} ${height}">
${wideColumn(left, height, 'left', state)}
${wideColumn(right, height, 'right', state)}
${wideBand(state, memberX, height)}
${drawMember(state, { x: memberX, y: MARGIN, width: WIDE.member, height: height - 2 * MARGIN })}
</svg>`;
}

function wideColumn(
  peers: readonly PeerFigure[],
  height: number,
  side: 'left' | 'right',
  { report }: PageState,
): Markup {
  const peerX = side === 'left' ? 0 : WIDE.width - WIDE.peer;
  const memberEdge = (WIDE.width + (side === 'left' ? -WIDE.member : WIDE.member)) / 2;
  const peerEdge = side === 'left' ? WIDE.peer : peerX;
  const through = report.mesh.kind === 'none' ? 0 : 2 * WIDE.bandGap + WIDE.band - 6;
  let y = (height - columnHeight(peers)) / 2;
  const figures = peers.map((peer) => {
    const box = { x: peerX, y, width: WIDE.peer, height: peerHeight(peer) };
    y += box.height + GAP;
    const firstY = box.y + (box.height - peer.lanes.length * LANE_HEIGHT) / 2 + LANE_HEIGHT / 2;
    const lanes = peer.lanes.map((lane, i) =>
      drawLane(lane, { fromX: memberEdge, toX: peerEdge, y: firstY + i * LANE_HEIGHT, through }),
    );
    return markup`${lanes}${drawPeer(peer, box)}`;
  });
  return markup`${figures}`;
}

function wideBand({ report }: PageState, memberX: number, height: number): Markup {
  if (report.mesh.kind === 'none') return NOTHING;
  const x = memberX - WIDE.bandGap - WIDE.band;
  const width = WIDE.member + 2 * (WIDE.bandGap + WIDE.band);
  const mid = height / 2;
  const name = `${report.mesh.kind} proxy`;
  const sides = [x, x + width - WIDE.band].map(
    (
      bandX,
    ) => markup`<rect class="band" x="${bandX}" y="${MARGIN}" width="${WIDE.band}" height="${height - 2 * MARGIN}" rx="4"/>
<text class="band-name" transform="translate(${bandX + WIDE.band / 2 + 3.5} ${mid}) rotate(-90)" text-anchor="middle">${name}</text>`,
  );
  return markup`${sides}`;
}

function drawNarrow(state: PageState, peers: readonly PeerFigure[]): Markup {
  const { report } = state;
  const member = memberHeight(report);
  const hasBand = report.mesh.kind !== 'none';
  const top = MARGIN + member + (hasBand ? GAP + NARROW.bandHeight : 0) + GAP;
  const height = top + columnHeight(peers) + MARGIN;
  const peerX = NARROW.width - NARROW.peer - 1;
  let y = top;
  let spineEnd = MARGIN + member;
  const figures = peers.map((peer) => {
    const box = { x: peerX, y, width: NARROW.peer, height: peerHeight(peer) };
    y += box.height + GAP;
    const firstY = box.y + (box.height - peer.lanes.length * LANE_HEIGHT) / 2 + LANE_HEIGHT / 2;
    const lanes = peer.lanes.map((lane, i) => {
      spineEnd = firstY + i * LANE_HEIGHT;
      return drawLane(lane, { fromX: NARROW.spine, toX: peerX, y: spineEnd, through: 0 });
    });
    return markup`${lanes}${drawPeer(peer, box)}`;
  });
  const bandY = MARGIN + member + GAP;
  const band = hasBand
    ? markup`<rect class="band" x="1" y="${bandY}" width="${NARROW.width - 2}" height="${NARROW.bandHeight}" rx="4"/>
<text class="band-name" x="${NARROW.width / 2}" y="${bandY + 17}" text-anchor="middle">${report.mesh.kind} proxy</text>`
    : NOTHING;
  return markup`<svg class="narrow" role="img" aria-label="${spoken(state, peers)}" viewBox="0 0 ${NARROW.width} ${height}">
<path class="spine" d="M${NARROW.spine} ${MARGIN + member}V${spineEnd}"/>
${figures}${band}
${drawMember(state, { x: 1, y: MARGIN, width: NARROW.width - 2, height: member })}
</svg>`;
}

function drawPeer(
  peer: PeerFigure,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Markup {
  const mid = box.height / 2;
  const letters = 21;
  const star = peer.role === 'leader' ? STAR : NOTHING;
  const role = peer.role === 'unknown' ? '' : peer.role;
  const address = peer.addresses[0] ?? '';
  const more = peer.addresses.length > 1 ? ` +${peer.addresses.length - 1}` : '';
  // The nested drawing clips whatever a long or wide name would paint outside its box.
  return markup`<svg x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" class="peer ${peer.status}">
<title>${peer.name} ${peer.addresses.join(', ')}: ${statusWords(peer)}</title>
<rect x="1" y="1" width="${box.width - 2}" height="${box.height - 2}" rx="8"/>
<text class="name" x="14" y="${mid - 12}">${fitted(shortName(peer.name), letters)}</text>
<text class="address" x="14" y="${mid + 5}">${fitted(address === peer.name ? '' : address, letters)}${more}</text>
<text class="status" x="14" y="${mid + 24}">${[role, statusWords(peer)].filter(Boolean).join(' · ')}</text>
${star.text ? markup`<g transform="translate(${box.width - 30} ${mid - 28})">${star}</g>` : NOTHING}
</svg>`;
}

function statusWords(peer: PeerFigure): string {
  return peer.status === 'stranger' ? 'no member' : peer.status;
}

function peerHeight(peer: PeerFigure): number {
  return Math.max(LEAST_PEER_HEIGHT, peer.lanes.length * LANE_HEIGHT + 10);
}

function columnHeight(peers: readonly PeerFigure[]): number {
  return peers.reduce((sum, peer) => sum + peerHeight(peer) + GAP, -GAP);
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
