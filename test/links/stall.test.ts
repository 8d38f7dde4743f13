import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stallOf, stateOf } from '../../src/links/stall.ts';
import { read } from '../listings/reading.ts';
import { row } from './rows.ts';

const idle = row('10.0.0.1:40000', '10.0.0.3:2888', 1000, { timer: 'keepalive' });

test('keepalive probes that go unanswered show a silent peer, a single one does not', () => {
  assert.equal(stateOf(idle), 'up');
  assert.equal(stateOf({ ...idle, unansweredProbes: 1 }), 'up');
  assert.equal(stateOf({ ...idle, unansweredProbes: 2 }), 'stalled');
  assert.equal(stallOf({ ...idle, unansweredProbes: 2 }), 'retransmission');
});

test('the timers of ss and netstat show them', () => {
  for (const line of [
    'ESTAB 0 0 10.0.0.1:40000 10.0.0.3:2888 timer:(keepalive,45sec,4)',
    'tcp 0 0 10.0.0.1:40000 10.0.0.3:2888 ESTABLISHED keepalive (45.10/0/4)',
  ]) {
    const [socket] = read(line).sockets;
    assert.ok(socket);
    assert.equal(socket.unansweredProbes, 4, line);
    assert.equal(stateOf(socket), 'stalled', line);
  }
});
