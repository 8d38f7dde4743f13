import type { Cause, MemberPath } from '../../model/diagnosis.ts';
import { type CutGroup, cutGroups } from './groups.ts';
import type { Judged } from './judged.ts';
import { partialCause } from './partial-cause.ts';
import { joined, others } from './words.ts';

/** What is lost on the way between members; `explained` are those who would look the same for another reason. */
export function networkCauses(judged: Judged, explained: ReadonlySet<string>): Cause[] {
  const { members, paths } = judged;
  const names = members
    .filter(({ name, report }) => report !== null && !explained.has(name))
    .map(({ name }) => name);
  const between = paths.filter((path) => path.between.every((name) => names.includes(name)));
  const groups = cutGroups(names, between);
  const partial = partialCause(between, judged, explained);
  const told = new Set([...groups.flatMap(({ lost }) => lost), ...partial.paths]);
  return [
    ...groups.map((group) => partitionCause(group)),
    ...partial.causes,
    ...between.filter((path) => !told.has(path)).flatMap(pathCause),
  ];
}

export const NETWORK_REMEDY =
  'Check the network policies on both sides, the nodes with their links, routes and firewalls, and the MTU.';

function partitionCause({ members, others: rest, lost, direction }: CutGroup): Cause {
  const [who, whom] = [joined(members), others(rest)];
  const isOne = members.length === 1;
  const headline =
    direction === 'from-members'
      ? `what ${who} ${isOne ? 'sends' : 'send'} does not reach ${whom}`
      : direction === 'to-members'
        ? `what ${whom} send does not reach ${who}`
        : `${who} ${isOne ? 'is' : 'are'} partitioned from ${whom}`;
  return {
    code: direction === 'both' ? 'partition' : 'one-way-loss',
    severity: 'critical',
    certainty:
      direction === 'both' && lost.some(({ kind }) => kind === 'one-way')
        ? 'suspected'
        : 'confirmed',
    members: [...members],
    follows: false,
    headline,
    summary: partitionSummary(who, whom, direction),
    evidence: lost.flatMap(({ evidence }) => evidence),
    cause:
      'Packets between the pods are dropped without a refusal: by a network policy, a node that lost its network, or a missing route.',
    remedy: NETWORK_REMEDY,
  };
}

function partitionSummary(who: string, whom: string, direction: CutGroup['direction']): string {
  switch (direction) {
    case 'both':
      return `Between ${who} and ${whom} no connection is up, and what was sent is not acknowledged.`;
    case 'from-members':
      return `Nothing that ${who} sent arrived at ${whom}, while packets of the other direction arrive.`;
    case 'to-members':
      return `Nothing that ${whom} sent arrived at ${who}, while packets of the other direction arrive.`;
  }
}

function pathCause(path: MemberPath): Cause[] {
  const { kind, between, lost, otherArrives, evidence } = path;
  const [a, b] = between;
  const base = {
    severity: 'critical',
    members: [...between],
    follows: false,
    evidence,
    remedy: NETWORK_REMEDY,
  } as const;
  if (kind === 'one-way' && lost !== null) {
    return [
      {
        ...base,
        code: 'one-way-loss',
        certainty: otherArrives ? 'confirmed' : 'suspected',
        headline: `what ${lost.from} sends does not reach ${lost.to}`,
        summary: `What ${lost.from} sends is not acknowledged, and ${lost.to} received nothing of it${otherArrives ? '; the other direction works' : '; nothing shows whether the other direction works'}.`,
        cause: 'Packets of one direction are dropped on the way without a refusal.',
      },
    ];
  }
  if (kind === 'cut') {
    return [
      {
        ...base,
        code: 'partition',
        certainty: 'confirmed',
        headline: `${a} and ${b} do not reach each other`,
        summary: `Neither ${a} nor ${b} receives what the other sends.`,
        cause: 'Packets of both directions are dropped on the way without a refusal.',
      },
    ];
  }
  if (kind !== 'half-open') return [];
  return [
    {
      ...base,
      code: 'half-open',
      severity: 'warning',
      certainty: 'confirmed',
      headline: `a connection of ${a} and ${b} is half-open`,
      summary: `One end holds a connection as ESTABLISHED that the other does not know, in two reads of both.`,
      cause:
        'The other end restarted or closed the connection, and this end did not receive the packet that says so: it was lost, or a firewall forgot the connection.',
      remedy:
        'The end that holds it notices with the next packet that it sends; turn on TCP keepalive. If it stays, restart the member that holds it.',
    },
  ];
}
