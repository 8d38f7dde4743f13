import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, type Ensemble, type Member, startTogether } from './ensemble.ts';
import {
  across,
  followPartition,
  pairsOf,
  type Raised,
  raisedText,
  type Severed,
  sever,
} from './partial.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import type { Mode } from './sample.ts';
import { settled } from './scenario.ts';

const skip = await missing(NEEDS.ensemble);

const ALL = [0, 1, 2, 3, 4];
/** ZooKeeper gives up after 10 s and elects for some time. */
const WATCHED_MS = 45_000;

interface Played {
  readonly raised: readonly Raised[];
  readonly hub: number;
}

describe('five members of ZooKeeper, some of whom cannot reach each other', { skip }, () => {
  let ensemble: Ensemble;

  before(async () => {
    ensemble = await createEnsemble({
      label: 'partial',
      size: 5,
      agentArguments: (pod, fabric) => [
        `--members=${fabric.pods.map(({ address }) => address).join(',')}`,
        `--pod-ip=${pod.address}`,
        `--pod-name=${pod.address}`,
        '--ask=peers',
      ],
    });
    await startTogether(ensemble);
    await settled(ensemble);
  });
  after(() => ensemble.stop());

  const leader = (): number => {
    const found = ensemble.watch.states.findIndex(({ mode }) => mode === 'leader');
    assert.ok(found >= 0, 'nobody leads');
    return found;
  };
  const followers = (): number[] => ALL.filter((index) => index !== leader());

  /** Severs, watches, calls `during`, heals, and waits until all is well and nothing is raised. */
  async function play(scenario: string, severed: Severed, hub: number): Promise<Played> {
    await settled(ensemble);
    const { watch, fabric } = ensemble;
    const follow = followPartition(watch);
    const served = followLeaders(ensemble);
    const before = `leader zk-${leader()}, hub zk-${hub}`;
    const cut = await sever(fabric, severed);
    await sleep(WATCHED_MS);
    console.log(`${scenario}: ${before}\n${raisedText(follow.raised)}\n  servers: ${served()}`);
    await cut.heal();
    await settled(ensemble);
    await watch.until('no finding is left', 30_000, (states) =>
      states.every(({ report }) =>
        report?.findings.every(({ code }) => code !== 'partial-partition'),
      ),
    );
    follow.stop();
    const [first] = follow.raised;
    record({
      ...nothingHappened('plain, five, `--ask peers`', scenario),
      finding: first === undefined ? null : { name: 'partial-partition', seconds: first.seconds },
    });
    return { raised: follow.raised, hub };
  }

  /** The hub knows both ends of each pair, once all have noticed. */
  const namesAll = ({ raised, hub }: Played, { pairs }: Severed): void => {
    const lines = Math.min(13, pairs.length * 2);
    const whole = raised.filter(
      ({ pod, certainty, evidence }) =>
        pod === hub && certainty === 'confirmed' && evidence.length === lines,
    );
    assert.ok(whole.length > 0, raisedText(raised));
  };

  it('names the one pair of a chain, and says that the quorum holds', async () => {
    const [hub = 0, other = 0] = followers();
    const severed = { pairs: [[leader(), other] as const], both: true };
    const played = await play('chained', severed, hub);
    namesAll(played, severed);
    assert.ok(played.raised.every(({ severity }) => severity === 'warning'));
  });

  it('names the hub through which alone all are linked, and that no quorum is seen', async () => {
    const [hub = 0] = followers();
    const severed = { pairs: pairsOf(ALL.filter((index) => index !== hub)), both: true };
    const played = await play('quorum-loss', severed, hub);
    namesAll(played, severed);
    assert.ok(played.raised.some(({ pod, severity }) => pod === hub && severity === 'critical'));
  });

  it('names the hub of those who have lost their leader', async () => {
    const [hub = 0, ...rest] = followers();
    const lost = leader();
    const pairs = [...across([lost], [hub, ...rest]), ...pairsOf(rest)];
    const played = await play('constrained election', { pairs, both: true }, hub);
    namesAll(played, { pairs: pairsOf(rest), both: true });
    const others = played.raised.filter(({ pod }) => pod !== lost);
    assert.ok(others.every(({ summary }) => !summary.includes(addressOf(ensemble, lost))));
  });

  it('names the one whom both sides of a partial partition reach', async () => {
    const [hub = 0, a = 0, b = 0, c = 0] = followers();
    const severed = { pairs: across([leader(), a], [b, c]), both: true };
    namesAll(await play('partial, two and two', severed, hub), severed);
  });

  it('finds no partial partition in a complete one', async () => {
    const [a = 0, ...rest] = followers();
    const pairs = across([leader(), a], rest);
    const { raised } = await play('complete, two and three', { pairs, both: true }, a);
    assert.deepEqual(raised, []);
  });

  it('finds no partial partition where all that two members send is lost', async () => {
    const [a = 0, ...rest] = followers();
    const pairs = across([leader(), a], rest);
    const { raised } = await play('simplex, two to three', { pairs, both: false }, a);
    assert.deepEqual(raised, []);
  });

  it('names the pair of which one direction is lost, while others reach both', async () => {
    const [hub = 0, a = 0, b = 0] = followers();
    const played = await play('simplex, one to one', { pairs: [[a, b]], both: false }, hub);
    namesAll(played, { pairs: [[a, b]], both: false });
  });

  it('names the hub where that is the third of five by its id', async () => {
    const hub = 2;
    const severed = { pairs: pairsOf(ALL.filter((index) => index !== hub)), both: true };
    namesAll(await play('quorum-loss, the hub is the third', severed, hub), severed);
  });
});

function addressOf({ members }: Ensemble, index: number): string {
  return members[index]?.pod.address ?? '';
}

/** Keeps from now on which server leads and since when, as text. */
function followLeaders({ watch, members }: Ensemble): () => string {
  const from = Date.now();
  const said = new Map<Member, Mode>();
  const lines: string[] = [];
  const stop = watch.subscribe((sample) => {
    const member = members[sample.pod];
    if (sample.kind !== 'srvr' || member === undefined) return;
    if (said.get(member) === sample.mode) return;
    said.set(member, sample.mode);
    lines.push(`${((sample.at - from) / 1000).toFixed(0)} s zk-${sample.pod} ${sample.mode}`);
  });
  return () => {
    stop();
    return lines.join(', ');
  };
}
