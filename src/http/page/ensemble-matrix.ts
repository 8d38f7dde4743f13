import type { EnsembleLink, EnsembleView, LinkSight } from '../../model/ensemble.ts';
import type { CellState, EnsembleCell, EnsembleMatrix } from '../../model/page-state.ts';
import type { Report } from '../../model/report.ts';

/** The members' view of each other as the page's matrix: a cell for each ordered pair. */
export function matrixOf(view: EnsembleView, own: Report): EnsembleMatrix {
  const names = view.members.map(({ name }) => name);
  return {
    at: own.at,
    members: view.members.map(({ name, report, rttMs }) => ({
      name,
      role: report?.role ?? 'unknown',
      ready: report?.ready ?? null,
      roundTripMs: rttMs,
    })),
    cells: names.flatMap((from) =>
      names.filter((to) => to !== from).map((to) => cell(view, from, to)),
    ),
  };
}

function cell(view: EnsembleView, from: string, to: string): EnsembleCell {
  const [quorum = '', election = quorum] = view.roles;
  const asked = view.members.find(({ name }) => name === to);
  const askedByThis = view.members.find(({ name }) => name === from)?.self === true;
  return {
    from,
    to,
    election: stateOf(view, election, from, to),
    quorum: stateOf(view, quorum, from, to),
    probe: !askedByThis ? 'not-needed' : asked?.probe === 'answered' ? 'linked' : 'missing',
  };
}

function stateOf(view: EnsembleView, role: string, from: string, to: string): CellState {
  const link = view.links.find(
    (candidate) =>
      candidate.role === role && candidate.between.includes(from) && candidate.between.includes(to),
  );
  if (link === undefined) return 'unknown';
  if (link.oneSided) return 'one-sided';
  const sight = sightFrom(link, from);
  // Learners hold no quorum link with each other: where neither end sees one, none is needed.
  if (sight === 'none' && link.sight.every((other) => other === 'none')) return 'not-needed';
  return CELLS[sight];
}

const CELLS: Readonly<Record<LinkSight, CellState>> = {
  up: 'linked',
  troubled: 'missing',
  none: 'missing',
  unknown: 'unknown',
};

function sightFrom(link: EnsembleLink, from: string): LinkSight {
  return link.between[0] === from ? link.sight[0] : link.sight[1];
}
