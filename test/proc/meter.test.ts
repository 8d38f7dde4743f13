import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMeter, PROCESS_CLOCKS } from '../../src/proc/meter.ts';

function handClocks(): {
  readonly cpuMs: () => number;
  readonly busyMs: () => number;
  run(change: { readonly cpuMs: number; readonly busyMs: number }): void;
} {
  let cpuMs = 100;
  let busyMs = 200;
  return {
    cpuMs: () => cpuMs,
    busyMs: () => busyMs,
    run(change) {
      cpuMs += change.cpuMs;
      busyMs += change.busyMs;
    },
  };
}

test('what others use between two parts is not charged', () => {
  const clocks = handClocks();
  const meter = createMeter(clocks);
  meter.begin();
  clocks.run({ cpuMs: 2, busyMs: 2 });
  meter.end();
  clocks.run({ cpuMs: 958, busyMs: 958 });
  meter.begin();
  clocks.run({ cpuMs: 3, busyMs: 4 });
  meter.end();
  assert.equal(meter.spentMs(), 5);
});

test('of a part in the thread pool, what the event loop did meanwhile is not charged', async () => {
  const clocks = handClocks();
  const meter = createMeter(clocks);
  const result = await meter.pool(async () => {
    // The pool's thread for 7 ms, and requests for 40 ms of which the loop was preempted for 5.
    clocks.run({ cpuMs: 42, busyMs: 40 });
    return 'read';
  });
  assert.equal(result, 'read');
  assert.equal(meter.spentMs(), 2);
  await meter.pool(async () => clocks.run({ cpuMs: 10, busyMs: 40 }));
  assert.equal(meter.spentMs(), 2, 'never less than nothing');
});

test("this process's clocks only go forward", () => {
  const cpuMs = PROCESS_CLOCKS.cpuMs();
  const busyMs = PROCESS_CLOCKS.busyMs();
  while (PROCESS_CLOCKS.cpuMs() < cpuMs + 1);
  assert.ok(PROCESS_CLOCKS.busyMs() >= busyMs);
});
