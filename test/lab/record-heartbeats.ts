/**
 * Records when a real follower last heard its leader, as its probe read it, through rest, load, rest, a leader
 * that stands still for three seconds, and rest again: `node --import tsx test/lab/record-heartbeats.ts FILE`,
 * as root. The file holds the phases with their readings: milliseconds of the reading, and of the last data.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, startTogether } from './ensemble.ts';
import { startInFabric } from './fabric-program.ts';
import { byRole, settled } from './scenario.ts';
import { PORTS } from './zookeeper.ts';

const [file = 'heartbeats.json'] = process.argv.slice(2);
const WRITERS = 4;

const ensemble = await createEnsemble({ label: 'beats', size: 3 });
try {
  await startTogether(ensemble);
  await settled(ensemble);
  const { leader, followers } = byRole(ensemble);
  const phases: { phase: string; readings: [number, number][] }[] = [];
  const from = Date.now();
  ensemble.watch.subscribe((sample) => {
    if (sample.kind !== 'report' || sample.pod !== followers[0].pod.index) return;
    const link = sample.report.links.find(({ role }) => role === 'quorum');
    const heardMs = link?.vitals?.lastHeardMs ?? null;
    const readings = phases.at(-1)?.readings;
    const atMs = Date.parse(sample.report.at) - from;
    if (heardMs === null || readings === undefined || readings.at(-1)?.[0] === atMs) return;
    readings.push([atMs, atMs - heardMs]);
  });
  const during = async (phase: string, seconds: number): Promise<void> => {
    phases.push({ phase, readings: [] });
    await sleep(seconds * 1000);
  };
  await during('rest', 30);
  const args = [String(PORTS.client), leader.pod.address, '--pause-ms=0'];
  const writers = Array.from({ length: WRITERS }, () =>
    startInFabric(ensemble.fabric, './writer.ts', args, () => {}),
  );
  await during('load', 20);
  for (const writer of writers) await writer.stop();
  await during('rest after load', 20);
  leader.server.signal('SIGSTOP');
  await during('leader stands still', 3);
  leader.server.signal('SIGCONT');
  await during('rest after the pause', 15);
  writeFileSync(file, `${JSON.stringify(phases)}\n`);
} finally {
  await ensemble.stop();
}
