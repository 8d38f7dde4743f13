import { after, before, describe, it } from 'node:test';
import { missing, NEEDS } from './requirements.ts';
import { rabbitmq, resumeAndRestart } from './systems/rabbitmq.ts';
import { memberCut, memberHung, memberKilled } from './systems/scenarios.ts';
import { type SystemEnsemble, startSystem } from './systems/system.ts';

const skip = await missing(NEEDS.rabbitmq);

describe('three nodes of RabbitMQ', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    ensemble = await startSystem(rabbitmq);
  });
  after(() => ensemble.stop());

  it('tells a member cut off from its majority', () =>
    memberCut(ensemble, 0, { notReadyWithinMs: 6000, patienceMs: 25_000 }));
  it('follows a member that is killed and comes back', () =>
    memberKilled(ensemble, 1, { notReadyWithinMs: 1500, patienceMs: 3000 }));
  it('tells a hung process, which must be restarted once it goes on', () =>
    memberHung(ensemble, 2, { notReadyWithinMs: 25_000, patienceMs: 25_000 }, resumeAndRestart));
});
