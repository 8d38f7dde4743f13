import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchAgreement } from './agreement.ts';
import { createEnsemble, type Member, startTogether } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { HAPROXY } from './mesh.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { settled } from './scenario.ts';
import { collectAlarms } from './steady-scenarios.ts';
import { PORTS } from './zookeeper.ts';

/** Ten minutes by `npm run test:soak`; less where every commit waits for it. */
const SECONDS = Number(process.env['QUORUM_LAB_SOAK_SECONDS'] ?? 45);
const WRITERS = 5;
/** pino's number for `info`. */
const INFO = 30;

const skip = await missing(NEEDS.mesh);

describe('a healthy meshed ensemble under client load', { skip }, () => {
  it(`raises no alarm in ${SECONDS} s`, async () => {
    const ensemble = await createEnsemble({ label: 'soak', size: 3, mesh: HAPROXY });
    try {
      const agreement = watchAgreement(ensemble);
      await startTogether(ensemble);
      await settled(ensemble);
      const written: string[] = [];
      const addresses = ensemble.fabric.pods.map(({ address }) => address);
      const args = [String(PORTS.client), ...addresses];
      for (let index = 0; index < WRITERS; index++) {
        startInFabric(ensemble.fabric, './writer.ts', args, (line) => written.push(line));
      }
      const alarms = collectAlarms(ensemble);
      const logged = await logLengths(ensemble.members);
      await sleep(SECONDS * 1000);
      record(nothingHappened('mesh', `healthy for ${SECONDS} s, ${written.length} writes`));
      assert.deepEqual(alarms(), []);
      assert.deepEqual(await loudLines(ensemble.members, logged), []);
      assert.deepEqual(await agreement.take(), []);
      assert.ok(written.length > SECONDS * WRITERS, `${written.length} writes are no load`);
    } finally {
      await ensemble.stop();
    }
  });
});

async function logLengths(members: readonly Member[]): Promise<number[]> {
  return Promise.all(members.map(async (member) => (await member.agentLog()).length));
}

/** The lines above info that the agents logged since, and lines that are not of the log at all. */
async function loudLines(members: readonly Member[], since: readonly number[]): Promise<string[]> {
  const logs = await Promise.all(members.map((member) => member.agentLog()));
  return logs
    .flatMap((log, index) => log.slice(since[index]).split('\n'))
    .filter(Boolean)
    .filter((line) => {
      if (!line.startsWith('{')) return true;
      const { level }: { level?: unknown } = JSON.parse(line);
      return typeof level !== 'number' || level > INFO;
    });
}
