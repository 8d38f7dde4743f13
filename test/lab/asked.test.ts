import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEnsemble, startTogether } from './ensemble.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { byRole, settled } from './scenario.ts';

/** Its own sockets would stay silent for ten seconds; its peers' probes must not. */
const TOLD_WITHIN_MS = 4_000;
const PATIENCE_MS = 20_000;

const skip = await missing(NEEDS.ensemble);

describe('three members whose probes ask the server and each other', { skip }, () => {
  it('tell a follower at once that it is cut off', async () => {
    const ensemble = await createEnsemble({
      label: 'asked',
      size: 3,
      agentArguments: (pod, fabric) => [
        `--members=${fabric.pods.map(({ address }) => address).join(',')}`,
        `--pod-ip=${pod.address}`,
        `--pod-name=${pod.name}`,
        '--ask=srvr,peers',
      ],
    });
    try {
      await startTogether(ensemble);
      await settled(ensemble);
      const [follower] = byRole(ensemble).followers;
      // Its questions reach it from within the pod: what is cut is the way to the others.
      const told = ensemble.watch.when(
        follower.pod.index,
        PATIENCE_MS,
        ({ readyz }) => readyz === 503,
      );
      const cut = await ensemble.fabric.cut(follower.pod);
      const toldMs = await told;
      await cut.heal();
      record({
        ...nothingHappened('plain', 'follower cut off in silence, probes ask each other'),
        notReady: toldMs === null ? null : toldMs / 1000,
      });
      assert.ok(toldMs !== null && toldMs <= TOLD_WITHIN_MS, `not ready after ${toldMs} ms`);
      await settled(ensemble);
    } finally {
      await ensemble.stop();
    }
  });
});
