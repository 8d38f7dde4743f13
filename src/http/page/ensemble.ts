import {
  type EnsembleMember,
  type EnsembleView,
  LINK_SIGNS,
  type LinkSign,
  linkSign,
} from '../../model/ensemble.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { clockTime, duration, shortName } from './words.ts';

const MOST_MEMBERS = 15;

const MARK: Readonly<Record<LinkSign, string>> = {
  linked: '●',
  'one-sided': '◐',
  troubled: '◌',
  missing: '✕',
  'not-needed': '·',
  unknown: '?',
};
const WORDS: Readonly<Record<LinkSign, string>> = {
  linked: 'linked',
  'one-sided': 'one-sided',
  troubled: 'troubled',
  missing: 'missing',
  'not-needed': 'not needed',
  unknown: 'not known',
};

/** One sign of a cell: a port's role, or the probe that was asked. */
interface Sign {
  readonly name: string;
  readonly sign: LinkSign;
}

/** Members by members: what each one's probe sees of each other, one sign for each role. */
export function ensembleSection(view: EnsembleView): Markup {
  if (!view.asked) return NOTHING;
  const members = view.members.slice(0, MOST_MEMBERS);
  const left = view.members.length - members.length;
  return markup`<details id="matrix"><summary>Who sees whom</summary>
<div class="scroll" role="region" aria-label="Who sees whom" tabindex="0"><table class="matrix">
<caption>Row: observer. Column: observed. Asked <time datetime="${view.at}">${clockTime(view.at)}</time></caption>
<thead><tr><th scope="col">Member</th>${members.map(({ name }) => markup`<th scope="col">${shortName(name)}</th>`)}</tr></thead>
<tbody>${members.map(
    (from) =>
      markup`<tr><th scope="row">${memberHead(from)}</th>${members.map((to) =>
        to === from
          ? markup`<td class="self"><span aria-hidden="true">—</span><span class="unseen">itself</span></td>`
          : cellOf(signsOf(view, from, to)),
      )}</tr>`,
  )}</tbody></table></div>
<p class="legend">${legendNames(view)}: ${LINK_SIGNS.map((sign) => markup`<span class="${sign}">${MARK[sign]} ${WORDS[sign]}</span> `)}</p>
${left > 0 ? markup`<p class="quiet">${left} more in the <a href="api/v1/ensemble">ensemble report</a>.</p>` : NOTHING}</details>`;
}

/** The signs of each cell in their order; the probe's stands in this member's own row alone. */
function legendNames({ roles }: EnsembleView): string {
  return [...roles, 'probe'].join(', ');
}

function signsOf(view: EnsembleView, from: EnsembleMember, to: EnsembleMember): readonly Sign[] {
  const signs = view.roles.map((role) => ({
    name: role,
    sign: linkSign(view, role, from.name, to.name),
  }));
  return from.self ? [...signs, { name: 'probe', sign: probeSign(to) }] : signs;
}

function probeSign({ probe }: EnsembleMember): LinkSign {
  switch (probe) {
    case 'answered':
    case 'not-understood':
      return 'linked';
    case 'self':
    case 'not-asked':
      return 'unknown';
    default:
      return 'missing';
  }
}

function memberHead({ name, report, probe, rttMs }: EnsembleMember): Markup {
  const star =
    report?.role === 'leader'
      ? markup`<svg viewBox="0 0 18 18" class="inline" aria-hidden="true">${STAR}</svg> `
      : NOTHING;
  const trip = rttMs === null ? '' : `, ${duration(rttMs)}`;
  const state = report === null ? `probe ${probe}` : `${report.role}, ${readiness(report.ready)}`;
  return markup`${star}${shortName(name)}<br><span class="sub">${state}${trip}</span>`;
}

function readiness(ready: boolean | null): string {
  if (ready === null) return 'readiness not known';
  return ready ? 'ready' : 'not ready';
}

const BAD: readonly LinkSign[] = ['missing', 'one-sided', 'troubled'];

function cellOf(signs: readonly Sign[]): Markup {
  const marks = signs.map(({ name, sign }) => {
    const words = `${name} ${WORDS[sign]}`;
    return markup`<span class="${sign}"><span aria-hidden="true">${MARK[sign]}</span><span class="unseen">${words} </span></span>`;
  });
  const bad = signs.filter(({ sign }) => BAD.includes(sign));
  return markup`<td class="${bad.length > 0 ? 'bad' : 'good'}"><span class="signs">${marks}</span>${bad.map(({ name, sign }) => markup`<span class="sub ${sign}" aria-hidden="true">${name} ${WORDS[sign]}</span>`)}</td>`;
}
