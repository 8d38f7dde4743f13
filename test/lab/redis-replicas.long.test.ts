import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { redisCluster } from './systems/redis.ts';
import { memberCut } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.redis);

describe('three masters of Redis Cluster with a replica each', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(redisCluster(1));
  });
  after(() => ensemble.stop());

  it('tells a master cut off from the others, as pings go round', () =>
    // Which node is pinged when is partly random: measured, but without a bound.
    memberCut(ensemble, 0, { notReadyWithinMs: null, patienceMs: 18_000 }));
});

describe('the same, where the probes ask each other', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem({ ...redisCluster(1), label: 'redis-asked' }, ['--ask', 'peers']);
  });
  after(() => ensemble.stop());

  it('knows a master cut off from the others without waiting for its pings', () =>
    memberCut(ensemble, 0, { notReadyWithinMs: 6000, patienceMs: 18_000 }));
});
