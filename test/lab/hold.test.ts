import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEnsemble, type Ensemble, type Member, startTogether } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { byRole, settled } from './scenario.ts';

/** While no round of questions is late; two rounds are needed before any stop. */
const RELEASED_WITHIN_MS = 6_000;
const PATIENCE_MS = 30_000;

const skip = await missing(NEEDS.ensemble);

describe('members whose stop is held until the others can spare them', { skip }, () => {
  let ensemble: Ensemble;
  before(async () => {
    ensemble = await createEnsemble({
      label: 'hold',
      size: 3,
      agentArguments: (pod, fabric) => [
        `--members=${fabric.pods.map(({ address }) => address).join(',')}`,
        `--pod-ip=${pod.address}`,
        `--pod-name=${pod.name}`,
        '--ask=peers',
      ],
    });
    await startTogether(ensemble);
    await settled(ensemble);
  });
  after(() => ensemble.stop());

  it('is allowed while all are there, and of two at once one is held until the other is back', async () => {
    const [first, second] = byRole(ensemble).followers;
    const asked = askToStop(ensemble, [second, first]);
    const lower = await asked.next();
    assert.deepEqual([lower.status, lower.address], [200, first.pod.address]);
    assert.ok(lower.tookMs < RELEASED_WITHIN_MS, `allowed after ${lower.tookMs} ms`);
    await stateOf(ensemble, second, 'held');
    await first.server.stop();
    await ensemble.watch.until('the first is seen to be gone', PATIENCE_MS, (states) => {
      const state = states[first.pod.index];
      return state?.mode === 'refused' && state.readyz === 503;
    });
    assert.equal(asked.answers(), 1, 'the second stop is held while the first server is away');
    await first.server.start();
    const higher = await asked.next();
    assert.deepEqual([higher.status, higher.address], [200, second.pod.address]);
    await asked.stop();
    await second.server.stop();
    await ensemble.watch.until('the second is gone', PATIENCE_MS, (states) => {
      return states[second.pod.index]?.mode === 'refused';
    });
    await second.server.start();
    await settled(ensemble);
  });

  it('is held with a member cut off, and released when the cut is healed', async () => {
    const { leader, followers } = byRole(ensemble);
    const [cutOff, other] = followers;
    const cut = await ensemble.fabric.cut(cutOff.pod);
    await ensemble.watch.until('the cut is seen', PATIENCE_MS, (states) => {
      return states[cutOff.pod.index]?.readyz === 503;
    });
    const asked = askToStop(ensemble, [other, leader]);
    await Promise.all([other, leader].map((member) => stateOf(ensemble, member, 'held')));
    const before = performance.now();
    await ensemble.watch.until('the leader still leads', PATIENCE_MS, (states) => {
      return states[leader.pod.index]?.mode === 'leader' && performance.now() - before > 5_000;
    });
    assert.equal(asked.answers(), 0, 'both stops are held while a member is cut off');
    const healedMs = performance.now();
    await cut.heal();
    const released = await asked.next();
    const tookMs = performance.now() - healedMs;
    assert.equal(released.status, 200);
    await asked.stop();
    record(
      nothingHappened(
        'plain',
        `a stop held with a member cut off: released ${(tookMs / 1000).toFixed(1)} s after it healed`,
      ),
    );
  });
});

interface Answer {
  readonly address: string;
  readonly status: number;
  readonly tookMs: number;
}

/** Asks for several members at once, as their containers' hooks would. */
function askToStop({ fabric }: Ensemble, members: readonly Member[]) {
  const lines: string[] = [];
  let awaited: (() => void) | null = null;
  let taken = 0;
  const addresses = members.map(({ pod }) => pod.address);
  const program = startInFabric(fabric, './stop-asker.ts', ['60s', ...addresses], (line) => {
    lines.push(line);
    awaited?.();
  });
  return {
    answers: () => lines.length,
    stop: () => program.stop(),
    async next(): Promise<Answer> {
      while (lines[taken] === undefined) {
        await new Promise<void>((resolve) => {
          awaited = resolve;
        });
      }
      const [address = '', status = '', tookMs = ''] = lines[taken]?.split(' ') ?? [];
      taken += 1;
      return { address, status: Number(status), tookMs: Number(tookMs) };
    },
  };
}

function stateOf({ watch }: Ensemble, { pod }: Member, state: 'held' | 'going'): Promise<void> {
  return watch.until(`${pod.name} reports its stop as ${state}`, PATIENCE_MS, (states) => {
    return states[pod.index]?.report?.stopping?.state === state;
  });
}
