import type { Report } from '../model/report.ts';
import type { Transition } from '../model/transition.ts';
import { NO_TRANSITIONS, noteReport, type TransitionMemory } from './transitions.ts';

export interface Chronicle {
  /** The newest transitions, oldest first. */
  transitions(): readonly Transition[];
  /** Calls back with each transition once; answers how to end that. */
  onTransition(listener: (transition: Transition) => void): () => void;
}

/** Keeps what changed from report to report, beginning with what the present one says. */
export function keepChronicle(
  agent: { report(): Report; onReport(listener: (report: Report) => void): unknown },
  clock: () => number,
): Chronicle {
  let { memory }: { memory: TransitionMemory } = noteReport(
    NO_TRANSITIONS,
    agent.report(),
    clock(),
  );
  const listeners = new Set<(transition: Transition) => void>();
  agent.onReport((report) => {
    const noted = noteReport(memory, report, clock());
    memory = noted.memory;
    for (const transition of noted.fresh) for (const listener of listeners) listener(transition);
  });
  return {
    transitions: () => memory.recent,
    onTransition(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
