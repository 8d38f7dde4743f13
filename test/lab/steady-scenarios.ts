import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './core-scenarios.ts';
import type { Ensemble } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { nothingHappened, record } from './results.ts';
import { byRole, settled } from './scenario.ts';
import { PORTS } from './zookeeper.ts';

const STORM = 1000;
const STORM_OPENS_MS = 30_000;
const STORM_LASTS_MS = 10_000;

/** A thousand clients of one follower change nothing about its place in the quorum. */
export async function clientStorm({ network, ensemble, agreement }: Stage): Promise<void> {
  await settled(ensemble);
  const [follower] = byRole(ensemble).followers;
  const alarms = collectAlarms(ensemble);
  const opened: string[] = [];
  const storm = startInFabric(
    ensemble.fabric,
    './storm.ts',
    [follower.pod.address, String(PORTS.client), String(STORM)],
    (line) => opened.push(line),
  );
  const clients = (): number => {
    const report = ensemble.watch.states[follower.pod.index]?.report;
    return report?.ports.find(({ role }) => role === 'client')?.links.inbound ?? 0;
  };
  await ensemble.watch.until(
    'the agent counts every client',
    STORM_OPENS_MS,
    () => clients() >= STORM,
  );
  await sleep(STORM_LASTS_MS);
  await storm.stop();
  await ensemble.watch.until('the clients are gone', STORM_OPENS_MS, () => clients() < STORM / 10);
  record(nothingHappened(network, `${STORM} clients at once`));
  assert.deepEqual(opened, [String(STORM)]);
  assert.deepEqual(alarms(), []);
  assert.deepEqual(await agreement.take(), []);
}

/** Gathers from now on what a healthy ensemble must never show: lost readiness and findings above info. */
export function collectAlarms({ watch, members }: Ensemble): () => string[] {
  const alarms = new Set<string>();
  const silent = new Set<string>();
  const unsubscribe = watch.subscribe((sample) => {
    const name = members[sample.pod]?.pod.name;
    if (name === undefined) return;
    if (sample.kind === 'readyz') {
      // A busy machine may delay one answer; the kubelet forgives that too.
      const forgiven = sample.status === 0 && !silent.has(name);
      if (sample.status === 0) silent.add(name);
      else silent.delete(name);
      if (sample.status !== 200 && !forgiven) {
        alarms.add(`${name} answered /readyz with ${sample.status}: ${sample.text}`);
      }
    }
    if (sample.kind !== 'report') return;
    for (const { code, severity, evidence } of sample.report.findings) {
      if (severity !== 'info') alarms.add(`${name} raised ${code}: ${evidence.join('; ')}`);
    }
  });
  return () => {
    unsubscribe();
    return [...alarms];
  };
}
