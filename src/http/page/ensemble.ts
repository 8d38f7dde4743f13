import type { CellState, EnsembleCell, EnsembleMatrix } from '../../model/page-state.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { clockTime, duration, shortName } from './words.ts';

const MOST_MEMBERS = 15;

const SIGN: Readonly<Record<CellState, string>> = {
  linked: '●',
  'one-sided': '◐',
  missing: '✕',
  'not-needed': '·',
  unknown: '?',
};

/** Members by members: what each one's probe sees of each other, when they are asked. */
export function ensembleSection(ensemble: EnsembleMatrix | null): Markup {
  if (ensemble === null) return NOTHING;
  const members = ensemble.members.slice(0, MOST_MEMBERS);
  const left = ensemble.members.length - members.length;
  const cells = new Map(ensemble.cells.map((cell) => [keyOf(cell.from, cell.to), cell]));
  return markup`<h2>Ensemble</h2>
<div class="scroll" role="region" aria-label="Ensemble matrix" tabindex="0"><table class="matrix">
<caption>What each row's member sees of each column's, asked <time datetime="${ensemble.at}">${clockTime(ensemble.at)}</time></caption>
<thead><tr><th scope="col">Member</th>${members.map(({ name }) => markup`<th scope="col">${shortName(name)}</th>`)}</tr></thead>
<tbody>${members.map(
    (member) =>
      markup`<tr><th scope="row">${memberHead(member)}</th>${members.map(({ name }) =>
        name === member.name
          ? markup`<td class="self"><span aria-hidden="true">—</span><span class="unseen">itself</span></td>`
          : cellOf(cells.get(keyOf(member.name, name))),
      )}</tr>`,
  )}</tbody></table></div>
<p class="legend">Election, quorum, probe: <span class="linked">● linked</span> <span class="one-sided">◐ one-sided</span> <span class="missing">✕ missing</span> <span>· not needed</span> <span>? not known</span></p>
${left > 0 ? markup`<p class="quiet">${left} more in the <a href="api/v1/ensemble">ensemble report</a>.</p>` : NOTHING}`;
}

function memberHead({ name, role, ready, roundTripMs }: EnsembleMatrix['members'][number]): Markup {
  const star =
    role === 'leader'
      ? markup`<svg viewBox="0 0 18 18" class="inline" aria-hidden="true">${STAR}</svg> `
      : NOTHING;
  const readiness = ready === null ? 'readiness not known' : ready ? 'ready' : 'not ready';
  const trip = roundTripMs === null ? '' : `, ${duration(roundTripMs)}`;
  return markup`${star}${shortName(name)}<br><span class="sub">${role}, ${readiness}${trip}</span>`;
}

function cellOf(cell: EnsembleCell | undefined): Markup {
  if (!cell) return markup`<td>?<span class="unseen"> not known</span></td>`;
  const parts = [
    ['election', cell.election],
    ['quorum', cell.quorum],
    ['probe', cell.probe],
  ] as const;
  const signs = parts.map(
    ([name, state]) =>
      markup`<span class="${state}" title="${name} ${state}"><span aria-hidden="true">${SIGN[state]}</span><span class="unseen">${name} ${state} </span></span>`,
  );
  const bad = parts.filter(([, state]) => state === 'missing' || state === 'one-sided');
  return markup`<td class="${bad.length > 0 ? 'bad' : 'good'}"><span class="signs">${signs}</span>${bad.map(([name, state]) => markup`<span class="sub ${state}" aria-hidden="true">${name} ${state}</span>`)}</td>`;
}

function keyOf(from: string, to: string): string {
  return JSON.stringify([from, to]);
}
