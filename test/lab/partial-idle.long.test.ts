import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, startTogether } from './ensemble.ts';
import { HAPROXY } from './mesh.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { settled } from './scenario.ts';
import { collectAlarms } from './steady-scenarios.ts';

const NETWORK = 'mesh, five, idle time-out 5 s, `--ask peers`';
const WATCHED_MS = 30_000;

const skip = await missing(NEEDS.mesh);

describe('five members behind a proxy that closes silent connections', { skip }, () => {
  it('find no partition in the election links that are gone', async () => {
    const ensemble = await createEnsemble({
      label: 'partial-idle',
      size: 5,
      mesh: { ...HAPROXY, idleTimeoutS: 5 },
      agentArguments: (pod, fabric) => [
        `--members=${fabric.pods.map(({ address }) => address).join(',')}`,
        `--pod-ip=${pod.address}`,
        `--pod-name=${pod.address}`,
        '--ask=peers',
      ],
    });
    try {
      await startTogether(ensemble);
      await settled(ensemble);
      await ensemble.watch.until('no election link is left', 60_000, (states) =>
        states.every(({ report }) => {
          const port = report?.ports.find(({ role }) => role === 'election');
          return port?.links.inbound === 0 && port.links.outbound === 0;
        }),
      );
      const alarms = collectAlarms(ensemble);
      await sleep(WATCHED_MS);
      const reaches = ensemble.watch.states.flatMap(({ report }) =>
        (report?.peers ?? []).map(({ reach }) => reach),
      );
      console.log(`reach of ${reaches.length} pairs: ${[...new Set(reaches)].join(', ')}`);
      record(nothingHappened(NETWORK, 'all election links cut for being idle'));
      assert.deepEqual(alarms(), []);
    } finally {
      await ensemble.stop();
    }
  });
});
