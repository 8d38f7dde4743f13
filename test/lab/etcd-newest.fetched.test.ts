import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { newestEtcd } from './systems/etcd.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.newestEtcd);

describe("three members of etcd's newest release", { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await newestEtcd());
  });
  after(() => ensemble.stop());

  it('knows a member cut off from its majority before the others do', () =>
    memberCut(ensemble, 0, { notReadyWithinMs: 4000, patienceMs: 8000 }));
  it('follows a member that is killed and comes back', () =>
    memberKilled(ensemble, 1, { notReadyWithinMs: 1500, patienceMs: 3000 }));
  it('reports a hung process', () =>
    memberHung(ensemble, 2, { notReadyWithinMs: 25_000, patienceMs: 25_000 }));
});
