import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, type Ensemble, type Member, startTogether } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { HAPROXY, type MeshOptions } from './mesh.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { byRole, settled } from './scenario.ts';
import { collectAlarms } from './steady-scenarios.ts';
import { PORTS } from './zookeeper.ts';

/** For each network, half of it with pauses. */
const SECONDS = Number(process.env['QUORUM_LAB_SOAK_SECONDS'] ?? 90);
const PAUSES_S = [1, 2, 3, 5];
/** Between two pauses: long enough for what a pause raised to go. */
const REST_MS = 6_000;
const WRITERS = 8;

const skip =
  process.env['QUORUM_LAB_SOAK_PAUSES'] === 'yes'
    ? await missing(NEEDS.mesh)
    : 'it takes long: run it with --soak-pauses';

const NETWORKS: readonly { readonly network: string; readonly mesh?: MeshOptions }[] = [
  { network: 'plain' },
  { network: 'mesh', mesh: HAPROXY },
];

for (const { network, mesh } of NETWORKS) {
  describe(`members that stand still for some seconds: ${network}`, { skip }, () => {
    it('costs nobody else its readiness, and a load that ends is no silence', async () => {
      const ensemble = await createEnsemble({
        label: `pauses-${network}`,
        size: 3,
        ...(mesh === undefined ? {} : { mesh }),
      });
      try {
        await startTogether(ensemble);
        await settled(ensemble);
        await loadAndRest(ensemble, network);
        await pauses(ensemble, network);
      } finally {
        await ensemble.stop();
      }
    });
  });
}

/** Writes as fast as the servers take them, and then nothing: no finding in either. */
async function loadAndRest(ensemble: Ensemble, network: string): Promise<void> {
  const alarms = collectAlarms(ensemble);
  let written = 0;
  const addresses = ensemble.fabric.pods.map(({ address }) => address);
  const args = [String(PORTS.client), ...addresses, '--pause-ms=0'];
  const writers = Array.from({ length: WRITERS }, () =>
    startInFabric(ensemble.fabric, './writer.ts', args, () => {
      written += 1;
    }),
  );
  const loadMs = SECONDS * 250;
  await sleep(loadMs);
  for (const writer of writers) await writer.stop();
  await sleep(loadMs);
  const perSecond = Math.round(written / (loadMs / 1000));
  record(
    nothingHappened(network, `${perSecond} writes a second for ${loadMs / 1000} s, then idle`),
  );
  assert.deepEqual(alarms(), []);
}

async function pauses(ensemble: Ensemble, network: string): Promise<void> {
  const endsAt = Date.now() + SECONDS * 500;
  do {
    for (const seconds of PAUSES_S) {
      await pause(ensemble, network, seconds, true);
      await pause(ensemble, network, seconds, false);
    }
  } while (Date.now() < endsAt);
}

/** Stops the leader or a follower for some seconds, and says what the others make of it. */
async function pause(
  ensemble: Ensemble,
  network: string,
  seconds: number,
  isLeader: boolean,
): Promise<void> {
  await settled(ensemble);
  const { leader, followers } = byRole(ensemble);
  const stopped: Member = isLeader ? leader : followers[0];
  const flips = new Set<string>();
  const codes = new Set<string>();
  const unsubscribe = ensemble.watch.subscribe((sample) => {
    if (sample.pod === stopped.pod.index) return;
    if (sample.kind === 'readyz' && sample.status === 503) flips.add(sample.text);
    if (sample.kind !== 'report') return;
    for (const { code, severity } of sample.report.findings) {
      if (severity !== 'info') codes.add(code);
    }
  });
  stopped.server.signal('SIGSTOP');
  await sleep(seconds * 1000);
  stopped.server.signal('SIGCONT');
  await sleep(REST_MS);
  unsubscribe();
  const who = isLeader ? 'leader' : 'follower';
  console.log(
    `${network}, ${who} stopped for ${seconds} s: the others say ${[...codes].join(', ') || 'nothing'}`,
  );
  record({
    ...nothingHappened(network, `${who} stopped for ${seconds} s`),
    finding: codes.size === 0 ? null : { name: [...codes].join(', '), seconds: null },
  });
  assert.deepEqual([...flips], [], `${seconds} s of the ${who}`);
}
