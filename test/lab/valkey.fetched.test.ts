import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { clusterOf, sentinelsOf, valkey } from './systems/redis.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type System, type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.valkey);

const KINDS: readonly (readonly [string, () => Promise<System>])[] = [
  ['three primaries of Valkey Cluster', async () => clusterOf(await valkey(), 'valkey-cluster', 0)],
  ["Valkey's three sentinels", async () => sentinelsOf(await valkey(), 'valkey-sentinel')],
];

for (const [title, system] of KINDS) {
  describe(title, { skip }, () => {
    let ensemble: SystemEnsemble;

    before(async () => {
      ensemble = await startSystem(await system());
    });
    after(() => ensemble.stop());

    it('knows a member cut off from its majority before the others do', () =>
      memberCut(ensemble, 0, { notReadyWithinMs: 10_000, patienceMs: 14_000 }));
    it('follows a member that is killed and comes back', () =>
      memberKilled(ensemble, 1, { notReadyWithinMs: 1500, patienceMs: 3000 }));
    it('reports a hung process', () =>
      memberHung(ensemble, 2, { notReadyWithinMs: 25_000, patienceMs: 25_000 }));
  });
}
