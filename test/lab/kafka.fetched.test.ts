import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { kafka } from './systems/kafka.ts';
import { memberCut, memberKilled, notLeading } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.jvm);

for (const roles of ['controller', 'broker,controller'] as const) {
  describe(`three Kafka nodes with the roles ${roles}`, { skip }, () => {
    let ensemble: SystemEnsemble;

    before(async () => {
      ensemble = await startSystem(await kafka(roles));
    });
    after(() => ensemble.stop());

    it('follows a member that is killed and comes back', () =>
      memberKilled(ensemble, notLeading(ensemble), {
        notReadyWithinMs: 1500,
        patienceMs: 8000,
      }));
    it('tells a member cut off from the others', () =>
      memberCut(
        ensemble,
        notLeading(ensemble),
        {
          notReadyWithinMs: 6000,
          patienceMs: 20_000,
        },
        'some',
      ));
  });
}
