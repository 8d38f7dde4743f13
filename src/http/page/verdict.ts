import type { PageState } from '../../model/page-state.ts';
import { verdictMark } from './marks.ts';
import { type Markup, markup } from './markup.ts';
import { counted, headline, why } from './words.ts';

/** The verdict in words, with the few facts that come first at night. */
export function verdictSection(state: PageState): Markup {
  const { report } = state;
  return markup`<div class="verdict ${report.verdict}">
${verdictMark(report.verdict)}
<div>
<p class="badges"><strong class="badge ${report.verdict}">${report.verdict}</strong> <strong class="badge ${report.ready ? 'yes' : 'no'}">${report.ready ? 'ready' : 'not ready'}</strong></p>
<h1>${headline(report)}</h1>
<p class="why">${why(report, state.profile)}</p>
</div>
<dl class="facts">${facts(state).map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</div>`;
}

function facts(state: PageState): readonly (readonly [string, string])[] {
  const { report, evidence } = state;
  const { size, majority, votes, margin } = report.quorum;
  const voters = size === null ? 'size not known' : counted(size, 'voter');
  return [
    ['Role', report.role],
    ['Quorum', majority === null ? voters : `${voters}, majority ${majority}`],
    ['Linked voters', votes === null ? 'not seen from here' : String(votes)],
    ['May still lose', margin === null ? 'not seen from here' : String(margin)],
    ['Mesh', meshWords(state)],
    ...(evidence?.server
      ? [['Server says', `${evidence.server.mode} (${evidence.server.version})`] as const]
      : []),
  ];
}

function meshWords({ report, evidence }: PageState): string {
  if (report.mesh.kind === 'none') return 'none';
  const modes = [...new Set(evidence?.mtls.map(({ mode }) => mode))];
  const mtls = modes.length > 0 ? `, mTLS ${modes.join('/')}` : '';
  return `${report.mesh.kind}, ${report.mesh.inbound} inbound${mtls}`;
}
