import type { Finding, Report } from '../../model/report.ts';
import { severityMark } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageState } from './state.ts';
import { byUrgency, counted, seesSockets } from './words.ts';

const MOST_FINDINGS = 12;
const MOST_ROWS = 8;

/** What is wrong, why, and what to do; mere information is folded away. */
export function findingsSection({ report, runbookUrl }: PageState): Markup {
  const findings = byUrgency(report.findings).slice(0, MOST_FINDINGS);
  const grave = findings.filter(({ severity }) => severity !== 'info');
  const notes = findings.filter(({ severity }) => severity === 'info');
  const left = report.findings.length - findings.length;
  return markup`<div class="line"><h2>Findings</h2>${grave.length === 0 ? markup`<p class="quiet">${nothingFound(report)}</p>` : NOTHING}</div>
${grave.map((finding) => card(finding, runbookUrl))}
${
  notes.length > 0
    ? markup`<details id="notes"><summary>${counted(notes.length, 'informational finding')}</summary>${notes.map((note) => card(note, runbookUrl))}</details>`
    : NOTHING
}
${left > 0 ? markup`<p class="quiet">${left} more in the <a href="api/v1/report">report</a>.</p>` : NOTHING}`;
}

function nothingFound(report: Report): string {
  if (report.verdict === 'healthy') return 'Nothing is wrong with this member.';
  if (report.verdict === 'unknown' && !seesSockets(report)) {
    return 'The probe cannot see the sockets, so it cannot find anything.';
  }
  return 'No cause was found; see the checks.';
}

function card(finding: Finding, runbookUrl: string | null): Markup {
  const { code, severity, certainty, summary, evidence, cause, remedy } = finding;
  return markup`<article class="finding ${severity}">
<h3>${severityMark(severity)} ${summary}</h3>
<p class="tags"><span class="badge ${severity}">${severity}</span> ${certainty} <code>${code}</code></p>
<dl><dt>Cause</dt><dd>${cause}</dd><dt>Remedy</dt><dd>${remedy}</dd>
${evidence.length > 0 ? markup`<dt>Evidence</dt><dd>${rows(evidence)}</dd>` : NOTHING}
<dt>Runbook</dt><dd>${runbook(code, runbookUrl)}</dd></dl>
</article>`;
}

function rows(evidence: readonly string[]): Markup {
  const left = evidence.length - MOST_ROWS;
  return markup`<ul class="rows" tabindex="0" aria-label="Evidence rows">${evidence.slice(0, MOST_ROWS).map((row) => markup`<li><code>${row}</code></li>`)}
${left > 0 ? markup`<li>and ${left} more</li>` : NOTHING}</ul>`;
}

function runbook(code: string, runbookUrl: string | null): Markup {
  if (runbookUrl === null) return markup`section <code>${code}</code>`;
  return markup`<a href="${`${runbookUrl}#${code}`}" rel="noreferrer">${code}</a>`;
}
