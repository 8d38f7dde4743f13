import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hostsOf } from '../../src/listings/hosts.ts';
import { parseListing } from '../../src/listings/listing.ts';
import { tableOfHost } from '../../src/listings/table.ts';
import { WHOLE } from '../../src/model/coverage.ts';
import type { SocketTable } from '../../src/model/socket.ts';
import { createTableScanner, type WatchedPorts } from '../../src/proc/tcp-table.ts';

const fixtures = new URL('../fixtures/', import.meta.url);

const watched: WatchedPorts = {
  counted: [2181, 2281],
  peer: [2888, 3888],
  capture: [15_001, 15_006, 15_008],
  markers: [],
};

/** The table of a listing of one host. */
function tableOf(text: string): SocketTable {
  const hosts = hostsOf(parseListing(text).sections, (port) => watched.capture.includes(port));
  assert.ok(hosts.length <= 1);
  const [host] = hosts;
  if (host === undefined) return createTableScanner({ watched, rowCap: 1 }).table();
  return tableOfHost(host, watched, WHOLE);
}

const captures = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?:\/tcp6?|\.tcp)$/.test(path))
  .sort();

/** The kernel's walk may show a row twice; the scanner counts it twice, a listing keeps it once. */
function withoutRepeats(text: string): string {
  const rows = new Map(
    text.split('\n').map((row) => [row.trim().split(/\s+/, 3).slice(1).join(), row]),
  );
  return [...rows.values()].join('\n');
}

test('a table pasted as text gives what the scanner reads from its bytes, for every capture', () => {
  assert.ok(captures.length > 100, `${captures.length} captures`);
  for (const path of captures) {
    const bytes = withoutRepeats(readFileSync(new URL(path, fixtures), 'latin1'));
    const scanner = createTableScanner({ watched, rowCap: 10_000, littleEndian: true });
    scanner.push(Buffer.from(bytes));
    scanner.end();
    const expected = scanner.table();
    const table = tableOf(bytes);
    assert.deepEqual(
      { ...table, timeWaits: table.timeWaits.slice(0, expected.timeWaits.length) },
      expected,
      path,
    );
  }
});

test("the article's listing counts each port's rows and keeps those of the peer ports", () => {
  const text = readFileSync(new URL('article/after.netstat', fixtures), 'utf8');
  const table = tableOf(text);
  assert.equal(table.listeners.length, 3);
  assert.equal(table.connections.length, 8);
  assert.equal(table.ports.get(2181)?.states.time_wait, 12);
  assert.equal(table.ports.get(2888)?.states.established, 4);
  assert.equal(table.rowsRead, 23);
});

test('client links of a listing are counted without an owner', () => {
  const table = tableOf(
    [
      'tcp 7 0 10.0.0.1:2181 10.0.0.9:40000 ESTABLISHED',
      'tcp 0 5 10.0.0.1:2181 10.0.0.9:40001 CLOSE_WAIT',
    ].join('\n'),
  );
  const counts = table.ports.get(2181);
  assert.deepEqual([...(counts?.inboundByUid ?? [])], [[-1, 1]]);
  assert.deepEqual([counts?.unreadBytes, counts?.unackedBytes], [7, 5]);
  assert.deepEqual(table.connections, []);
});
