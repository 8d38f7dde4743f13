import { type ShortName, shortNames } from '../../model/short-names.ts';
import { drawLane, laneHeight } from './draw-lane.ts';
import type { PeerFigure } from './lanes.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { fitted, fittedApart } from './names.ts';

const LEAST_HEIGHT = 74;
const GAP = 14;
/** Of a name and of an address, in the widest of the usual fonts. */
const NAME_LETTER = 9.4;
const ADDRESS_LETTER = 7.3;

/** Where a column of peers stands, and from where its lines come. */
export interface ColumnPlace {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly lineFromX: number;
  /** How much of each line, from its beginning on, a mesh proxy covers. */
  readonly taken: number;
  readonly labels: PeerLabels;
}

/** What peers are called in boxes of one width, so that no two look alike. */
export interface PeerLabels {
  readonly name: ShortName;
  readonly address: ShortName;
}

/** The labels of all peers of one drawing. */
export function labelsOf(peers: readonly PeerFigure[], width: number): PeerLabels {
  const short = shortNames(peers.map(({ name }) => name));
  const room = width - 26;
  const names = fittedApart(
    peers.map(({ name }) => short(name)),
    Math.floor(room / NAME_LETTER),
  );
  const addresses = peers.map((peer) => shownAddress(peer));
  const most = Math.floor(room / ADDRESS_LETTER) - MORE_LETTERS;
  return { name: (name) => names(short(name)), address: fittedApart(addresses, most) };
}

/** Room for how many more addresses there are. */
const MORE_LETTERS = 3;

function shownAddress({ name, addresses }: PeerFigure): string {
  return addresses.find((other) => other !== name) ?? '';
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
  const { x, width, lineFromX, taken, labels } = place;
  const toX = lineFromX < x ? x : x + width;
  const figures = placed(peers, place.top).map(({ peer, y, height, laneYs }) => {
    const lanes = peer.lanes.map((lane, i) =>
      drawLane(lane, { fromX: lineFromX, toX, y: laneYs[i] ?? y, taken }),
    );
    return markup`${lanes}${drawPeer(peer, { x, y, width, height }, labels)}`;
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

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawPeer(peer: PeerFigure, { x, y, width, height }: Box, labels: PeerLabels): Markup {
  const { name, addresses, status, role } = peer;
  const mid = height / 2;
  const address = shownAddress(peer);
  const called = labels.name(name);
  const others = addresses.length > 1 ? ` +${addresses.length - 1}` : '';
  const known = role === 'unknown' ? '' : `${role} · `;
  const star = markup`<g transform="translate(${width - 30} ${mid - 28})">${STAR}</g>`;
  // The nested drawing clips whatever a long or wide name would paint outside its box.
  return markup`<svg x="${x}" y="${y}" width="${width}" height="${height}" class="peer ${status}">
<title>${name} ${addresses.join(', ')}: ${statusWords(peer)}</title>
<rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="8"/>
<text class="name" x="14" y="${address ? mid - 12 : mid - 4}">${role === 'leader' ? fitted(called, Math.floor((width - 50) / NAME_LETTER)) : called}</text>
<text class="address" x="14" y="${mid + 5}">${labels.address(address)}${others}</text>
<text class="status" x="14" y="${address ? mid + 24 : mid + 17}">${known}${statusWords(peer)}</text>
${role === 'leader' ? star : NOTHING}
</svg>`;
}

/** A peer's status in words. */
export function statusWords({ status, lanes }: PeerFigure): string {
  if (status === 'stranger') return 'not a member';
  // A link that is up all the same changes nothing: elections leave some.
  const isSpare =
    lanes.length > 0 && lanes.every(({ state }) => state === 'idle' || state === 'up');
  return status === 'unknown' && isSpare ? 'no link needed' : status;
}
