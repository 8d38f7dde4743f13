import { drawLane, laneHeight } from './draw-lane.ts';
import type { PeerFigure } from './lanes.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { fitted, shortName } from './words.ts';

const LEAST_HEIGHT = 74;
const GAP = 14;
const LETTER_WIDTH = 8;

/** Where a column of peers stands, and from where its lines come. */
export interface ColumnPlace {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly lineFromX: number;
  /** How much of each line, from its beginning on, a mesh proxy covers. */
  readonly taken: number;
}

interface PlacedPeer {
  readonly peer: PeerFigure;
  readonly y: number;
  readonly height: number;
  /** One for each of the peer's lines. */
  readonly laneYs: readonly number[];
}

/** Peers one above the other, each with the lines that lead to it. */
export function drawColumn(peers: readonly PeerFigure[], place: ColumnPlace): Markup {
  const { x, width, lineFromX, taken } = place;
  const toX = lineFromX < x ? x : x + width;
  const figures = placed(peers, place.top).map(({ peer, y, height, laneYs }) => {
    const lanes = peer.lanes.map((lane, i) =>
      drawLane(lane, { fromX: lineFromX, toX, y: laneYs[i] ?? y, taken }),
    );
    return markup`${lanes}${drawPeer(peer, x, y, width, height)}`;
  });
  return markup`${figures}`;
}

/** How high a column of these peers is. */
export function columnHeight(peers: readonly PeerFigure[]): number {
  return peers.reduce((sum, peer) => sum + peerHeight(peer) + GAP, peers.length > 0 ? -GAP : 0);
}

/** Where the last line of a column runs. */
export function lastLaneY(peers: readonly PeerFigure[], top: number): number | undefined {
  return placed(peers, top).at(-1)?.laneYs.at(-1);
}

function placed(peers: readonly PeerFigure[], top: number): readonly PlacedPeer[] {
  let y = top;
  return peers.map((peer) => {
    const height = peerHeight(peer);
    const figure = { peer, y, height, laneYs: laneYsOf(peer, y, height) };
    y += height + GAP;
    return figure;
  });
}

function laneYsOf(peer: PeerFigure, y: number, height: number): readonly number[] {
  let next = y + (height - lanesHeight(peer)) / 2;
  return peer.lanes.map((lane) => {
    const { above, below } = laneHeight(lane);
    const laneY = next + above;
    next = laneY + below;
    return laneY;
  });
}

function lanesHeight(peer: PeerFigure): number {
  return peer.lanes.map(laneHeight).reduce((sum, { above, below }) => sum + above + below, 0);
}

function peerHeight(peer: PeerFigure): number {
  return Math.max(LEAST_HEIGHT, lanesHeight(peer) + 8);
}

function drawPeer(peer: PeerFigure, x: number, y: number, width: number, height: number): Markup {
  const { name, addresses, status, role } = peer;
  const mid = height / 2;
  const letters = Math.floor((width - 30) / LETTER_WIDTH);
  const address = addresses.find((other) => other !== name) ?? '';
  const others = addresses.length > 1 ? ` +${addresses.length - 1}` : '';
  const known = role === 'unknown' ? '' : `${role} · `;
  const star = markup`<g transform="translate(${width - 30} ${mid - 28})">${STAR}</g>`;
  // The nested drawing clips whatever a long or wide name would paint outside its box.
  return markup`<svg x="${x}" y="${y}" width="${width}" height="${height}" class="peer ${status}">
<title>${name} ${addresses.join(', ')}: ${statusWords(peer)}</title>
<rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="8"/>
<text class="name" x="14" y="${address ? mid - 12 : mid - 4}">${fitted(shortName(name), role === 'leader' ? letters - 2 : letters)}</text>
<text class="address" x="14" y="${mid + 5}">${fitted(address, letters)}${others}</text>
<text class="status" x="14" y="${address ? mid + 24 : mid + 17}">${known}${statusWords(peer)}</text>
${role === 'leader' ? star : NOTHING}
</svg>`;
}

/** A peer's status in words. */
export function statusWords({ status, lanes }: PeerFigure): string {
  if (status === 'stranger') return 'no member';
  const isIdle = lanes.length > 0 && lanes.every((lane) => lane.state === 'idle');
  return status === 'unknown' && isIdle ? 'no link needed' : status;
}
