import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { elasticsearch, electedMaster } from './systems/elasticsearch.ts';
import { memberCut, memberCutAsked, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.elasticsearch);

/** A node that was not elected. */
async function follower(ensemble: SystemEnsemble): Promise<number> {
  return ((await electedMaster(ensemble)) + 1) % ensemble.members.length;
}

describe('three nodes of Elasticsearch', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await elasticsearch());
  });
  after(() => ensemble.stop());

  it('follows a member that is killed and comes back', async () =>
    memberKilled(ensemble, await follower(ensemble), {
      notReadyWithinMs: 1500,
      patienceMs: 3000,
    }));
  // Its checks fail three times, after ten seconds each: silence withdraws readiness after 0.8 of that.
  it('tells a member cut off from the others by their silence, before it looks for another master', async () =>
    memberCut(
      ensemble,
      await follower(ensemble),
      {
        notReadyWithinMs: 26_000,
        patienceMs: 60_000,
      },
      'some',
    ));
  it('knows an elected master cut off from the others long before it knows itself', async () =>
    memberCut(ensemble, await electedMaster(ensemble), {
      notReadyWithinMs: 4000,
      patienceMs: 50_000,
      // Without a master nobody hears anybody, until the others have elected another.
      othersReadyMs: 20_000,
    }));
  it('tells a hung process', async () =>
    memberHung(ensemble, await follower(ensemble), {
      notReadyWithinMs: 45_000,
      patienceMs: 45_000,
    }));
});

describe('three nodes of Elasticsearch whose probes ask each other', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    const system = { ...(await elasticsearch()), label: 'elastic-asked' };
    ensemble = await startSystem(system, ['--ask', 'peers']);
  });
  after(() => ensemble.stop());

  it('know at once a member cut off from the others', async () =>
    memberCutAsked(ensemble, await follower(ensemble), {
      notReadyWithinMs: 4000,
      patienceMs: 8000,
    }));
});
