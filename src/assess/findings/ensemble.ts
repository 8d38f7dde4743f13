import type { EnsembleView } from '../../model/ensemble.ts';
import type { Advice } from '../../model/profile.ts';
import { contemporaries, type Moments, madeAfter } from '../ensemble/sights.ts';
import type { Isolation } from '../quorum/isolation.ts';
import { few, listed } from '../scene/row-text.ts';
import type { Diagnosis } from './finding.ts';

/** What the members' reports say together and none of them alone, as far as they are of the same time. */
export function ensembleFindings(
  view: EnsembleView,
  moments: Moments,
  advice: Advice,
): Diagnosis[] {
  return [...duplicateLeader(view, moments, advice), ...memberListMismatch(view, moments, advice)];
}

/**
 * Of two leaders one at most has a majority; the other is not yet aware that it lost its own. Both
 * claiming one means that they do not count the same members.
 */
function duplicateLeader(view: EnsembleView, moments: Moments, advice: Advice): Diagnosis[] {
  const claiming = view.members.filter(
    ({ report }) => report?.role === 'leader' && report.schema === 'same',
  );
  if (claiming.length < 2) return [];
  const together = contemporaries(claiming, moments);
  const leading = claiming.filter(({ name }) => together.has(name));
  if (leading.length === 0) return [];
  const names = leading.map(({ name }) => name);
  const withMajority = leading.filter(({ report }) => report?.inQuorum === true);
  return [
    {
      code: 'duplicate-leader',
      certainty: withMajority.length > 1 ? 'confirmed' : 'suspected',
      summary: `${names.join(' and ')} lead at the same time${withMajority.length > 1 ? ', each with a majority' : ''}.`,
      evidence: leading.map(
        ({ name, report }) =>
          `${name}: leader, ${report?.votes ?? '?'} of ${report?.size ?? '?'} voters, ${report?.inQuorum === true ? 'in quorum' : 'not in quorum'}`,
      ),
      cause:
        'A leader that was cut off or suspended has not noticed yet that the others elected a new one. Or the members are configured with different ensembles, so that each part counts its own majority.',
      remedy: `If both still lead after the time of one election, compare the members' lists of each other (${advice.memberList}), then restart the leader with fewer voters.`,
    },
  ];
}

function memberListMismatch(
  view: EnsembleView,
  moments: Moments,
  { memberList, memberListChanges }: Advice,
): Diagnosis[] {
  const mismatches = view.mismatches.filter(({ name }) =>
    madeAfter(moments, name, moments.listSinceMs),
  );
  if (mismatches.length === 0) return [];
  const names = mismatches.map(({ name }) => name);
  return [
    {
      code: 'member-list-mismatch',
      certainty: 'confirmed',
      summary: `${listed(names)} ${names.length === 1 ? 'is' : 'are'} configured with different members than this one.`,
      evidence: few(
        mismatches.map(({ name, more, fewer }) =>
          [
            `${name}:`,
            ...few(more.map((member) => `lists ${member}, which is not listed here;`)),
            ...few(fewer.map((member) => `does not list ${member};`)),
          ].join(' '),
        ),
      ),
      cause:
        'The probes, and most likely the servers, were started with different lists of members: a scaling or reconfiguration has not reached all of them.',
      remedy: `Give all servers the same members (${memberList}), and all probes the same --members${memberListChanges === null ? '' : `; ${memberListChanges}`}.`,
    },
  ];
}

/** This member hears of no majority any more, before its own sockets notice. */
export function isolationFinding(
  isolation: Isolation,
  nowMs: number,
  { givesUp }: Advice,
): Diagnosis[] {
  if (isolation.kind !== 'isolated') return [];
  const seconds = ((nowMs - isolation.sinceMs) / 1000).toFixed(1);
  return [
    {
      code: 'isolated',
      certainty: 'suspected',
      summary: `This member is cut off: no packets arrive from ${listed(isolation.silent)}.`,
      evidence: few(
        isolation.silent.map(
          (name) =>
            `${name}: its probe answered within the last 30 s, and now every request times out`,
        ),
      ),
      cause: `The network between this pod and a majority of its peers has dropped packets for ${seconds} s: otherwise a refusal or an error would have come back.`,
      remedy: `Check this pod's node and its network links, its routes, and the network policies on both sides${givesUp === null ? '' : `; the server itself gives up only ${givesUp}`}.`,
    },
  ];
}
