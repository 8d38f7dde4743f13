import { type Alert, type Makings, maxBy } from './alert.ts';

const FINDING = 'quorum_probe_finding';
const CODE = 'code="partial-partition"';

/** The alert for members that cannot reach each other while another one reaches both of them. */
export function partialPartition({ settings, words }: Makings): Alert {
  const found = words.ofEnsemble({
    metric: FINDING,
    matchers: CODE,
    where: ' == 1',
    sortBy: 'pod',
    shown: '{{ .Labels.pod }}',
    none: 'none seen',
  });
  return {
    name: 'QuorumPartialPartition',
    expr: `${maxBy(settings, [], `${FINDING}{${CODE}}`)} == 1`,
    for: '1m',
    // A page where it costs the quorum: then QuorumLost is one.
    severity: 'warning',
    summary: `Some members of ${words.ensemble} cannot reach each other, and others reach both.`,
    description: `The network between some members of ${words.ensemble} has been cut for a minute while other members reach them all. These members have found it:${found}. Their reports name the pairs.`,
    followsFromEnsemble: ['QuorumLost', 'QuorumNoLeader', 'QuorumTwoLeaders', 'QuorumMarginZero'],
  };
}
