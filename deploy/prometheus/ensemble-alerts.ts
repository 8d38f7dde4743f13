import type { Alert, Makings } from './alert.ts';
import { partialPartition } from './partition-alert.ts';
import { withoutQuorum } from './systems.ts';

/** Alerts about an ensemble as a whole. */
export function ensembleAlerts(makings: Makings): readonly Alert[] {
  return [
    lost(makings),
    ...leaders(makings),
    ...margins(makings),
    partialPartition(makings),
    flapping(makings),
  ];
}

function outOfQuorum({ words }: Makings): string {
  return words.ofEnsemble({
    metric: 'quorum_probe_in_quorum',
    where: ' == 0',
    sortBy: 'pod',
    shown: '{{ .Labels.pod }}',
    none: 'none seen',
  });
}

/** The page takes the place of the members' own alerts, so it names their findings. */
function criticalFindings({ words }: Makings): string {
  return words.ofEnsemble({
    metric: 'quorum_probe_finding',
    matchers: 'severity="critical"',
    where: ' == 1',
    sortBy: 'pod',
    shown: '{{ .Labels.pod }} {{ .Labels.code }}',
    none: 'none',
  });
}

function lost(makings: Makings): Alert {
  const { settings, words, records } = makings;
  return {
    name: 'QuorumLost',
    expr: `${records.inQuorumMax.record} == 0`,
    for: '1m',
    severity: 'critical',
    summary: `${words.ensemble} has no quorum.`,
    description: `No member of ${words.ensemble} that can be seen is in a quorum:${outOfQuorum(makings)}. ${withoutQuorum(settings)} Critical findings:${criticalFindings(makings)}.`,
  };
}

function leaders({ settings: { by, job }, words, records }: Makings): readonly Alert[] {
  const { roles, votersMax } = records;
  const of = by.join(', ');
  const having = (role: string): string =>
    words.ofEnsemble({
      metric: 'quorum_probe_member_role',
      matchers: `role="${role}"`,
      where: ' == 1',
      sortBy: 'pod',
      shown: '{{ .Labels.pod }}',
      none: 'none seen',
    });
  return [
    {
      name: 'QuorumNoLeader',
      // Only when every member was seen: the leader's own probe may be the one that is missing.
      expr: [
        `sum by (${of}) (${roles.record}{role="leader"}) == 0`,
        `and sum by (${of}) (${roles.record}{role=~"learner|looking|absent"}) >= ${votersMax.record}`,
        `unless max by (${of}) (up{job="${job}"} == 0)`,
      ].join('\n'),
      for: '1m',
      severity: 'critical',
      summary: `${words.ensemble} has no leader.`,
      description: `All members of ${words.ensemble} were seen and none leads. Looking for one:${having('looking')}.`,
      followsFromEnsemble: ['QuorumLost'],
    },
    {
      name: 'QuorumTwoLeaders',
      expr: `sum by (${of}) (${roles.record}{role="leader"}) > 1`,
      // A leader that was cut off goes on until its own time-out.
      for: '1m',
      severity: 'critical',
      summary: `${words.ensemble} has {{ $value }} leaders.`,
      description: `Several members of ${words.ensemble} have behaved as leader:${having('leader')}. The network between them is split, or they belong to different ensembles.`,
      followsFromEnsemble: ['QuorumLost'],
    },
  ];
}

function margins(makings: Makings): readonly Alert[] {
  const { words, records } = makings;
  const { marginMax, votersMax, majorityMax } = records;
  const unlinked = words.ofEnsemble({
    metric: 'quorum_probe_peer_linked',
    where: ' == 0',
    sortBy: 'pod',
    shown: '{{ .Labels.pod }} to {{ .Labels.peer }}',
    none: 'none seen',
  });
  return [
    {
      name: 'QuorumMarginZero',
      expr: `${marginMax.record} == 0\nand ${votersMax.record} >= 3`,
      // Longer than Kubernetes needs to mend the loss of a node by itself: five minutes until the pod is
      // evicted, six until its volume is let go, and the start of the server.
      for: '15m',
      severity: 'critical',
      summary: `${words.ensemble} loses its quorum with one more failure.`,
      description: `${words.ensemble} has had only a bare majority of its voters for 15 minutes. Out of quorum:${outOfQuorum(makings)}; critical findings:${criticalFindings(makings)}. Do not restart any other member until they are back.`,
      followsFromEnsemble: ['QuorumLost', 'QuorumNoLeader', 'QuorumTwoLeaders'],
    },
    {
      name: 'QuorumMembersMissing',
      expr: `${marginMax.record} < ${votersMax.record} - ${majorityMax.record}\nand ${votersMax.record} >= 3`,
      for: '5m',
      severity: 'warning',
      summary: `Members of ${words.ensemble} are missing from its quorum.`,
      description: `${words.ensemble} can lose {{ $value }} more voters. Without a working link:${unlinked}; out of quorum:${outOfQuorum(makings)}.`,
      followsFromEnsemble: ['QuorumLost', 'QuorumNoLeader', 'QuorumTwoLeaders', 'QuorumMarginZero'],
    },
  ];
}

function flapping({ settings, words }: Makings): Alert {
  return {
    name: 'QuorumLeaderFlapping',
    // A change of leader is two changes of this series. A rolling restart makes two or three changes of
    // leader, each pod's first sample included.
    expr: `sum by (${settings.by.join(', ')}) (changes(quorum_probe_member_role{role="leader"}[15m])) >= 8`,
    severity: 'warning',
    summary: `${words.ensemble} keeps changing leaders.`,
    description: `Leadership in ${words.ensemble} was taken or lost {{ $value }} times in 15 minutes. Each change stops writes for the duration of an election.`,
  };
}
