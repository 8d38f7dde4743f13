import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { cassandra } from './systems/cassandra.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.jvm);

describe('three nodes of Cassandra', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await cassandra());
  });
  after(() => ensemble.stop());

  it('follows a member that is killed and comes back', () =>
    memberKilled(ensemble, 1, { notReadyWithinMs: 1500, patienceMs: 8000 }));
  it('tells a member cut off from the others', () =>
    memberCut(ensemble, 0, { notReadyWithinMs: 8000, patienceMs: 35_000 }));
  it('tells a hung process', () =>
    memberHung(ensemble, 2, { notReadyWithinMs: 20_000, patienceMs: 25_000 }));
});
