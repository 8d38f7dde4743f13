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
        'A leader that was cut off or stood still has not noticed yet that the others elected a new one; or the members are not configured with the same ensemble, so that each part counts a majority of its own.',
      remedy: `If both last for more than the time of one election, compare what all members know of each other (${advice.memberList}), then restart the leader with the fewer voters.`,
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
      summary: `${listed(names)} ${names.length === 1 ? 'is' : 'are'} configured with other members than this one.`,
      evidence: few(
        mismatches.map(({ name, more, fewer }) =>
          [
            `${name}:`,
            ...few(more.map((member) => `knows ${member}, unknown here;`)),
            ...few(fewer.map((member) => `does not know ${member};`)),
          ].join(' '),
        ),
      ),
      cause:
        'The probes, and most likely the servers, were started with different lists of members: a scaling or a reconfiguration that has not reached all of them.',
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
      summary: `This member is cut off: no packet of ${listed(isolation.silent)} arrives any more.`,
      evidence: few(
        isolation.silent.map(
          (name) =>
            `${name}: its probe answered within the last 30 s and now lets every question time out`,
        ),
      ),
      cause: `The network between this pod and a majority of its peers drops packets, for ${seconds} s by now; a refusal or an error would have come back.`,
      remedy: `Check this pod's node and its links, its routes and the network policies of both ends${givesUp === null ? '' : `; the server itself gives up only ${givesUp}`}.`,
    },
  ];
}
