import type { Verdict } from '../../model/report.ts';
import { liveScript } from './client.ts';
import { timelineSection } from './draw-timeline.ts';
import { ensembleSection } from './ensemble.ts';
import { eventsSection } from './events.ts';
import { findingsSection } from './findings.ts';
import { graphSection } from './graph.ts';
import { TITLE_SIGN, toneIcon } from './marks.ts';
import { type Markup, markup, unsafeMarkup } from './markup.ts';
import { picture } from './picture.ts';
import type { PageState } from './state.ts';
import { style } from './style.ts';
import { checksSection, tablesSection } from './tables.ts';
import { readinessBadge, toneOf } from './tone.ts';
import { verdictSection } from './verdict.ts';
import { clockTime, headline, shortName } from './words.ts';

/** The page's parts that change, in their order, by the id of the element that holds them. */
const SECTIONS = {
  verdict: verdictSection,
  graph: graphSection,
  picture,
  findings: findingsSection,
  timeline: timelineSection,
  transitions: eventsSection,
  checks: checksSection,
  ensemble: (state: PageState) => ensembleSection(state.ensemble),
  tables: tablesSection,
  scan: scanSection,
} as const;
export type SectionId = keyof typeof SECTIONS;

/** What an open page needs to show a new state; `sections` holds HTML by element id. */
export interface PageUpdate {
  readonly title: string;
  readonly verdict: Verdict;
  readonly icon: string;
  /** What a screen reader is told when it changes. */
  readonly spoken: string;
  readonly sections: Readonly<Partial<Record<SectionId, string>>>;
}

/** The page's changing parts for one state. */
export function renderUpdate(state: PageState): PageUpdate {
  const { report } = state;
  const tone = toneOf(report);
  const sections = Object.entries(SECTIONS).map(([id, render]) => [id, render(state).text]);
  return {
    title: `${TITLE_SIGN[tone]} ${tone} · ${shortName(report.member.name)}`,
    verdict: report.verdict,
    icon: toneIcon(tone),
    spoken: `${tone}, ${readinessBadge(report).words}. ${headline(report)}. Ensemble ${report.ensemble.verdict}.`,
    sections: Object.fromEntries(sections),
  };
}

/** The whole page, readable by itself: style and script are in it, and it loads nothing else. */
export function renderPage(state: PageState): string {
  const { report, profile } = state;
  const update = renderUpdate(state);
  const section = (id: SectionId, name: string) =>
    markup`<section id="${id}" aria-label="${name}">${unsafeMarkup(update.sections[id] ?? '')}</section>`;
  const page = markup`<!doctype html>
<html lang="en" data-verdict="${report.verdict}" data-stream="none" data-now="${state.nowMs}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${update.title}</title>
<link rel="icon" id="icon" href="${unsafeMarkup(update.icon)}">
<style>${unsafeMarkup(style)}</style>
</head>
<body>
<header>
<p class="who"><strong title="${report.member.name}">${shortName(report.member.name)}</strong><span>${profile.title} · quorum-probe</span></p>
<p id="stream"><span class="dot" aria-hidden="true"></span><span id="stream-words">State of ${clockTime(new Date(state.nowMs).toISOString())} · <a href="">reload</a></span></p>
</header>
<main>
${section('verdict', 'Verdict')}
${section('graph', 'Ensemble')}
${section('picture', 'This member and its links')}
${section('findings', 'Findings')}
${section('timeline', 'Timeline')}
${section('transitions', 'What changed')}
${section('checks', 'Checks')}
${section('ensemble', 'Who sees whom')}
${section('tables', 'Tables')}
</main>
<footer>
${section('scan', 'Scan')}
<nav aria-label="For programs"><a href="api/v1/report">report</a> <a href="metrics">metrics</a> <a href="readyz?verbose">readyz</a></nav>
</footer>
<p id="spoken" class="unseen" role="status">${update.spoken}</p>
<script type="module">${unsafeMarkup(liveScript)}</script>
</body>
</html>
`;
  return page.text;
}

function scanSection({ report }: PageState): Markup {
  const { scan } = report;
  const when =
    scan.at === null
      ? markup`No scan has succeeded yet`
      : markup`Scanned <time datetime="${scan.at}" data-age>at ${clockTime(scan.at)}</time>`;
  const cost = `${scan.rows} rows in ${scan.durationMs.toFixed(1)} ms, ${scan.cpuMs.toFixed(1)} ms of CPU (${scan.reason})`;
  return markup`<p>${when}: ${cost}${scan.error === null ? '' : `. Last error: ${scan.error}`}${scan.truncated ? '. More rows than fit were left out' : ''}</p>`;
}
