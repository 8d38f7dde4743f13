import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { elasticsearch, electedMaster } from './systems/elasticsearch.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.elasticsearch);

describe('three nodes of Elasticsearch', { skip }, () => {
  let ensemble: SystemEnsemble;
  const follower = async (): Promise<number> => ((await electedMaster(ensemble)) + 1) % 3;

  before(async () => {
    ensemble = await startSystem(await elasticsearch());
  });
  after(() => ensemble.stop());

  it('follows a member that is killed and comes back', async () =>
    memberKilled(ensemble, await follower(), {
      notReadyWithinMs: 1500,
      patienceMs: 3000,
      tellers: 'some',
    }));
  it('tells a member cut off from the others', async () =>
    memberCut(ensemble, await follower(), {
      notReadyWithinMs: null,
      patienceMs: 60_000,
      tellers: 'some',
    }));
  it('tells an elected master cut off from the others', async () =>
    memberCut(ensemble, await electedMaster(ensemble), {
      notReadyWithinMs: null,
      patienceMs: 50_000,
      tellers: 'some',
    }));
  it('tells a hung process', async () =>
    memberHung(ensemble, await follower(), {
      notReadyWithinMs: null,
      patienceMs: 40_000,
      tellers: 'some',
    }));
});
