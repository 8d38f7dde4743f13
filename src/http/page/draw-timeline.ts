import { drawn, type Markup, markup, NOTHING } from './markup.ts';
import { fittedApart, namesIn } from './names.ts';
import type { PageState } from './state.ts';
import { COLUMN_MS, type Run, runsOf, STAGES, type Stage, TIMELINE_MS } from './timeline.ts';
import { duration } from './words.ts';

const COLUMNS = TIMELINE_MS / COLUMN_MS;
const HEIGHT = 18;
/** Letters of a member's name. */
const LETTERS = 22;

/** Where in its row a stage's line runs, so that stages differ without their colour; widths are in the style. */
const LINE_Y: Readonly<Record<Stage, number>> = {
  ready: 11,
  settling: 13,
  unknown: 11,
  silent: 11,
  out: 15,
  absent: 16,
};

const WORDS: Readonly<Record<Stage, string>> = {
  ready: 'ready',
  settling: 'settling',
  unknown: 'unknown',
  silent: 'probe silent',
  out: 'not ready',
  absent: 'absent',
};

/** Each member's role, readiness and silence over the last 15 or 30 minutes; empty before the first scan. */
export function timelineSection(state: PageState): Markup {
  const { timeline, nowMs } = state;
  const rows = timeline.names.map((name) => ({ name, runs: runsOf(timeline, name, nowMs) }));
  const seen = rows.filter(({ runs }) => runs.length > 0);
  if (seen.length === 0) return NOTHING;
  const short = namesIn(state);
  const fit = fittedApart(
    seen.map(({ name }) => short(name)),
    LETTERS,
  );
  const stages = STAGES.filter((stage) =>
    seen.some(({ runs }) => runs.some((run) => run.stage === stage)),
  );
  const leads = seen.some(({ runs }) => runs.some((run) => run.leads));
  return markup`<h2>Timeline</h2>
<div class="timeline">
<input type="radio" name="span" id="span-15" checked><label for="span-15">15 min</label>
<input type="radio" name="span" id="span-30"><label for="span-30">30 min</label>
<button type="button" data-moment>Copy link to this moment</button>
<div class="rows-of-time">${seen.map(
    ({ name, runs }) =>
      markup`<p class="name" title="${name}">${fit(short(name))}</p><div class="track"><svg viewBox="0 0 ${COLUMNS} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${linesOf(runs)}</svg><span class="unseen">${spoken(runs)}</span></div>`,
  )}
<p class="name"></p><p class="scale"><span class="when-15">15 min ago</span><span class="when-30">30 min ago</span><span>now</span></p></div>
<p class="legend">${stages.map((stage) => markup`<span class="stage">${swatch(stage)}${WORDS[stage]}</span> `)}${leads ? markup`<span class="stage"><svg class="swatch" viewBox="0 0 20 ${HEIGHT}" aria-hidden="true"><path class="leads" d="M0 2h20"/></svg>leader</span>` : NOTHING}</p>
</div>`;
}

/** One path for each stage that occurs: its size is bounded by the columns, however often it changed. */
function linesOf(runs: readonly Run[]): Markup {
  const paths = STAGES.flatMap((stage) => {
    const some = runs.filter((run) => run.stage === stage);
    if (some.length === 0) return [];
    return [markup`<path class="${stage}" d="${drawn(some.map(line(LINE_Y[stage])))}"/>`];
  });
  const leading = runs.filter(({ leads }) => leads);
  const star =
    leading.length > 0 ? markup`<path class="leads" d="${drawn(leading.map(line(2)))}"/>` : NOTHING;
  return markup`${paths}${star}`;
}

function line(y: number) {
  return ({ from, columns }: Run) => ['M', from, y, 'h', columns] as const;
}

function swatch(stage: Stage): Markup {
  return markup`<svg class="swatch" viewBox="0 0 20 ${HEIGHT}" aria-hidden="true"><path class="${stage}" d="M0 ${LINE_Y[stage]}h20"/></svg>`;
}

/** How long a member was what, for those who do not see the drawing. */
function spoken(runs: readonly Run[]): string {
  const parts = STAGES.flatMap((stage) => {
    const columns = runs
      .filter((run) => run.stage === stage)
      .reduce((sum, run) => sum + run.columns, 0);
    return columns === 0 ? [] : [`${WORDS[stage]} for ${duration(columns * COLUMN_MS)}`];
  });
  return `of the last 30 minutes: ${parts.join(', ')}`;
}
