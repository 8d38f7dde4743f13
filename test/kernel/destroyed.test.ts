import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDestroyed, withBrief } from '../../src/kernel/destroyed.ts';
import type { Socket, Vitals } from '../../src/model/socket.ts';
import type { TableRow } from '../../src/proc/table-row.ts';
import { row, tableOf } from '../links/rows.ts';
import { withVitals } from '../links/vitals.ts';

const LINK = row('10.96.8.10:40000', '10.96.6.11:3888');

/** As it is destroyed, with what it carried. */
function destroyed(figures: Partial<Vitals>, link: Socket = LINK): Socket {
  const [socket] = withVitals(tableOf([link]), () => figures).connections;
  assert.ok(socket);
  return { ...socket, state: 'close' };
}

function rowOf(socket: Socket): TableRow {
  return {
    state: socket.state,
    localPort: socket.local.port,
    remotePort: socket.remote.port,
    remoteHash: () => 0,
    isPassthrough: () => false,
    queues: () => ({ tx: 0, rx: 0, uid: -1 }),
    holder: () => ({ uid: 0, inode: 0 }),
    socket: () => socket,
  };
}

test('a connection that carried something and that no reading had shown is brief', () => {
  const spoken = destroyed({ sentBytes: 300 });
  assert.deepEqual(
    withBrief([], [spoken], [], 5).map(({ remote, goneMs }) => [remote.port, goneMs]),
    [[3888, 5]],
  );
  assert.deepEqual(withBrief([], [spoken], [LINK], 5), [], 'a reading has shown it');
});

test('one that was refused, or only opened and closed again, is not', () => {
  const refused = destroyed({ sentBytes: 0, receivedBytes: 0 });
  const bare = destroyed({ sentBytes: 0, receivedBytes: 1 });
  const unknown = { ...LINK, state: 'close' } as const;
  assert.deepEqual(withBrief([], [refused, bare, unknown], [], 0), []);
});

test('they are forgotten after a minute, and a crowd of them is bounded', () => {
  const [first] = withBrief([], [destroyed({ sentBytes: 1 })], [], 0);
  assert.ok(first);
  assert.deepEqual(withBrief([first], [], [], 59_000), [first]);
  assert.deepEqual(withBrief([first], [], [], 60_000), []);
  const crowd = Array.from({ length: 1_000 }, (_, at) =>
    destroyed({ sentBytes: 1 }, row(`10.96.8.10:${1_024 + at}`, '10.96.6.11:3888')),
  );
  assert.equal(withBrief([], crowd, [], 0).length, 256);
});

test('of a storm on the watched ports 64 are taken over, and none of other ports', () => {
  const sink = createDestroyed(new Set([15_006, 3888]), new Set([3888]));
  sink.keep(rowOf(row('10.96.8.10:8080', '10.0.0.1:1')));
  assert.equal(sink.sawWatched(), false);
  sink.keep(rowOf(row('10.96.8.10:15006', '10.0.0.1:1')));
  assert.equal(sink.sawWatched(), true);
  assert.deepEqual(sink.between(), []);
  for (let at = 0; at < 100; at += 1) sink.keep(rowOf(LINK));
  assert.equal(sink.between().length, 64);
});
