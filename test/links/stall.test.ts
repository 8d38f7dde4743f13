import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stallOf, stateOf, unreadOf } from '../../src/links/stall.ts';
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

test("a peer's FIN is no unread byte, though the kernel counts it as one", () => {
  // As a server on hashicorp/raft left a pooled connection whose peer had ended.
  const line = 'CLOSE-WAIT 1 0 10.96.6.11:54396 10.96.7.10:8300 timer:(keepalive,12sec,0)';
  const [closed] = read(line).sockets;
  assert.ok(closed);
  assert.equal(unreadOf(closed), 0);
  assert.equal(unreadOf({ ...closed, rxQueueBytes: 58 }), 57);
  assert.equal(unreadOf({ ...idle, rxQueueBytes: 1 }), 1);
});
