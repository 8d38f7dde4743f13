import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { nifi, nodesOf } from './systems/nifi.ts';
import { memberHung, memberKilled } from './systems/scenarios.ts';
import { memberCutUndecided, quietInHealth } from './systems/short-lived.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.nifi);

describe('three nodes of NiFi', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await nifi());
  });
  after(() => ensemble.stop());

  it('are healthy while their heartbeats come and go', () =>
    quietInHealth(ensemble, 'cluster', 20_000));
  it('stay ready where one is cut off', async () => {
    const { other } = await nodesOf(ensemble);
    await memberCutUndecided(ensemble, other, { tellers: [other], patienceMs: 15_000 });
  });
  it('stay ready where the coordinator is cut off, which the others cannot reach', async () => {
    const { coordinator, other, third } = await nodesOf(ensemble);
    await memberCutUndecided(ensemble, coordinator, {
      tellers: [other, third],
      patienceMs: 15_000,
    });
  });
  it('follow one that is killed and comes back', async () => {
    const { other } = await nodesOf(ensemble);
    await memberKilled(ensemble, other, {
      notReadyWithinMs: 1500,
      patienceMs: 8000,
    });
  });
  it('tell one that hangs', async () => {
    const { other } = await nodesOf(ensemble);
    await memberHung(ensemble, other, {
      notReadyWithinMs: null,
      patienceMs: 16_000,
    });
  });
});
