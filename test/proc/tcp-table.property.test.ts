import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import {
  type Endpoint,
  fourTuple,
  type Socket,
  type SocketTable,
  type TcpState,
} from '../../src/model/socket.ts';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import { row } from '../links/rows.ts';
import { familyOf, fileText, HEADER, rowText } from './kernel-text.ts';

function scan(pieces: readonly Uint8Array[]): SocketTable {
  const scanner = createTableScanner({
    watched: { counted: [2181], peer: [2888, 3888], capture: [15_006], markers: [] },
    rowCap: 1000,
    littleEndian: true,
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return scanner.table();
}

const v4 = fc
  .ipV4()
  .filter((address) => address !== '0.0.0.0')
  .map((address) => ipaddr.IPv4.parse(address).toString());
const v6 = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((octets) => ipaddr.fromByteArray([...octets]).toString())
  // Mapped addresses read as IPv4, and all zeros as the wildcard.
  .filter((address) => !address.startsWith('::ffff:') && address !== '::');
const port = fc.integer({ min: 1, max: 65_535 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const OPEN_STATES: readonly TcpState[] = [
  'established',
  'syn_sent',
  'fin_wait1',
  'close_wait',
  'last_ack',
  'closing',
];

/** Rows on the election port, held by somebody or by nobody. */
const connection: fc.Arbitrary<Socket> = fc
  .oneof(fc.tuple(v4, v4), fc.tuple(v6, v6))
  .chain(([here, there]) =>
    fc.record(
      {
        local: port.map((own): Endpoint => ({ address: here, port: own })),
        remote: fc.constant<Endpoint>({ address: there, port: 3888 }),
        state: fc.constantFrom(...OPEN_STATES),
        txQueueBytes: word,
        rxQueueBytes: word,
        timer: fc.constantFrom('none', 'retransmit', 'keepalive', 'window-probe'),
        retransmits: word,
        unansweredProbes: fc.nat(20),
        uid: fc.option(word),
      },
      { noNullPrototype: true },
    ),
  )
  .map(({ uid, ...rest }) => ({
    ...rest,
    owner: uid === null ? { kind: 'unknown' } : { kind: 'uid', uid },
    accepted: uid !== null,
  }));

const connections = fc.uniqueArray(connection, { maxLength: 12, selector: fourTuple });

test('valid rows are read back as they were printed', () => {
  fc.assert(
    fc.property(connections, fc.nat({ max: 2_000_000 }), (rows, slot) => {
      const text = rows.map((one, at) => rowText(one, { slot: slot + at })).join('');
      const table = scan([Buffer.from(HEADER + text)]);
      assert.deepEqual(table.connections, rows);
      assert.deepEqual(table.malformed, {});
      assert.equal(table.rowsRead, rows.length);
    }),
  );
});

test('the pieces that a table comes in make no difference', () => {
  fc.assert(
    fc.property(connections, fc.array(fc.integer({ min: 1, max: 400 })), (rows, sizes) => {
      const bytes = Buffer.from(fileText(rows.map((one) => ({ ...one }))));
      const pieces: Buffer[] = [];
      let from = 0;
      for (const size of sizes) {
        pieces.push(bytes.subarray(from, from + size));
        from += size;
      }
      assert.deepEqual(scan([...pieces, bytes.subarray(from)]), scan([bytes]));
    }),
  );
});

const LINK = row('10.96.8.10:48836', '10.96.8.11:3888');
const MARK = 0x0a;

test('no bytes make the scanner fail, or lose the rows that follow on lines of their own', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 5 }),
      fc.constantFrom(...(['tcp', 'tcp6'] as const)),
      (garbage, family) => {
        const good = Buffer.from(rowText(LINK, { family }));
        const table = scan([...garbage, Buffer.of(MARK), good]);
        assert.ok(table.connections.some((one) => fourTuple(one) === fourTuple(LINK)));
      },
    ),
  );
});

test('a valid row with any one byte changed is read or refused, and its neighbours are read', () => {
  fc.assert(
    fc.property(connection, fc.nat(), fc.integer({ min: 0, max: 255 }), (one, at, byte) => {
      fc.pre(byte !== MARK && fourTuple(one) !== fourTuple(LINK));
      const text = Buffer.from(rowText(one, { family: familyOf(one) }));
      // The newline stays: without it two rows become one line.
      text[at % (text.length - 1)] = byte;
      const good = Buffer.from(rowText(LINK));
      const table = scan([
        good,
        text,
        Buffer.from(rowText({ ...LINK, remote: { address: '10.0.0.9', port: 2888 } })),
      ]);
      const refused = Object.values(table.malformed).reduce((sum, count) => sum + count, 0);
      assert.ok(refused <= 1);
      assert.equal(
        table.connections.filter(({ remote }) => remote.address === '10.0.0.9').length,
        1,
      );
      assert.deepEqual(table.connections[0], LINK);
    }),
  );
});
