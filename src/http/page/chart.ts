import { HISTORY_MS } from './history.ts';
import { type Markup, markup } from './markup.ts';
import type { HistorySample, PageState } from './state.ts';
import { duration } from './words.ts';

const WIDTH = 900;
const LINKS_HEIGHT = 64;
const READY_HEIGHT = 18;

interface Stretch extends HistorySample {
  readonly endMs: number;
}

/** Readiness and links over the last 15 minutes. */
export function chartSection({ history, nowMs }: PageState): Markup {
  const beginMs = nowMs - HISTORY_MS;
  const stretches = stretchesOf(history, beginMs, nowMs);
  if (stretches.length === 0) {
    return markup`<h2>Last 15 minutes</h2><p class="quiet">No scan yet.</p>`;
  }
  const most = Math.max(1, ...stretches.map(({ linksUp }) => linksUp));
  const x = (ms: number) => Math.round(((ms - beginMs) / HISTORY_MS) * WIDTH);
  return markup`<h2>Last 15 minutes</h2>
<figure class="chart">
<p><span>Ready</span></p>
<svg viewBox="0 0 ${WIDTH} ${READY_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${runs(stretches, ({ ready }) => ready).map((run) => readyBar(run, x))}</svg>
<p><span>Links up</span><span>${most} at most</span></p>
<svg class="links" viewBox="0 0 ${WIDTH} ${LINKS_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${linksLine(stretches, x, most)}</svg>
<p><span>15 min ago</span><span>now</span></p>
<figcaption>${chartWords(stretches)}</figcaption>
</figure>`;
}

/** Each sample with the time until the next, cut to the chart; a later sample never goes before an earlier one. */
function stretchesOf(
  history: readonly HistorySample[],
  beginMs: number,
  nowMs: number,
): readonly Stretch[] {
  return history
    .map((sample, i) => ({
      ...sample,
      atMs: Math.max(sample.atMs, beginMs),
      endMs: Math.min(history[i + 1]?.atMs ?? nowMs, nowMs),
    }))
    .filter(({ atMs, endMs }) => endMs > atMs);
}

/** Neighbouring stretches of one value as one. */
function runs(
  stretches: readonly Stretch[],
  value: (stretch: Stretch) => number | boolean,
): readonly Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of stretches) {
    const last = merged.at(-1);
    if (last && value(last) === value(stretch) && last.endMs === stretch.atMs) {
      merged[merged.length - 1] = { ...last, endMs: stretch.endMs };
    } else {
      merged.push(stretch);
    }
  }
  return merged;
}

/** Ready stands tall, not ready lies low: told apart without colour. */
function readyBar({ ready, atMs, endMs }: Stretch, x: (ms: number) => number): Markup {
  const height = ready ? READY_HEIGHT : READY_HEIGHT / 3;
  const width = Math.max(x(endMs) - x(atMs), 2);
  return markup`<rect class="${ready ? 'yes' : 'no'}" x="${x(atMs)}" y="${READY_HEIGHT - height}" width="${width}" height="${height}"/>`;
}

function linksLine(stretches: readonly Stretch[], x: (ms: number) => number, most: number): Markup {
  const y = (links: number) => Math.round(LINKS_HEIGHT - 2 - (links / most) * (LINKS_HEIGHT - 6));
  const steps = runs(stretches, ({ linksUp }) => linksUp);
  const path = steps.map((step, i) => {
    const to = `${x(step.atMs)} ${y(step.linksUp)}`;
    return `${i === 0 ? `M${to}` : `H${x(step.atMs)}V${y(step.linksUp)}`}H${x(step.endMs)}`;
  });
  const line = path.join('');
  const first = x(steps[0]?.atMs ?? 0);
  const last = x(steps.at(-1)?.endMs ?? 0);
  return markup`<path class="area" d="${line}V${LINKS_HEIGHT}H${first}z"/><path class="step" d="${line}"/><path class="base" d="M${first} ${LINKS_HEIGHT - 1}H${last}"/>`;
}

function chartWords(stretches: readonly Stretch[]): string {
  const seenMs = stretches.reduce((sum, { atMs, endMs }) => sum + endMs - atMs, 0);
  const readyMs = stretches
    .filter(({ ready }) => ready)
    .reduce((sum, { atMs, endMs }) => sum + endMs - atMs, 0);
  const links = stretches.map(({ linksUp }) => linksUp);
  const low = Math.min(...links);
  const high = Math.max(...links);
  const range = low === high ? `${low} throughout` : `${links.at(-1) ?? 0} now, ${low} to ${high}`;
  const share = seenMs === readyMs ? 'all' : readyMs === 0 ? 'none' : duration(readyMs);
  return `Ready for ${share} of the ${duration(seenMs)} seen. Links up: ${range}.`;
}
