import type { Lane, LaneState } from './lanes.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { duration, size } from './words.ts';

export interface LanePlace {
  /** Where the line leaves this member. */
  readonly fromX: number;
  /** Where it meets the peer. */
  readonly toX: number;
  readonly y: number;
  /** How much of the line, from this member on, a mesh proxy covers. */
  readonly taken: number;
}

/** Signs in the middle of a line, so that colour is never the only mark: drawn 14 units wide around 0,0. */
const SIGNS: Partial<Record<LaneState, Markup>> = {
  stalled: markup`<path d="M-2.5-4V4M2.5-4V4"/>`,
  missing: markup`<path d="M-3.5-3.5L3.5 3.5M3.5-3.5L-3.5 3.5"/>`,
  connecting: markup`<path d="M-3.8 0h.01M0 0h.01M3.8 0h.01"/>`,
  closing: markup`<path d="M-4 0H4"/>`,
  unknown: markup`<path d="M-2.6-2.2a2.6 2.3 0 1 1 3.6 2Q0 .4 0 1.4M0 4h.01"/>`,
};

/** How much room a line needs for its words, above and below it. */
export function laneHeight(lane: Lane): { readonly above: number; readonly below: number } {
  if (SIGNS[lane.state]) return { above: 24, below: 24 };
  return { above: 18, below: detailOf(lane) === '' ? 14 : 18 };
}

/** One line of the picture with its port, direction and what ails it. */
export function drawLane(lane: Lane, { fromX, toX, y, taken }: LanePlace): Markup {
  const outward = Math.sign(toX - fromX);
  const labelFrom = fromX + outward * taken;
  const mid = (labelFrom + toX) / 2;
  const label = lane.count > 1 ? `${lane.label} ×${lane.count}` : lane.label;
  const sign = SIGNS[lane.state];
  const detail = detailOf(lane);
  return markup`<g class="lane ${lane.state}">
<title>${label} ${lane.direction ?? ''} ${laneWords(lane)}</title>
<path class="line" d="M${fromX} ${y}H${toX}"/>
${arrow(lane, fromX, toX, y)}
${sign ? markup`<g class="sign" transform="translate(${mid} ${y})"><circle r="8"/>${sign}</g>` : NOTHING}
<text x="${mid}" y="${y - (sign ? 12 : 6)}" text-anchor="middle">${label}</text>
${detail === '' ? NOTHING : markup`<text class="detail" x="${mid}" y="${y + (sign ? 20 : 14)}" text-anchor="middle">${detail}</text>`}
</g>`;
}

/** An arrowhead at the end that accepted the connection. */
function arrow({ direction }: Lane, fromX: number, toX: number, y: number): Markup {
  if (direction === null) return NOTHING;
  const [tip, tail] = direction === 'outbound' ? [toX, fromX] : [fromX, toX];
  const back = Math.sign(tail - tip) * 9;
  return markup`<path class="arrow" d="M${tip} ${y}l${back}-5v10z"/>`;
}

/** Letters that fit between two boxes. */
const DETAIL_LETTERS = 21;

/** What stands under a line: its figures where all is well and they are known, else its state. */
function detailOf(lane: Lane): string {
  return lane.state === 'up' ? vitalWords(lane) : laneWords(lane);
}

function vitalWords({ vitals }: Lane): string {
  const { rttMs = null, heardMs = null } = vitals ?? {};
  const trip = rttMs === null ? [] : [`${rttMs < 10 ? rttMs.toFixed(1) : Math.round(rttMs)} ms`];
  const heard = heardMs === null ? [] : [`heard ${duration(heardMs)}`];
  return [...trip, ...heard].join(' · ');
}

/** The state of a line in words, short enough to stand under it. */
export function laneWords(lane: Lane): string {
  if (lane.state === 'stalled') {
    const since = lane.stalledMs ? ` ${duration(lane.stalledMs)}` : '';
    const unacked = lane.unackedBytes > 0 ? ` · ${size(lane.unackedBytes)}` : '';
    return `stalled${since}${since.length + unacked.length > DETAIL_LETTERS - 7 ? '' : unacked}`;
  }
  if (lane.state === 'idle') return 'idle, not needed';
  if (lane.state === 'hidden') return 'seen at the proxy';
  return lane.state === 'unknown' ? 'not known' : lane.state;
}
