import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agreement, watchAgreement } from './agreement.ts';
import { leaderKilled, type Stage } from './core-scenarios.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import { HAPROXY } from './mesh.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { settled } from './scenario.ts';
import { collectAlarms } from './steady-scenarios.ts';

const NETWORK = 'mesh, idle time-out 5 s';
/** Longer than the proxy keeps a silent link, twice over. */
const WATCHED_MS = 12_000;

const skip = await missing(NEEDS.mesh);

describe('three members behind a proxy that closes silent connections', { skip }, () => {
  let ensemble: Ensemble;
  let agreement: Agreement;
  const stage = (): Stage => ({ network: NETWORK, ensemble, agreement });

  before(async () => {
    const mesh = { ...HAPROXY, idleTimeoutS: 5 };
    ensemble = await createEnsemble({ label: 'idle', size: 3, mesh });
    agreement = watchAgreement(ensemble);
    await startTogether(ensemble);
    await settled(ensemble);
  });
  after(() => ensemble.stop());

  it('keeps every member ready when all election links are gone', async () => {
    await settled(ensemble);
    await ensemble.watch.until('no election link is left', 30_000, (states) =>
      states.every(({ report }) => {
        const port = report?.ports.find(({ role }) => role === 'election');
        return port?.links.inbound === 0 && port.links.outbound === 0;
      }),
    );
    const alarms = collectAlarms(ensemble);
    await sleep(WATCHED_MS);
    record(nothingHappened(NETWORK, 'all election links cut for being idle'));
    assert.deepEqual(alarms(), []);
    assert.deepEqual(await agreement.take(), []);
  });

  it('follows the next election all the same', () => leaderKilled(stage()));
});
