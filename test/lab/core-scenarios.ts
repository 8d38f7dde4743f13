import assert from 'node:assert/strict';
import type { Agreement } from './agreement.ts';
import type { Ensemble } from './ensemble.ts';
import type { Cut } from './fabric.ts';
import { margin, outOfQuorum, stalledLinks } from './metrics.ts';
import { nothingHappened, record } from './results.ts';
import { byRole, play, settled } from './scenario.ts';

/** The network a scenario is played in, as the table names it. */
export interface Stage {
  readonly network: string;
  readonly ensemble: Ensemble;
  readonly agreement: Agreement;
}

/** How soon a kill, or a repair, must be followed in role, links and readiness. */
export const FOLLOW_MS = 1500;
/** How soon a leader whose packets vanish must know, while ZooKeeper waits for its sync limit. */
export const CUT_LEADER_MS = 3500;
/** How soon a follower that hears its leader no more must know, by silence alone: 0.8 of ZooKeeper's ten seconds. */
export const SILENT_LEADER_MS = 8_800;
/** How long ZooKeeper itself may take to notice silence, with something to spare. */
export const SILENCE_MS = 16_000;
/** How long an agent that has just started is watched for a wrong word. */
const AGENT_START_MS = 8000;

export async function followerKilled(stage: Stage): Promise<void> {
  const { leader, follower } = await cast(stage);
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: 'follower killed, restarted',
    subject: follower,
    fault: () => follower.server.stop('SIGKILL'),
    repair: () => follower.server.start(),
    patienceMs: 5000,
    notReadyWithinMs: FOLLOW_MS,
    finding: { at: follower, code: 'client-port-closed' },
    metric: margin(leader, 0),
  });
}

export async function leaderKilled(stage: Stage): Promise<void> {
  const { leader } = await cast(stage);
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: 'leader killed, restarted',
    subject: leader,
    fault: () => leader.server.stop('SIGKILL'),
    repair: () => leader.server.start(),
    patienceMs: 5000,
    notReadyWithinMs: FOLLOW_MS,
    finding: { at: leader, code: 'client-port-closed' },
    metric: outOfQuorum(leader),
  });
}

export async function twoKilled(stage: Stage): Promise<void> {
  const { leader, follower, other } = await cast(stage);
  const killed = [leader, follower];
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: 'two of three killed, restarted',
    subject: other,
    fault: () => Promise.all(killed.map(({ server }) => server.stop('SIGKILL'))),
    repair: () => Promise.all(killed.map(({ server }) => server.start())),
    patienceMs: 6000,
    notReadyWithinMs: FOLLOW_MS,
    finding: { at: other, code: 'no-quorum' },
    metric: outOfQuorum(other),
  });
}

/**
 * A silent follower sends nothing itself: that the leader is heard no more is all its sockets show, and that the
 * leader's segments go unanswered is all the leader's do.
 */
export async function followerCut(stage: Stage): Promise<void> {
  const { leader, follower } = await cast(stage);
  let cut: Cut | undefined;
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: 'follower cut off in silence',
    subject: follower,
    fault: async () => {
      cut = await stage.ensemble.fabric.cut(follower.pod);
    },
    repair: async () => cut?.heal(),
    patienceMs: SILENCE_MS,
    notReadyWithinMs: SILENT_LEADER_MS,
    finding: { at: follower, code: 'silent-peer' },
    metric: stalledLinks(leader),
  });
}

export async function leaderCut(stage: Stage): Promise<void> {
  const { leader } = await cast(stage);
  let cut: Cut | undefined;
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: 'leader cut off in silence',
    subject: leader,
    fault: async () => {
      cut = await stage.ensemble.fabric.cut(leader.pod);
    },
    repair: async () => cut?.heal(),
    patienceMs: SILENCE_MS,
    notReadyWithinMs: CUT_LEADER_MS,
    finding: { at: leader, code: 'stalled-link' },
    metric: outOfQuorum(leader),
  });
}

export async function portBlocked(stage: Stage, port: 2888 | 3888): Promise<void> {
  const { leader, follower } = await cast(stage);
  let cut: Cut | undefined;
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: `${port} alone blocked between leader and follower`,
    subject: follower,
    fault: async () => {
      cut = await stage.ensemble.fabric.block(leader.pod, follower.pod, port);
    },
    repair: async () => cut?.heal(),
    // A silent election link matters to nobody before the next election.
    ...(port === 3888
      ? { patienceMs: 6000, notReadyWithinMs: 'never' }
      : {
          patienceMs: SILENCE_MS,
          notReadyWithinMs: SILENCE_MS,
          finding: { at: leader, code: 'stalled-link' },
          metric: stalledLinks(leader),
        }),
  });
}

export async function followerStopped(stage: Stage): Promise<void> {
  const { follower } = await cast(stage);
  return play(stage.ensemble, stage.agreement, {
    network: stage.network,
    name: 'follower hung (SIGSTOP), resumed',
    subject: follower,
    fault: async () => follower.server.signal('SIGSTOP'),
    repair: async () => follower.server.signal('SIGCONT'),
    patienceMs: SILENCE_MS,
    notReadyWithinMs: SILENCE_MS,
    finding: { at: follower, code: 'unread-bytes' },
    metric: outOfQuorum(follower),
  });
}

/** An agent that starts while its member is down must not call it ready for want of memory. */
export async function agentKilled({ network, ensemble, agreement }: Stage): Promise<void> {
  await settled(ensemble);
  await agreement.take();
  const { watch } = ensemble;
  const [follower] = byRole(ensemble).followers;
  const { index } = follower.pod;
  agreement.disturbed();
  await follower.server.stop('SIGKILL');
  await watch.until(
    'the member is not ready',
    FOLLOW_MS,
    (states) => states[index]?.readyz === 503,
  );
  await follower.agent.stop('SIGKILL');
  await watch.until('the agent is gone', FOLLOW_MS, (states) => states[index]?.readyz === 0);
  const wronglyReady = watch.when(index, AGENT_START_MS, ({ readyz }) => readyz === 200);
  const told = watch.when(index, AGENT_START_MS, ({ report }) =>
    (report?.findings ?? []).some(({ code }) => code === 'client-port-closed'),
  );
  await follower.agent.start();
  assert.equal(await wronglyReady, null, 'ready while the member is down');
  const toldMs = await told;
  assert.ok(toldMs !== null, 'the restarted agent says nothing of the closed port');
  assert.equal(watch.states[index]?.readyz, 503);
  assert.equal(watch.states[index]?.report?.role, 'absent');
  agreement.disturbed();
  const repaired = Date.now();
  await follower.server.start();
  await settled(ensemble);
  record({
    ...nothingHappened(network, 'agent killed and restarted while its follower is down'),
    finding: { name: 'client-port-closed', seconds: toldMs / 1000 },
    readyAgain: (Date.now() - repaired) / 1000,
  });
  assert.deepEqual(await agreement.take(), [], 'agent and server disagree');
}

/** The members by role once all is well: who leads may have changed since the last scenario. */
async function cast({ ensemble }: Stage): Promise<{
  leader: Ensemble['members'][number];
  follower: Ensemble['members'][number];
  other: Ensemble['members'][number];
}> {
  await settled(ensemble);
  const { leader, followers } = byRole(ensemble);
  return { leader, follower: followers[0], other: followers[1] };
}
