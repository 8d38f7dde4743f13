import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { raft } from './systems/raft.ts';
import { memberCut, memberHung, memberKilled, notLeading } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.raft);

describe('three servers on hashicorp/raft, by the profile consul', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(await raft());
  });
  after(() => ensemble.stop());

  it('knows a follower cut off from its majority', () =>
    memberCut(
      ensemble,
      notLeading(ensemble),
      { notReadyWithinMs: 6000, patienceMs: 30_000 },
      'some',
    ));
  it('follows a member that is killed and comes back', () =>
    memberKilled(ensemble, notLeading(ensemble), { notReadyWithinMs: 1500, patienceMs: 3000 }));
  it('reports a hung process', () =>
    memberHung(ensemble, notLeading(ensemble), { notReadyWithinMs: 25_000, patienceMs: 25_000 }));
});
