import { after, before, describe, it } from 'node:test';
import { type Agreement, watchAgreement } from './agreement.ts';
import {
  agentKilled,
  followerCut,
  followerKilled,
  followerStopped,
  leaderCut,
  leaderKilled,
  portBlocked,
  type Stage,
  twoKilled,
} from './core-scenarios.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import { missing, NEEDS } from './requirements.ts';
import { settled } from './scenario.ts';
import { clientStorm } from './steady-scenarios.ts';

const skip = await missing(NEEDS.ensemble);

describe('three members without a mesh', { skip }, () => {
  let ensemble: Ensemble;
  let agreement: Agreement;
  const stage = (): Stage => ({ network: 'plain', ensemble, agreement });

  before(async () => {
    ensemble = await createEnsemble({ label: 'plain', size: 3 });
    agreement = watchAgreement(ensemble);
    await startTogether(ensemble);
    await settled(ensemble);
  });
  after(() => ensemble.stop());

  it('follows a follower that is killed and comes back', () => followerKilled(stage()));
  it('follows a leader that is killed and comes back', () => leaderKilled(stage()));
  it('says that the last of three has no quorum', () => twoKilled(stage()));
  it('names the stalled link to a follower that fell silent', () => followerCut(stage()));
  it('knows a leader that fell silent before ZooKeeper does', () => leaderCut(stage()));
  it('tells a blocked quorum port', () => portBlocked(stage(), 2888));
  it('keeps a member ready whose election port alone is blocked', () => portBlocked(stage(), 3888));
  it('tells a hung process', () => followerStopped(stage()));
  it('stays ready through a storm of clients', () => clientStorm(stage()));
  it('tells the truth from an agent restarted in mid-outage', () => agentKilled(stage()));
});
