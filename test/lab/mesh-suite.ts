import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Agreement, watchAgreement } from './agreement.ts';
import {
  FOLLOW_MS,
  followerCut,
  followerKilled,
  followerStopped,
  leaderCut,
  leaderKilled,
  type Stage,
} from './core-scenarios.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import type { MeshOptions } from './mesh.ts';
import { outOfQuorum } from './metrics.ts';
import { byRole, play, settled } from './scenario.ts';
import { clientStorm } from './steady-scenarios.ts';

interface Suite {
  /** The network's name in the table of results. */
  readonly network: string;
  readonly skip: string | false;
  readonly mesh: MeshOptions;
}

/** What must hold for three members behind a mesh that delivers from 127.0.0.6. */
export function meshSuite({ network, skip, mesh }: Suite): void {
  describe(`three members behind a mesh that delivers from 127.0.0.6: ${network}`, { skip }, () => {
    let ensemble: Ensemble;
    let agreement: Agreement;
    const stage = (): Stage => ({ network, ensemble, agreement });

    before(async () => {
      ensemble = await createEnsemble({ label: 'mesh', size: 3, mesh });
      agreement = watchAgreement(ensemble);
      await startTogether(ensemble);
      await settled(ensemble);
    });
    after(() => ensemble.stop());

    it('recognises the mesh and how it delivers', () => {
      for (const { report } of ensemble.watch.states) {
        assert.deepEqual(report?.mesh, { kind: 'istio-sidecar', inbound: 'passthrough' });
      }
    });
    it('follows a follower that is killed and comes back', () => followerKilled(stage()));
    it('follows a leader that is killed and comes back', () => leaderKilled(stage()));
    it('names the stalled link to a follower that fell silent', () => followerCut(stage()));
    it('knows a leader that fell silent before ZooKeeper does', () => leaderCut(stage()));
    it('tells a hung process', () => followerStopped(stage()));
    it('stays ready through a storm of clients', () => clientStorm(stage()));

    it('follows a proxy that is killed and comes back', async () => {
      await settled(ensemble);
      const [follower] = byRole(ensemble).followers;
      const { proxy } = follower;
      assert.ok(proxy !== null);
      await play(ensemble, agreement, {
        network,
        name: "follower's proxy killed, restarted",
        subject: follower,
        fault: () => proxy.stop('SIGKILL'),
        repair: () => proxy.start(),
        patienceMs: 6000,
        notReadyWithinMs: FOLLOW_MS,
        finding: { at: follower, code: 'no-quorum' },
        metric: outOfQuorum(follower),
      });
    });
  });
}
