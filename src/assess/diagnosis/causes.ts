import type { Cause } from '../../model/diagnosis.ts';
import type { Finding } from '../../model/report.ts';
import { rowsText } from '../scene/row-text.ts';
import type { Judged } from './judged.ts';
import { hangingRows, isDown } from './members.ts';
import { networkCauses } from './network-causes.ts';
import { probeCauses } from './probe-causes.ts';
import { joined } from './words.ts';

/** What another cause explains, so that it is not the first to be read. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  'no-quorum',
  'leader-without-quorum',
  'peer-missing',
  'stalled-link',
  'peer-connecting',
  'accept-queue-backlog',
  'unread-bytes',
  'srvr-disagrees',
  'members-unresolved',
]);

/** Every cause, the one to read first in front. */
export function causesOf(judged: Judged): Cause[] {
  const down = downCauses(judged);
  const hung = hungCauses(judged);
  const explained = new Set([...down, ...hung].flatMap(({ members }) => members));
  const network = networkCauses(judged, explained);
  const found = findingCauses(judged, new Set(down.flatMap(({ members }) => members)));
  const [consequences, own] = partition(found, ({ code }) => CONSEQUENCES.has(code));
  const around = surroundingCauses(judged);
  const [serious, light] = partition(own, ({ severity }) => severity !== 'info');
  const [wrong, notes] = partition(around, ({ severity }) => severity !== 'info');
  const [misnamed, others] = partition(wrong, ({ code }) => MISNAMED.has(code));
  const isLost = judged.quorum !== 'present';
  // Servers that do not find each other open some of their ports late or never.
  const first = [
    ...(isLost ? misnamed : []),
    ...[...down, ...hung, ...network, ...serious],
    ...(isLost ? others : []),
  ];
  const after = consequences.map((cause) => ({ ...cause, follows: first.length > 0 }));
  const shown = [...first, ...after];
  const named = new Set(shown.flatMap((cause) => cause.members));
  const reported = probeCauses(judged.members, named);
  return [...shown, ...reported, ...(isLost ? [] : wrong), ...light, ...notes];
}

/** Why no member may find another by its name. */
const MISNAMED: ReadonlySet<string> = new Set(['service-missing', 'names-of-no-pod']);

/** Members of which nothing runs, by their sockets or by Kubernetes' own word. */
function downCauses({ members, profile }: Judged): Cause[] {
  const down = members.filter(isDown);
  if (down.length === 0) return [];
  const names = down.map(({ name }) => name);
  return [
    {
      code: 'member-down',
      severity: 'critical',
      certainty: 'confirmed',
      members: names,
      follows: false,
      headline: `${joined(names)} ${names.length === 1 ? 'does' : 'do'} not run`,
      summary: `${profile.title} is not running in ${joined(names)}.`,
      evidence: down.map(({ name, evidence: { facts }, report }) => {
        const seen = report === null ? 'its tables could not be read' : 'none of its ports listens';
        const kubernetes = [facts.phase, ...facts.troubles].join(', ');
        return `${name}: ${seen}; Kubernetes says ${kubernetes}, ${facts.restarts} restarts`;
      }),
      cause:
        'The server has ended, is restarting, or has not started: its pod is missing or waiting, or its container fails.',
      remedy: `Check kubectl describe pod ${names[0]} and kubectl logs ${names[0]} --previous, and start the server again.`,
    },
  ];
}

function hungCauses({ members, profile }: Judged): Cause[] {
  return members.flatMap((member): Cause[] => {
    const rows = hangingRows(member, profile);
    if (rows.length === 0) return [];
    const { name } = member;
    return [
      {
        code: 'hung',
        severity: 'critical',
        certainty: 'confirmed',
        members: [name],
        follows: false,
        headline: `${name} hangs`,
        summary: `The server in ${name} reads nothing and accepts nothing: data and connections for it waited through both reads.`,
        evidence: rowsText(rows).map((row) => `${name}: ${row}`),
        cause:
          'The process is hung: stopped, out of CPU time, in a long garbage collection, or waiting for a disk.',
        remedy: `Check the CPU throttling, memory and disk of ${name}, and take a thread dump. If it does not recover, delete the pod.`,
      },
    ];
  });
}

/** Findings whose codes are not plain enough for a first line. */
const HEADLINES: ReadonlyMap<string, (who: string) => string> = new Map([
  ['mesh-loopback-delivery', (who) => `the mesh delivers peer traffic to loopback on ${who}`],
  ['loopback-only-listener', (who) => `a port that peers need listens only on loopback on ${who}`],
  ['client-port-closed', (who) => `the client port is closed on ${who}`],
  ['peer-port-closed', (who) => `a port that peers need is closed on ${who}`],
  ['no-quorum', (who) => `${who} ${areIs(who)} in no quorum`],
  ['stalled-link', (who) => `stalled links of ${who}`],
  ['peer-connecting', (who) => `connections of ${who} get no answer`],
  [
    'srvr-disagrees',
    (who) =>
      who.includes(' and ')
        ? `what the servers of ${who} report contradicts their connections`
        : `what the server of ${who} reports contradicts its connections`,
  ],
  ['peer-missing', (who) => `${who} ${who.includes(' and ') ? 'miss' : 'misses'} a peer`],
]);

function areIs(who: string): string {
  return who.includes(' and ') ? 'are' : 'is';
}

function headlineOf(code: string, who: string): string {
  return HEADLINES.get(code)?.(who) ?? `${code} on ${who}`;
}

/** The members' findings, one cause for each code with all members that have it. */
function findingCauses({ members }: Judged, down: ReadonlySet<string>): Cause[] {
  const byCode = new Map<string, { readonly finding: Finding; readonly name: string }[]>();
  for (const { name, report } of members) {
    if (down.has(name)) continue;
    for (const finding of report?.findings ?? []) {
      byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), { finding, name }]);
    }
  }
  return [...byCode].flatMap(([code, found]): Cause[] => {
    const [first] = found;
    if (first === undefined) return [];
    const names = found.map(({ name }) => name);
    const { severity, summary, cause, remedy } = first.finding;
    return [
      {
        ...{ code, severity, cause, remedy, members: names, follows: false },
        certainty: found.every(({ finding }) => finding.certainty === 'confirmed')
          ? 'confirmed'
          : 'suspected',
        headline: headlineOf(code, joined(names)),
        summary: `${first.name}: ${summary}${names.length === 1 ? '' : ` The same on ${joined(names.slice(1))}.`}`,
        evidence: found.flatMap(({ finding, name }) =>
          finding.evidence.map((row) => `${name}: ${row}`),
        ),
      },
    ];
  });
}

function surroundingCauses({ surroundings }: Judged): Cause[] {
  return surroundings.map((one) => ({
    ...one,
    certainty: 'suspected',
    members: [],
    follows: false,
  }));
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
