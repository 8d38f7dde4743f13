import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { galera } from './systems/galera.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.galera);

describe('three nodes of Galera Cluster', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(galera());
  });
  after(() => ensemble.stop());

  it('knows a member cut off from its majority', () =>
    memberCut(ensemble, 1, { notReadyWithinMs: 4000, patienceMs: 20_000 }));
  it('follows a member that is killed and comes back', () =>
    memberKilled(ensemble, 2, { notReadyWithinMs: 1500, patienceMs: 3000 }));
  it('reports a hung process', () =>
    memberHung(ensemble, 1, { notReadyWithinMs: 25_000, patienceMs: 25_000 }));
});
