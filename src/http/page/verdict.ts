import { ensembleLine } from '../../model/ensemble-report.ts';
import type { Report } from '../../model/report.ts';
import { verdictMark } from './marks.ts';
import { type Markup, markup } from './markup.ts';
import type { PageEvidence, PageState } from './state.ts';
import { counted, headline, why } from './words.ts';

/** The verdict in words, with the few facts that come first at night. */
export function verdictSection(state: PageState): Markup {
  const { report } = state;
  const { ensemble } = report;
  return markup`<p class="together ${ensemble.verdict}">${verdictMark(ensemble.verdict)} <span><strong>Ensemble ${ensemble.verdict}</strong> ${ensembleLine(ensemble, state.nowMs)}</span></p>
<div class="verdict ${report.verdict}">
${verdictMark(report.verdict)}
<div>
<p class="badges"><strong class="badge ${report.verdict}">${report.verdict}</strong> <strong class="badge ${report.ready ? 'yes' : 'no'}">${report.ready ? 'ready' : 'not ready'}</strong></p>
<h1>${headline(report)}</h1>
<p class="why">${why(report, state.profile, state.nowMs)}</p>
</div>
<dl class="facts">${facts(state).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</div>`;
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
    ['Margin', margin === null ? null : marginWords(margin)],
    ['Mesh', meshWords(report, evidence)],
    ['Server says', server && `${server.mode} (${server.version})`],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

function marginWords(margin: number): string {
  return margin < 0 ? `${-margin} too few` : `${margin} may be lost`;
}

function meshWords({ mesh }: Report, evidence: PageEvidence | null): string {
  if (mesh.kind === 'none') return 'none';
  const modes = [...new Set(evidence?.mtls.map(({ mode }) => mode))];
  const mtls = modes.length > 0 ? `, mTLS ${modes.join('/')}` : '';
  return `${mesh.kind}, ${mesh.inbound} inbound${mtls}`;
}
