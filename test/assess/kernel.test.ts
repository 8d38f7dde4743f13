import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelOf } from '../../src/model/kernel.ts';
import { reportOf } from './judging.ts';
import { LEARNER } from './zookeeper-rows.ts';

test('gVisor names itself, or prints the one build date that it always has', () => {
  const ofLinux = 'Linux version 6.18.44 (gcc 14.2.0) #1 SMP PREEMPT_DYNAMIC Mon Nov 9 2026';
  assert.equal(kernelOf(ofLinux), 'linux');
  assert.equal(kernelOf('Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016'), 'gvisor');
  assert.equal(
    kernelOf('Linux version 4.19.0-gvisor #1 SMP Sun Jan 10 15:06:54 PST 2016'),
    'gvisor',
  );
  assert.equal(kernelOf(''), 'unknown');
});

test('where the kernel prints no queues and timers, that they are in order is not known', () => {
  const report = reportOf(LEARNER, {}, { kernel: 'gvisor' });
  const queues = report.checks.find(({ name }) => name === 'queues');
  assert.equal(queues?.status, 'unknown');
  assert.match(queues?.reason ?? '', /^gVisor reports no queues and no timers/);
  assert.deepEqual([report.role, report.ready], ['learner', true]);
  const onLinux = reportOf(LEARNER).checks.find(({ name }) => name === 'queues');
  assert.equal(onLinux?.status, 'pass');
});
