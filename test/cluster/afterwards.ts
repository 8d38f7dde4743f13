import { after } from 'node:test';

type Step = () => unknown;

const steps: Step[] = [];

/**
 * Remembers what must be undone when the tests of this file have ended, the newest first. `after` itself, where
 * it is called while a hook runs, would undo it at that hook's end.
 */
export function afterwards(step: Step): void {
  steps.push(step);
}

after(async () => {
  const failures: unknown[] = [];
  for (const step of steps.reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'not all was undone');
});
