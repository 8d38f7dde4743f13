import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { hazelcast } from './systems/hazelcast.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.hazelcast);

describe('three members of Hazelcast', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await hazelcast());
  });
  after(() => ensemble.stop());

  it('follows a member that is killed and comes back', () =>
    memberKilled(ensemble, 1, { notReadyWithinMs: 1500, patienceMs: 3000 }));
  it('knows a member cut off from all others before the others do', () =>
    memberCut(ensemble, 0, { notReadyWithinMs: 20_000, patienceMs: 90_000 }));
  it('reports a hung process', () =>
    memberHung(ensemble, 2, { notReadyWithinMs: 40_000, patienceMs: 40_000 }));
});
