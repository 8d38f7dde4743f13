import type { Cause } from '../../model/diagnosis.ts';
import type { JudgedMember } from './members.ts';
import { joined } from './words.ts';

/**
 * Members that their own probes report as broken, where nothing else says why: a probe remembers what it saw
 * before, and two reads do not. `explained` are the members of other causes.
 */
export function probeCauses(
  members: readonly JudgedMember[],
  explained: ReadonlySet<string>,
): Cause[] {
  const found = members.filter(
    ({ name, evidence: { probe } }) => probe?.verdict === 'broken' && !explained.has(name),
  );
  const [first] = found;
  if (first === undefined) return [];
  const names = found.map(({ name }) => name);
  const who = joined(names);
  const one = names.length === 1;
  return [
    {
      code: 'reported-broken',
      severity: 'critical',
      certainty: 'suspected',
      members: names,
      follows: false,
      headline: `${one ? `the probe of ${who} reports its member` : `the probes of ${who} report their members`} as broken`,
      summary: `${one ? `The probe in ${who} reports its member` : `The probes in ${who} report their members`} as broken, and ${found.some(({ report }) => report !== null) ? 'the socket tables do not show why' : 'no socket table could be read that shows why'}.`,
      evidence: found.map(
        ({ name, evidence: { probe } }) =>
          `${name}: its probe reports the role ${probe?.role ?? 'unknown'}, ${probe?.inQuorum === true ? '' : 'not '}in the quorum, at ${probe?.at ?? 'an unknown time'}`,
      ),
      cause:
        'A probe also knows what came before, such as a peer that has been silent or data that has not been read for a while; or its report is some seconds older than the tables.',
      remedy: `Read its findings: kubectl port-forward pod/${first.name} 4888, then /api/v1/report or the page at /. Diagnose again after ten seconds.`,
    },
  ];
}
