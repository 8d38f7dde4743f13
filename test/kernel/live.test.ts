import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import { whyNoNamespaces } from '../bench/network.ts';
import { portable, type Recording, recordWorld, WATCHED } from './recording.ts';

test('netlink and /proc give the same table of real sockets of every kind', {
  skip: whyNoNamespaces() ?? false,
  timeout: 60_000,
}, async () => {
  for (const recording of await recordWorld(3)) {
    assert.deepEqual(recording.table, procTable(recording));
    const { listeners, connections, timeWaits } = recording.table;
    const addresses = new Set(connections.map(({ local }) => local.address));
    const owners = new Set(listeners.map(({ owner }) => (owner.kind === 'uid' ? owner.uid : null)));
    assert.deepEqual(addresses, new Set(['127.0.0.1', '::1', '10.9.9.1']));
    assert.deepEqual(owners, new Set([0, 65_532]));
    assert.equal(connections.filter(({ accepted }) => !accepted).length, 2);
    assert.ok(listeners.some(({ rxQueueBytes }) => rxQueueBytes === 2));
    assert.ok(connections.some(({ rxQueueBytes }) => rxQueueBytes > 0));
    assert.ok(connections.some(({ retransmits }) => retransmits > 0));
    assert.ok(timeWaits.length > 0);
  }
});

function procTable({ tcp, tcp6 }: Recording): unknown {
  const scanner = createTableScanner({ watched: WATCHED, rowCap: 1000 });
  for (const text of [tcp, tcp6]) {
    scanner.push(Buffer.from(text, 'latin1'));
    scanner.end();
  }
  return JSON.parse(JSON.stringify(portable(scanner.table())));
}
