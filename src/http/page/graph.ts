import type { EnsembleMember } from '../../model/ensemble.ts';
import { ensembleLine } from '../../model/ensemble-report.ts';
import { forwardCommand } from './forward.ts';
import { drawEdge, edgesBetween } from './graph-edges.ts';
import { type GraphSize, layOut, type PlacedMember } from './graph-layout.ts';
import { leaderName } from './lanes.ts';
import { STAR } from './marks.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { fittedApart, namesIn } from './names.ts';
import type { PageState } from './state.ts';
import { cellOfMember, type Stage } from './timeline.ts';

const MOST_MEMBERS = 9;
/** Of more members than these, a link has no room for all its figures. */
const CROWD = 5;
const WIDE: GraphSize = { width: 960, box: { width: 204, height: 54 }, letters: 19 };
const NARROW: GraphSize = { width: 344, box: { width: 84, height: 44 }, letters: 7 };

/** The ensemble as a graph: its members, who leads, their links, this member marked. */
export function graphSection(state: PageState): Markup {
  const { ensemble } = state;
  if (!ensemble.asked) return NOTHING;
  const members = inOrder(state);
  const left = ensemble.members.length - members.length;
  return markup`<h2>Ensemble</h2>
<figure class="graph">
${drawGraph('wide', WIDE, state, members)}
${drawGraph('narrow', NARROW, state, members)}
${left > 0 ? markup`<figcaption>${left} more not drawn; the table below has them.</figcaption>` : NOTHING}
</figure>
${pages(state)}`;
}

/** Members that lead by their own reports, else the one that this member follows. */
function leadersIn(state: PageState): readonly string[] {
  const { leaders } = state.ensemble;
  const followed = leaderName(state);
  return leaders.length > 0 || followed === null ? leaders : [followed];
}

/** The leader first, then in the order of the members; of more than fit those in trouble. */
function inOrder(state: PageState): readonly EnsembleMember[] {
  const { members } = state.ensemble;
  const leaders = leadersIn(state);
  const { troubles } = state.report.ensemble;
  const troubled = new Set(troubles.flatMap((trouble) => trouble.members));
  const rank = (one: EnsembleMember): number =>
    one.self || leaders.includes(one.name) ? 0 : troubled.has(one.name) ? 1 : 2;
  const chosen = new Set(members.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_MEMBERS));
  const shown = members.filter((one) => chosen.has(one));
  const first = Math.max(
    0,
    shown.findIndex(({ name }) => leaders.includes(name)),
  );
  return [...shown.slice(first), ...shown.slice(0, first)];
}

function drawGraph(
  kind: 'wide' | 'narrow',
  size: GraphSize,
  state: PageState,
  members: readonly EnsembleMember[],
): Markup {
  const { height, members: placed } = layOut(members, size);
  const short = namesIn(state);
  const fit = fittedApart(
    members.map(({ name }) => short(name)),
    size.letters,
  );
  const edges = edgesBetween(state, placed, members.length > CROWD).map((edge) =>
    drawEdge(edge, kind),
  );
  const boxes = placed.map((spot) =>
    drawBox(spot, size, state, fit(short(spot.member.name)), kind),
  );
  return markup`<svg class="${kind}" role="img" aria-label="${spoken(state, members)}" viewBox="0 0 ${size.width} ${height}">
${edges}
${boxes}
</svg>`;
}

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  ready: 'ready',
  settling: 'settling',
  unknown: 'not known',
  silent: 'probe silent',
  out: 'not ready',
  absent: 'absent',
};

function drawBox(
  { member, x, y }: PlacedMember,
  { box }: GraphSize,
  state: PageState,
  name: string,
  kind: 'wide' | 'narrow',
): Markup {
  const { stage } = cellOfMember(member, state.report);
  const [left, top] = [x - box.width / 2, y - box.height / 2];
  const leads = leadersIn(state).includes(member.name);
  const star = leads
    ? markup`<g transform="translate(${left + 4} ${top - 11})">${STAR}</g>`
    : NOTHING;
  const middle = box.width / 2;
  const role = member.voter ? (member.report?.role ?? 'unknown') : 'observer';
  const state_ =
    role === 'unknown' || role === stage ? STAGE_WORDS[stage] : `${role} · ${STAGE_WORDS[stage]}`;
  const second = kind === 'wide' ? state_ : STAGE_WORDS[stage];
  const tag = member.self
    ? markup`<text class="tag" x="${x}" y="${top - 6}" text-anchor="middle">this member</text>`
    : NOTHING;
  return markup`${tag}<svg x="${left}" y="${top}" width="${box.width}" height="${box.height}" class="node ${stage}${member.self ? ' self' : ''}">
<title>${member.name}: ${state_}</title>
<rect x="2" y="2" width="${box.width - 4}" height="${box.height - 4}" rx="9"/>
<text class="name" x="${middle}" y="${box.height / 2 - 4}" text-anchor="middle">${name}</text>
<text class="state" x="${middle}" y="${box.height / 2 + 14}" text-anchor="middle">${second}</text>
</svg>${star}`;
}

/** The graph in words, for those who do not see it. */
function spoken(state: PageState, members: readonly EnsembleMember[]): string {
  const short = namesIn(state);
  const each = members.map((member) => {
    const role = member.report?.role ?? 'role not known';
    return `${short(member.name)}${member.self ? ', this member' : ''}: ${role}, ${STAGE_WORDS[cellOfMember(member, state.report).stage]}`;
  });
  return `${ensembleLine(state.report.ensemble, state.nowMs)}. ${each.join('; ')}`;
}

/** A command for each other member's page. */
function pages(state: PageState): Markup {
  const short = namesIn(state);
  const commands = state.ensemble.members.flatMap((member) => {
    const command = member.self ? null : forwardCommand(member, state.probePort);
    return command === null ? [] : [{ name: short(member.name), command }];
  });
  if (commands.length === 0) return NOTHING;
  return markup`<details id="pages"><summary>Open another member's page</summary>
<ul class="commands">${commands
    .slice(0, 15)
    .map(
      ({ name, command }) =>
        markup`<li><code>${command}</code> <button type="button" data-copy="${command}">Copy<span class="unseen"> the command for ${name}</span></button></li>`,
    )}</ul></details>`;
}
