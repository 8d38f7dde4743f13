import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AGENT_PORT } from './agent.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { missing, NEEDS } from './requirements.ts';
import { byRole, settled } from './scenario.ts';

/** Where the probes of the other releases really listen. */
const BEHIND_PORT = 4889;
const RELEASES = new Map([
  [1, 'older'],
  [2, 'newer'],
]);
/** What no report of another release may ever lead to. */
const NEVER = new Set(['duplicate-leader', 'member-list-mismatch', 'isolated']);
const SEEN_WITHIN_MS = 30_000;

const skip = await missing(NEEDS.ensemble);

describe('a probe beside one of the release before and one of the release after', { skip }, () => {
  let ensemble: Ensemble;
  const standIns: { stop(): Promise<void> }[] = [];

  before(async () => {
    ensemble = await createEnsemble({
      label: 'two-releases',
      size: 3,
      agentArguments: (pod, fabric) => [
        `--members=${fabric.pods.map(({ address }) => address).join(',')}`,
        `--pod-ip=${pod.address}`,
        `--pod-name=${pod.name}`,
        ...(RELEASES.has(pod.index) ? [`--listen=127.0.0.1:${BEHIND_PORT}`] : ['--ask=srvr,peers']),
      ],
    });
    const { pods } = ensemble.fabric;
    for (const pod of pods) {
      const release = RELEASES.get(pod.index);
      if (release === undefined) continue;
      const others = pods.filter((other) => other !== pod).map(({ address }) => address);
      const ports = [String(BEHIND_PORT), String(AGENT_PORT)];
      await new Promise<void>((resolve) => {
        standIns.push(
          startInFabric(pod, './other-release.ts', [release, ...ports, ...others], () => resolve()),
        );
      });
    }
    await startTogether(ensemble);
  });
  after(async () => {
    for (const standIn of standIns) await standIn.stop();
    await ensemble.stop();
  });

  it('reads of both what it understands, and finds no fault in either through an election', async () => {
    const { watch } = ensemble;
    await settled(ensemble);
    const found = new Set<string>();
    const unsubscribe = watch.subscribe(() => {
      for (const { code } of watch.states[0]?.report?.findings ?? []) found.add(code);
    });
    await watch.until('both probes are understood to be ready', SEEN_WITHIN_MS, ([state]) => {
      const peers = state?.report?.asked.peers ?? [];
      return peers.length === 2 && peers.every((peer) => peer.ready === true);
    });
    const saidOf = (pod: number) =>
      watch.states[0]?.report?.asked.peers?.find(
        ({ name }) => name === ensemble.fabric.pods[pod]?.address,
      );
    const [older, newer] = [saidOf(1), saidOf(2)];
    assert.ok(older?.role === 'leader' || older?.role === 'learner', `older is ${older?.role}`);
    assert.ok(newer?.role === 'leader' || newer?.role === 'unknown', `newer is ${newer?.role}`);

    const { leader } = byRole(ensemble);
    await leader.server.stop('SIGKILL');
    await watch.until('the others have elected', SEEN_WITHIN_MS, (states) =>
      states.some(({ report }, pod) => pod !== leader.pod.index && report?.role === 'leader'),
    );
    await leader.server.start();
    await settled(ensemble);
    unsubscribe();
    assert.deepEqual(
      [...found].filter((code) => NEVER.has(code)),
      [],
    );
  });
});
