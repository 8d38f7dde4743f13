import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOf } from './cost.ts';
import { statusMiB } from './memory.ts';
import { agentCommand, openPod, PORT, type Pod } from './pod.ts';
import { ownProgram, startProgram } from './program.ts';
import { figure, markdown } from './table.ts';

const TABS = 5;

/** What open tabs of the status page cost the agent: CPU a second and resident memory. */
export async function benchPage(warmUpMs: number, idleMs: number): Promise<string> {
  const pod = await openPod(agentCommand(process.execPath));
  try {
    await sleep(warmUpMs);
    const without = await measure(pod, idleMs);
    const url = `http://127.0.0.1:${PORT}`;
    const tabs = startProgram(pod.namespace.inside(ownProgram('reader.ts', url, `${TABS}`)));
    await tabs.nextLine();
    await sleep(warmUpMs);
    const open = await measure(pod, idleMs);
    await tabs.stop();
    return markdown(
      ['status page', 'CPU ms/s', 'resident MiB'],
      [
        ['no tab', ...without],
        [`${TABS} open tabs`, ...open],
      ],
    );
  } finally {
    await pod.close();
  }
}

async function measure(pod: Pod, forMs: number): Promise<string[]> {
  const beforeMs = cpuMsOf(pod.pid);
  await sleep(forMs);
  const perSecond = (cpuMsOf(pod.pid) - beforeMs) / (forMs / 1_000);
  return [figure(perSecond), statusMiB(pod.pid, 'VmRSS').toFixed(1)];
}
