import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { across, followPartition, pairsOf, raisedText, type Severed, sever } from './partial.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { etcd } from './systems/etcd.ts';
import { ask, type SystemEnsemble, startSystem, whole } from './systems/system.ts';

const skip = await missing(NEEDS.etcd);

const WATCHED_MS = 25_000;

const TOOL_PATIENCE_S = 5;
const LEADER_TRIES = 10;

/** The number of the member that leads by its own word; -1 where none says so. */
async function leaderOf({ members }: SystemEnsemble): Promise<number> {
  const command = ['etcdctl', '--command-timeout=4s', 'endpoint', 'status', '--write-out=simple'];
  for (let tries = 0; tries < LEADER_TRIES; tries += 1) {
    const leads = await Promise.all(
      members.map((member) => ask(member, ['env', 'ETCDCTL_API=3', ...command], TOOL_PATIENCE_S)),
    );
    const leader = leads.findIndex((said) => said?.split(', ')[4] === 'true');
    if (leader >= 0) return leader;
  }
  return -1;
}

interface Roles {
  readonly leader: number;
  readonly hub: number;
  readonly others: readonly number[];
}

function rolesOf(size: number, leader: number): Roles {
  const [hub = 0, ...others] = Array.from({ length: size }, (_, index) => index).filter(
    (index) => index !== leader,
  );
  return { leader, hub, others };
}

/** What is severed, by who leads. */
type Scenario = readonly [name: string, finds: boolean, severed: (roles: Roles) => Severed];

const CHAINED: Scenario = [
  'chained',
  true,
  ({ leader, others }) => ({ pairs: [[leader, others.at(-1) ?? leader]], both: true }),
];

const OF_FIVE: readonly Scenario[] = [
  CHAINED,
  [
    'quorum-loss',
    true,
    ({ leader, others }) => ({ pairs: pairsOf([leader, ...others]), both: true }),
  ],
  [
    'constrained election',
    true,
    ({ leader, hub, others }) => ({
      pairs: [...across([leader], [hub, ...others]), ...pairsOf(others)],
      both: true,
    }),
  ],
  [
    'partial, two and two',
    true,
    ({ leader, others: [a = 0, ...rest] }) => ({ pairs: across([leader, a], rest), both: true }),
  ],
  [
    'complete, two and three',
    false,
    ({ leader, hub, others: [a = 0, ...rest] }) => ({
      pairs: across([leader, a], [hub, ...rest]),
      both: true,
    }),
  ],
  [
    'simplex, two to three',
    false,
    ({ leader, hub, others: [a = 0, ...rest] }) => ({
      pairs: across([leader, a], [hub, ...rest]),
      both: false,
    }),
  ],
];

async function play(ensemble: SystemEnsemble, [name, finds, severed]: Scenario): Promise<void> {
  await whole(ensemble);
  const { watch, word, fabric, members, system } = ensemble;
  const roles = rolesOf(members.length, await leaderOf(ensemble));
  assert.ok(roles.leader >= 0, 'nobody leads');
  const follow = followPartition(watch);
  const lost = members.map(({ pod }) => word.when(pod.index, WATCHED_MS, false));
  const cut = await sever(fabric, severed(roles));
  await sleep(WATCHED_MS);
  const refused = (await Promise.all(lost)).map((ms, at) =>
    ms === null ? '' : ` zk-${at} after ${(ms / 1000).toFixed(1)} s`,
  );
  const now = await leaderOf(ensemble);
  console.log(
    `${system.label}, ${name}: leader zk-${roles.leader}, hub zk-${roles.hub}\n${raisedText(follow.raised)}\n  no word of health:${refused.join('') || ' none'}; leader at the end: ${now < 0 ? 'none' : `zk-${now}`}`,
  );
  await cut.heal();
  await whole(ensemble);
  follow.stop();
  const [first] = follow.raised;
  record({
    ...nothingHappened(`${system.label}, \`--ask peers\``, name),
    finding: first === undefined ? null : { name: 'partial-partition', seconds: first.seconds },
  });
  const isSure = follow.raised.some(
    ({ pod, certainty }) => pod === roles.hub && certainty === 'confirmed',
  );
  if (finds) assert.ok(isSure, raisedText(follow.raised));
  else assert.deepEqual(follow.raised, []);
}

describe('members of etcd, some of whom cannot reach each other', { skip }, () => {
  it('three in a chain, as in the outage of 2020-11-02', async () => {
    const ensemble = await startSystem({ ...etcd, label: 'etcd3' }, ['--ask=peers']);
    try {
      await play(ensemble, CHAINED);
    } finally {
      await ensemble.stop();
    }
  });

  it('five of them', async () => {
    const ensemble = await startSystem({ ...etcd, label: 'etcd5', size: 5 }, ['--ask=peers']);
    try {
      for (const scenario of OF_FIVE) await play(ensemble, scenario);
    } finally {
      await ensemble.stop();
    }
  });
});
