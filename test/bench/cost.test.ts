import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { cpuMsOf, parseTimes, weigh } from './cost.ts';

/** By the process's own CPU time: of the time that passes, a busy machine may give it little. */
function spin(forMs: number): void {
  const begin = process.cpuUsage();
  while (usedMs(process.cpuUsage(begin)) < forMs);
}

function usedMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

test("bash's times are read from the last line", () => {
  const cost = parseTimes('ss: a complaint\n0.246 0.010 0.230\n');
  assert.deepEqual([cost.wallMs, Math.round(cost.cpuMs)], [246, 240]);
  assert.throws(() => parseTimes('bash: ss: command not found'), /bash's time said/);
});

test('work is weighed in CPU time of this process and of the children it waits for', async () => {
  const own = await weigh(() => spin(50));
  assert.ok(own.wallMs > 5 && own.cpuMs > 5, JSON.stringify(own));
  const child = 'while (process.cpuUsage().user < 100_000);';
  const others = await weigh(() => execFileSync(process.execPath, ['-e', child]));
  assert.ok(others.wallMs > 20 && others.cpuMs > 20, JSON.stringify(others));
});

test('a running process is weighed over all its threads', () => {
  const before = cpuMsOf(process.pid);
  spin(50);
  assert.ok(cpuMsOf(process.pid) - before > 5);
});
