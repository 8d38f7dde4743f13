import { ensembleLine } from '../../model/ensemble-report.ts';
import type { Report } from '../../model/report.ts';
import { toneMark, verdictMark } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageEvidence, PageState } from './state.ts';
import { readinessBadge, toneOf } from './tone.ts';
import { counted, duration, failures, headline, why } from './words.ts';

/** The ensemble's verdict, then this member's in words, with the few facts that come first at night. */
export function verdictSection(state: PageState): Markup {
  const { report, nowMs } = state;
  const { ensemble } = report;
  const tone = toneOf(report);
  const badge = readinessBadge(report);
  const first =
    tone === 'settling' ? NOTHING : markup`<strong class="badge ${tone}">${tone}</strong> `;
  return markup`<p class="together ${ensemble.verdict}">${verdictMark(ensemble.verdict)}<span><strong>Ensemble ${ensemble.verdict}</strong> ${ensembleLine(ensemble, nowMs)}</span></p>
<div class="verdict ${tone}">
${toneMark(tone)}
<div>
<p class="badges">${first}<strong class="badge ${badge.tone}">${badge.words}</strong></p>
<h1>${headline(report)}${sinceWords(state)}</h1>
<p class="why">${why(report, state.profile, nowMs)}</p>
</div>
<dl class="facts">${facts(state).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</div>`;
}

/** Kinds of changes by which the headline changes. */
const HEADLINED = ['role', 'ready', 'verdict'];

/** How long the headline has been true: since the last change of what it says, or since readiness began. */
function sinceWords({ report, transitions, nowMs }: PageState): Markup {
  const last = transitions.findLast(({ kind }) => HEADLINED.includes(kind));
  const since = last?.at ?? report.readiness.since;
  const heldMs = since === null ? Number.NaN : nowMs - Date.parse(since);
  if (since === null || !(heldMs >= 1_000)) return NOTHING;
  return markup` <small>for <time datetime="${since}" data-since>${duration(heldMs)}</time></small>`;
}

/** Names and values; what this role cannot know is left out. */
function facts({ report, evidence }: PageState): readonly (readonly [string, string])[] {
  const { size, majority, votes, margin } = report.quorum;
  const server = evidence?.server ?? null;
  const all: readonly (readonly [string, string | null])[] = [
    ['Role', report.role],
    ['Quorum', size === null ? 'size not known' : counted(size, 'voter')],
    ['Majority', majority === null ? null : String(majority)],
    ['Linked voters', votes === null ? null : String(votes)],
    ['Tolerates', margin === null ? null : marginWords(report, margin)],
    ['Mesh', meshWords(report, evidence)],
    ['Server reports', server && `${server.mode} (${server.version})`],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

function marginWords(report: Report, margin: number): string {
  return margin < 0 ? `nothing: ${-margin} too few` : failures(report);
}

function meshWords({ mesh }: Report, evidence: PageEvidence | null): string | null {
  if (mesh.kind === 'none') return null;
  const modes = [...new Set(evidence?.mtls.map(({ mode }) => mode))];
  const mtls = modes.length > 0 ? `, mTLS ${modes.join('/')}` : '';
  const inbound =
    mesh.inbound === 'unknown' ? 'inbound delivery unknown' : `${mesh.inbound} inbound`;
  return `${mesh.kind}, ${inbound}${mtls}`;
}
