import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { electedManager, opensearch } from './systems/opensearch.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.elasticsearch);

/** A node that was not elected. */
async function follower(ensemble: SystemEnsemble): Promise<number> {
  return ((await electedManager(ensemble)) + 1) % ensemble.members.length;
}

describe('three nodes of OpenSearch', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await opensearch());
  });
  after(() => ensemble.stop());

  it('follows a member that is killed and comes back', async () =>
    memberKilled(ensemble, await follower(ensemble), {
      notReadyWithinMs: 1500,
      patienceMs: 3000,
    }));
  // Its checks fail three times, after ten seconds each: silence withdraws readiness after 0.8 of that.
  it('reports a member cut off from the others', async () =>
    memberCut(
      ensemble,
      await follower(ensemble),
      { notReadyWithinMs: 26_000, patienceMs: 60_000 },
      'some',
    ));
  it('reports a hung process', async () =>
    memberHung(ensemble, await follower(ensemble), {
      notReadyWithinMs: 45_000,
      patienceMs: 45_000,
    }));
});
