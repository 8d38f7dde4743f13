import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CAPTURE_PORTS, MARKER_PORTS } from '../../src/links/mesh.ts';
import type { SocketTable } from '../../src/model/socket.ts';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import { watchedPorts } from '../../src/proc/watched.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { familyOf, fileText } from '../proc/kernel-text.ts';
import { anyRows } from './any-rows.ts';
import { iterations } from './iterations.ts';
import { referenceTable } from './reference-table.ts';

const WATCHED = watchedPorts(zookeeper, CAPTURE_PORTS, MARKER_PORTS);
/** Few enough that no cap of the scanner drops any. */
const ROWS = 12;

const files = anyRows(zookeeper, ROWS).map((rows) =>
  (['tcp', 'tcp6'] as const).map((family) =>
    fileText(rows.filter((one) => familyOf(one) === family)),
  ),
);

function scan(texts: readonly (readonly Uint8Array[])[]): SocketTable {
  const scanner = createTableScanner({ watched: WATCHED, rowCap: 4096, littleEndian: true });
  for (const pieces of texts) {
    for (const piece of pieces) scanner.push(piece);
    scanner.end();
  }
  return scanner.table();
}

function assertSame(table: SocketTable, texts: readonly string[]): void {
  const { listeners, connections, timeWaits, rowsRead, duplicates, malformed } = table;
  assert.deepEqual(
    { listeners, connections, timeWaits, rowsRead, duplicates },
    referenceTable(texts, WATCHED),
  );
  assert.deepEqual(malformed, {});
}

function pieces(text: string, sizes: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const cut: Uint8Array[] = [];
  let from = 0;
  for (const size of sizes) {
    cut.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...cut, bytes.subarray(from)];
}

test('the scanner reads what a plain parser reads, whole and in pieces of any size', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 30 });
  fc.assert(
    fc.property(files, sizes, (texts, cuts) => {
      assertSame(scan(texts.map((text) => [Buffer.from(text)])), texts);
      assertSame(scan(texts.map((text) => pieces(text, cuts))), texts);
    }),
    iterations(4_000),
  );
});

test('a table torn at any byte is read as if it were whole', () => {
  fc.assert(
    fc.property(files, (texts) => {
      const longest = Math.max(...texts.map((text) => text.length));
      for (let at = 0; at <= longest; at += 1) {
        assertSame(scan(texts.map((text) => pieces(text, [at]))), texts);
      }
    }),
    iterations(15),
  );
});

test('a table that ends at any byte shows no row that was not there', () => {
  fc.assert(
    fc.property(files, (texts) => {
      const whole = new Set(referenceTable(texts, WATCHED).connections.map(ends));
      for (const text of texts) {
        for (let at = 0; at <= text.length; at += 1) {
          const { connections } = scan([[Buffer.from(text.slice(0, at))]]);
          for (const row of connections) assert.ok(whole.has(ends(row)), `cut at ${at}`);
        }
      }
    }),
    iterations(40),
  );
});

test('bytes that are no table at all are counted as malformed, and nothing is thrown', () => {
  const change = fc.record({ at: fc.nat(5_000), byte: fc.oneof(fc.nat(255), fc.constant(0x0a)) });
  fc.assert(
    fc.property(files, fc.array(change, { minLength: 1, maxLength: 5 }), (texts, changes) => {
      const bytes = Buffer.from(texts.join(''));
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      const { rowsRead, malformed } = scan([[bytes]]);
      const refused = Object.values(malformed).reduce((sum, rows) => sum + rows, 0);
      assert.ok(rowsRead + refused <= bytes.toString('latin1').split('\n').length);
    }),
    iterations(8_000),
  );
});

function ends({ local, remote }: SocketTable['connections'][number]): string {
  return JSON.stringify([local, remote]);
}
