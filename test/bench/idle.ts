import { setTimeout as sleep } from 'node:timers/promises';
import { IMAGE_FLAGS } from '../demo/agent.ts';
import { cpuMsOf } from './cost.ts';
import { joinNamespaces, openNamespace } from './network.ts';
import { agentCommand, openPod, PORT, type Pod } from './pod.ts';
import { ownProgram, startProgram } from './program.ts';
import { figure, markdown } from './table.ts';

const AGENT = 'quorum-probe';
const BY_PROC = 'quorum-probe by /proc alone';
const NAIVE = 'both tables read each second';
const COMMANDS: Readonly<Record<string, string[]>> = {
  [AGENT]: agentCommand(process.execPath),
  [BY_PROC]: [...agentCommand(process.execPath), '--socket-source=proc'],
  [NAIVE]: naive(1_000),
  'nothing read': naive(0),
};
const PROBE_INTERVAL_MS = 5_000;

/** Pods side by side, each probed as the kubelet does, in all of which nothing happens. */
export interface IdlePods {
  /** Measures all of them at once over `ms`, after `warmUpMs`. */
  measure(label: string, warmUpMs: number, ms: number): Promise<void>;
  /** All measurements as Markdown. */
  result(): string;
  close(): Promise<void>;
}

export async function openIdlePods(): Promise<IdlePods> {
  const node = await openNamespace();
  const pods = new Map<string, Pod>();
  const urls: string[] = [];
  for (const [name, command] of Object.entries(COMMANDS)) {
    const pod = await openPod(command);
    const { podAddress } = await joinNamespaces(node, pod.namespace, `10.88.${pods.size}`);
    pods.set(name, pod);
    urls.push(`http://${podAddress}:${PORT}/readyz`);
  }
  const prober = startProgram(
    node.inside(ownProgram('prober.ts', `${PROBE_INTERVAL_MS}`, ...urls)),
  );
  const labels: string[] = [];
  const rates = new Map<string, number[]>([...pods.keys()].map((name) => [name, []]));

  return {
    async measure(label, warmUpMs, ms) {
      await sleep(warmUpMs);
      const before = new Map([...pods].map(([name, pod]) => [name, cpuMsOf(pod.pid)]));
      await sleep(ms);
      for (const [name, pod] of pods) {
        const usedMs = cpuMsOf(pod.pid) - (before.get(name) ?? Number.NaN);
        rates.get(name)?.push(usedMs / (ms / 1_000));
      }
      labels.push(label);
    },
    result() {
      const rows = [...rates].map(([name, all]) => [name, ...all.map(figure)]);
      const agent = rates.get(AGENT) ?? [];
      const timesAgent = (name: string): string[] =>
        (rates.get(name) ?? []).map((rate, index) => figure(rate / (agent[index] ?? 0)));
      rows.push(['by /proc alone, times quorum-probe', ...timesAgent(BY_PROC)]);
      rows.push(['reading each second, times quorum-probe', ...timesAgent(NAIVE)]);
      return ['CPU ms per second', '', markdown(['', ...labels], rows)].join('\n');
    },
    async close() {
      await prober.stop();
      for (const pod of pods.values()) await pod.close();
      await node.close();
    },
  };
}

function naive(intervalMs: number): string[] {
  const [node = '', ...rest] = ownProgram('naive.ts', `${PORT}`, `${intervalMs}`);
  return [node, ...IMAGE_FLAGS, ...rest];
}
