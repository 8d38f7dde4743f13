import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, type Ensemble, type Member } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { isServing } from './sample.ts';
import { settled } from './scenario.ts';
import { PORTS } from './zookeeper.ts';

/** Long enough after each restart for anything to have settled. */
const GENEROUS_MS = 20_000;
/** A gap between two acknowledged writes that a client would notice. */
const INTERRUPTION_MS = 500;
const WORST_RATIO = 1.5;
/** One restart may meet an election more than the other: which member leads after each is a matter of luck. */
const ELECTION_MS = 3_000;

const skip = await missing(NEEDS.ensemble);

describe('a rolling restart under a client that keeps writing', { skip }, () => {
  let ensemble: Ensemble;
  before(async () => {
    ensemble = await createEnsemble({ label: 'rolling', size: 3 });
  });
  after(() => ensemble.stop());

  it('interrupts the client no longer when gated on readiness than with generous waits', async () => {
    const waiting = await interruption(ensemble, () => sleep(GENEROUS_MS));
    const gated = await interruption(ensemble, (member) =>
      ensemble.watch.until(`${member.pod.name} is ready`, 60_000, (states) => {
        const state = states[member.pod.index];
        return state?.readyz === 200;
      }),
    );
    const text = `${(gated.interruptedMs / 1000).toFixed(1)} s of ${(gated.durationMs / 1000).toFixed(0)} s; with waits ${(waiting.interruptedMs / 1000).toFixed(1)} s of ${(waiting.durationMs / 1000).toFixed(0)} s`;
    record(
      nothingHappened('plain', `rolling restart gated on readiness: writes stood still ${text}`),
    );
    assert.ok(gated.interruptedMs <= WORST_RATIO * waiting.interruptedMs + ELECTION_MS, text);
  });
});

/** Restarts every pod, highest ordinal first as a StatefulSet does, and sums the client's gaps. */
async function interruption(
  ensemble: Ensemble,
  wait: (member: Member) => Promise<void>,
): Promise<{ interruptedMs: number; durationMs: number }> {
  await startAnew(ensemble);
  const written: number[] = [];
  const addresses = ensemble.fabric.pods.map(({ address }) => address);
  const writer = startInFabric(
    ensemble.fabric,
    './writer.ts',
    [String(PORTS.client), ...addresses],
    (line) => written.push(Number(line)),
  );
  await until(() => written.length > 20);
  const from = written.length;
  const started = Date.now();
  for (const member of [...ensemble.members].reverse()) {
    await Promise.all([member.server.stop(), member.agent.stop()]);
    await ensemble.watch.until('the pod is seen to be gone', 10_000, (states) => {
      const state = states[member.pod.index];
      return state?.readyz === 0 && state.mode === 'refused';
    });
    await Promise.all([member.server.start(), member.agent.start()]);
    await wait(member);
  }
  const durationMs = Date.now() - started;
  await settled(ensemble);
  const before = written.length;
  await until(() => written.length > before + 20);
  await writer.stop();
  return { interruptedMs: sumOfGaps(written.slice(from - 1)), durationMs };
}

/** The same start each time: the highest ordinal leads, so that both runs lose the leader once first. */
async function startAnew({ members, watch }: Ensemble): Promise<void> {
  await Promise.all(members.flatMap(({ server, agent }) => [server.stop(), agent.stop()]));
  const serving = (from: number): Promise<void> =>
    watch.until('the started members serve', 60_000, (states) =>
      states.slice(from).every(({ mode }) => mode !== null && isServing(mode)),
    );
  await watch.until('all are down', 10_000, (states) =>
    states.every(({ mode, readyz }) => mode === 'refused' && readyz === 0),
  );
  await Promise.all(members.map(({ agent }) => agent.start()));
  await Promise.all(members.slice(1).map(({ server }) => server.start()));
  await serving(1);
  await members[0]?.server.start();
  await serving(0);
  await watch.until('all are ready', 60_000, (states) =>
    states.every(({ readyz }) => readyz === 200),
  );
}

function sumOfGaps(times: readonly number[]): number {
  const gaps = times.map((time, index) => time - (times[index - 1] ?? time));
  return gaps.filter((gap) => gap > INTERRUPTION_MS).reduce((sum, gap) => sum + gap, 0);
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'the client does not get its writes through');
    await sleep(50);
  }
}
