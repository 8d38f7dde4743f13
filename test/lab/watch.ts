import type { Report } from '../../src/model/report.ts';
import { AGENT_PORT } from './agent.ts';
import { BOTH_SOURCES, SECOND_PORT } from './both-sources.ts';
import type { Fabric } from './fabric.ts';
import { startInFabric } from './fabric-program.ts';
import type { Mode, Sample } from './sample.ts';
import { PORTS } from './zookeeper.ts';

/** The newest answers of one pod; null where none has come yet. */
export interface PodState {
  readonly readyz: number | null;
  readonly report: Report | null;
  /** The report of a second agent that reads by another source. */
  readonly second: Report | null;
  readonly series: Readonly<Record<string, number>> | null;
  readonly mode: Mode | null;
}

export interface Watch {
  readonly states: readonly PodState[];
  /** Calls back at every sample; gives the way to stop. */
  subscribe(listener: (sample: Sample) => void): () => void;
  /**
   * Milliseconds from now until a pod's answers, counted from now on, first meet a condition;
   * null when they have not within `withinMs`.
   */
  when(
    pod: number,
    withinMs: number,
    condition: (state: PodState) => boolean,
  ): Promise<number | null>;
  /**
   * Waits until the newest answers of all pods meet a condition.
   * @throws with what every pod said last when they have not within `withinMs`.
   */
  until(
    what: string,
    withinMs: number,
    condition: (states: readonly PodState[]) => boolean,
  ): Promise<void>;
  stop(): Promise<void>;
}

const NOTHING: PodState = { readyz: null, report: null, second: null, series: null, mode: null };

/** Starts the poller in the fabric's namespace and keeps what it prints. */
export function startWatch(fabric: Fabric, clientPort: number | null = PORTS.client): Watch {
  const targets = JSON.stringify({
    agentPort: AGENT_PORT,
    secondPort: BOTH_SOURCES ? SECOND_PORT : null,
    clientPort,
    addresses: fabric.pods.map((pod) => pod.address),
  });
  const listeners = new Set<(sample: Sample) => void>();
  const states: PodState[] = fabric.pods.map(() => NOTHING);
  const poller = startInFabric(fabric, './poller.ts', [targets], (line) => {
    const sample: Sample = JSON.parse(line);
    states[sample.pod] = merge(states[sample.pod] ?? NOTHING, sample);
    for (const listener of listeners) listener(sample);
  });

  const subscribe = (listener: (sample: Sample) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    states,
    subscribe,
    when(pod, withinMs, condition) {
      const from = Date.now();
      let state = NOTHING;
      return new Promise((resolve) => {
        const finish = (elapsedMs: number | null): void => {
          clearTimeout(patience);
          unsubscribe();
          resolve(elapsedMs);
        };
        const patience = setTimeout(() => finish(null), withinMs);
        const unsubscribe = subscribe((sample) => {
          if (sample.pod !== pod || sample.at < from) return;
          state = merge(state, sample);
          if (condition(state)) finish(sample.at - from);
        });
      });
    },
    until(what, withinMs, condition) {
      return new Promise((resolve, reject) => {
        const patience = setTimeout(() => {
          unsubscribe();
          reject(
            new Error(`not within ${withinMs} ms: ${what}\n${states.map(describe).join('\n')}`),
          );
        }, withinMs);
        const unsubscribe = subscribe(() => {
          if (!condition(states)) return;
          clearTimeout(patience);
          unsubscribe();
          resolve();
        });
      });
    },
    stop: () => poller.stop(),
  };
}

/** One pod's newest answers in a line. */
export function describe(state: PodState, pod: number): string {
  const { report } = state;
  const findings = report?.findings.map((finding) => finding.code).join(', ') || 'none';
  const agent =
    report === null
      ? 'no report'
      : `${report.role}, in quorum ${report.inQuorum}, ${report.verdict}, findings ${findings}, last scan ${report.scan.at} for ${report.scan.reason} in ${report.scan.durationMs} ms (CPU ${report.scan.cpuMs} ms)`;
  return `  pod ${pod}: readyz ${state.readyz}, ${agent}; srvr ${state.mode}`;
}

function merge(state: PodState, sample: Sample): PodState {
  switch (sample.kind) {
    case 'readyz':
      return { ...state, readyz: sample.status };
    case 'report':
      return { ...state, report: sample.report };
    case 'second':
      return { ...state, second: sample.report };
    case 'metrics':
      return { ...state, series: sample.series };
    case 'srvr':
      return { ...state, mode: sample.mode };
  }
}
