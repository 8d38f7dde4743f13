import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { createTableScanner, type TableOptions } from '../../src/proc/tcp-table.ts';
import { listens, orphan, row } from '../links/rows.ts';
import { fileText, HEADER, rowText } from './kernel-text.ts';

const OPTIONS: TableOptions = {
  watched: { counted: [2181], peer: [2888, 3888], capture: [15_001, 15_006], markers: [] },
  rowCap: 100,
  littleEndian: true,
};

/** Reads whole texts, one a file, each in the given pieces. */
function read(
  texts: readonly string[],
  options: Partial<TableOptions> = {},
  pieces: (bytes: Buffer) => readonly Buffer[] = (bytes) => [bytes],
): SocketTable {
  const scanner = createTableScanner({ ...OPTIONS, ...options });
  for (const text of texts) {
    for (const piece of pieces(Buffer.from(text))) scanner.push(piece);
    scanner.end();
  }
  return scanner.table();
}

function only(rows: readonly Socket[]): Socket {
  const [one] = rows;
  assert.equal(rows.length, 1);
  assert.ok(one);
  return one;
}

const LINK = row('10.96.8.10:48836', '10.96.8.11:3888');

test('an established row is read with its ends, queues, timer and holder', () => {
  const busy: Socket = {
    ...LINK,
    txQueueBytes: 0xff_ff_ff_ff,
    rxQueueBytes: 77,
    timer: 'retransmit',
    retransmits: 9,
    unansweredProbes: 5,
  };
  assert.deepEqual(only(read([fileText([busy])]).connections), busy);
});

test('a TIME_WAIT row ends after twelve columns and names nobody', () => {
  const past = orphan({ ...LINK, timer: 'time-wait' }, 'time_wait');
  const table = read([fileText([past])]);
  assert.deepEqual(only(table.timeWaits), past);
  assert.equal(table.connections.length, 0);
  assert.equal(table.ports.get(3888)?.states.time_wait, 1);
  assert.deepEqual(table.malformed, {});
});

test('rows without inode have no owner, whatever uid the kernel prints', () => {
  const rows = [
    orphan(row('10.96.8.10:1', '10.96.8.11:3888'), 'fin_wait2'),
    orphan(row('10.96.8.10:3888', '10.96.8.11:2'), 'syn_recv'),
    orphan(row('10.96.8.10:3888', '10.96.8.11:3'), 'established'),
  ];
  for (const uidWithoutInode of [0, 1001]) {
    assert.deepEqual(read([fileText(rows, { uidWithoutInode })]).connections, rows);
  }
});

test('state 12, the number of a request socket before it is printed as SYN_RECV, is SYN_RECV', () => {
  const text = rowText(LINK).replace(' 01 ', ' 0C ');
  assert.equal(only(read([text]).connections).state, 'syn_recv');
});

test('slot numbers widen beyond 9999', () => {
  for (const slot of [9999, 12_345, 123_456]) {
    assert.deepEqual(only(read([rowText(LINK, { slot })]).connections), LINK);
  }
});

test('a row of tcp6 is unpadded, and an IPv4-mapped one reads as IPv4', () => {
  const text = rowText(LINK, { family: 'tcp6' });
  assert.ok(!/ \n$/.test(text));
  assert.deepEqual(only(read([text]).connections), LINK);
});

test('IPv6 addresses are read in their shortest form', () => {
  for (const address of ['::1', '::6', 'fd00:10:96::a', '2001:db8::1:0:0:1']) {
    const six = row(`[${address}]:3888`, '[fd00::b]:50000');
    assert.deepEqual(only(read([rowText(six)]).connections), six);
  }
});

test('the wildcard of either family, and the mapped one, is *', () => {
  const text = [
    rowText(listens('*:2181')),
    rowText(listens('*:3888'), { family: 'tcp6' }),
    rowText(listens('0.0.0.0:2888'), { family: 'tcp6' }),
  ].join('');
  const wildcards = read([text]).listeners.map(({ local }) => `${local.address}:${local.port}`);
  assert.deepEqual(wildcards, ['*:2181', '*:3888', '*:2888']);
});

test('a big-endian machine prints the same addresses the other way round', () => {
  const rows = [LINK, row('[fd00::a]:3888', '[fd00::b]:50000')];
  for (const littleEndian of [true, false]) {
    const text = rows.map((one) => rowText(one, { littleEndian })).join('');
    assert.deepEqual(read([text], { littleEndian }).connections, rows);
  }
});

test('listeners of one address and port, a socket for each worker, add their queues up', () => {
  const twins = [listens('*:15006', 1337, 2), listens('*:15006', 1337, 3)];
  assert.equal(only(read([fileText(twins)]).listeners).rxQueueBytes, 5);
});

const MIXED = [
  listens('*:2181', 1001, 4),
  listens('10.96.8.10:3888'),
  LINK,
  orphan({ ...LINK, local: { address: '10.96.8.10', port: 5 }, timer: 'time-wait' }, 'time_wait'),
  row('10.96.8.10:2181', '10.96.9.9:40000', 1001, { rxQueueBytes: 3, txQueueBytes: 4 }),
  row('127.0.0.1:15001', '10.96.8.10:48836', 1337),
  row('10.96.8.10:22', '10.96.9.9:50000', 0),
];

test('a table cut in two at any byte is the table in one piece', () => {
  const text = fileText(MIXED, { slot: 9998 });
  const whole = read([text]);
  for (let at = 0; at <= text.length; at += 1) {
    const cut = read([text], {}, (bytes) => [bytes.subarray(0, at), bytes.subarray(at)]);
    assert.deepEqual(cut, whole, `cut at byte ${at}`);
  }
});

test('a table given byte by byte is the table in one piece', () => {
  const text = fileText(MIXED);
  const bytewise = read([text], {}, (bytes) => [...bytes].map((byte) => Buffer.of(byte)));
  assert.deepEqual(bytewise, read([text]));
});

test('a last line without newline is read, and does not run into the next file', () => {
  const table = read([fileText([LINK]).trimEnd(), fileText([listens('*:3888')])]);
  assert.deepEqual(only(table.connections), LINK);
  assert.equal(only(table.listeners).local.port, 3888);
  assert.deepEqual(table.malformed, {});
});

test('an empty file and a header alone hold nothing and nothing wrong', () => {
  for (const texts of [[], [''], ['\n'], [HEADER], [HEADER.trimEnd()], [HEADER, HEADER]]) {
    const table = read(texts);
    assert.equal(table.rowsRead, 0);
    assert.deepEqual(table.malformed, {});
    assert.deepEqual([table.listeners, table.connections, table.timeWaits], [[], [], []]);
  }
});

const GOOD = rowText(LINK).trimEnd();

const MALFORMED: readonly (readonly [reason: string, line: string])[] = [
  ['no-slot', 'what is this'],
  ['no-slot', ': 0A08600A:BEC4 0B08600A:0F30 01'],
  ['no-slot', GOOD.replace(': ', ':')],
  ['short', GOOD.slice(0, 30)],
  ['short', GOOD.slice(0, 60)],
  ['short', GOOD.slice(0, 80)],
  ['bad-address', GOOD.replace('0A08600A', '0A08600G')],
  ['bad-address', GOOD.replace(':0F30', ':0F3x')],
  ['bad-address', GOOD.replace(':0F30', '.0F30')],
  ['bad-state', GOOD.replace(' 01 ', ' 0D ')],
  ['bad-state', GOOD.replace(' 01 ', ' 00 ')],
  ['bad-state', GOOD.replace(' 01 ', ' zz ')],
  ['bad-number', GOOD.replace('00000000:00000000', '0000000x:00000000')],
  ['bad-number', GOOD.replace(' 00:00000000', ' 09:00000000')],
  ['bad-number', GOOD.replace('  1001 ', '  -001 ')],
  ['bad-number', GOOD.replace(' 4711 ', ' x711 ')],
  ['long', `${GOOD}${' '.repeat(600)}`],
];

for (const [reason, line] of MALFORMED) {
  test(`"${line.slice(0, 90).trim()}" is left out as ${reason}, and the rows around it are read`, () => {
    const [before, after] = [listens('*:3888'), row('10.96.8.10:7', '10.96.8.11:2888')];
    const text = `${rowText(before)}${line}\n${rowText(after)}`;
    for (const size of [text.length, 13]) {
      const table = read([text], {}, (bytes) => pieces(bytes, size));
      assert.deepEqual(table.malformed, { [reason]: 1 });
      assert.deepEqual([...table.listeners, ...table.connections], [before, after]);
      assert.equal(table.rowsRead, 2);
      assert.equal(table.ports.get(3888)?.states.established, 0);
    }
  });
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

test('a malformed row of a port that nobody watches is refused for its head alone', () => {
  const other = rowText(row('10.96.8.10:22', '10.96.9.9:5')).replace('  1001 ', '  none ');
  assert.deepEqual(read([other]).malformed, {});
});

test('a repeated connection is dropped and counted once', () => {
  const table = read([fileText([LINK, LINK, LINK])]);
  assert.equal(table.connections.length, 1);
  assert.equal(table.duplicates, 2);
  assert.equal(table.ports.get(3888)?.states.established, 1);
});

test('client connections are counted by owner and queues, without rows', () => {
  const table = read([
    fileText([
      row('10.96.8.10:2181', '10.96.9.9:1', 1001, { rxQueueBytes: 5, txQueueBytes: 1 }),
      row('10.96.8.10:2181', '10.96.9.9:2', 1001, { rxQueueBytes: 6 }),
      row('127.0.0.6:3', '10.96.8.10:2181', 1337, { rxQueueBytes: 1000 }),
      orphan(row('10.96.8.10:2181', '10.96.9.9:4'), 'established'),
    ]),
  ]);
  const counts = table.ports.get(2181);
  assert.deepEqual(table.connections, []);
  assert.deepEqual(
    counts?.inboundByUid,
    new Map([
      [1001, 2],
      [-1, 1],
    ]),
  );
  assert.equal(counts?.unreadBytes, 11);
  assert.equal(counts?.unackedBytes, 1);
  assert.equal(counts?.states.established, 4);
});

test('source ports of 127.0.0.6 are counted by whether their connection is over', () => {
  const closed = (port: number): Socket =>
    orphan(row(`127.0.0.6:${port}`, '10.96.8.10:2181', 0, { timer: 'time-wait' }), 'time_wait');
  const rows = [
    closed(1),
    closed(2),
    row('127.0.0.6:3', '10.96.8.10:2181', 1337),
    row('127.0.0.7:4', '10.96.8.10:2181', 1337),
    row('10.96.8.10:2181', '127.0.0.6:3'),
  ];
  for (const littleEndian of [true, false]) {
    const table = read([fileText(rows, { littleEndian })], { littleEndian });
    assert.deepEqual(table.ports.get(2181)?.passthrough, { open: 1, timeWait: 2 });
  }
});

test('connections to a clients port that nobody answered are kept, a few of them', () => {
  const attempts = Array.from({ length: 40 }, (_, at) =>
    row(`10.96.8.10:${40_000 + at}`, '10.96.9.9:2181', 1001, { state: 'syn_sent' }),
  );
  const table = read([
    fileText([...attempts, row('10.96.8.10:2181', '10.96.9.9:1', 1001, { state: 'syn_recv' })]),
  ]);
  assert.equal(table.attempts.length, 32);
  assert.deepEqual(table.attempts[0]?.remote, { address: '10.96.9.9', port: 2181 });
});

test('rows of other ports are counted as read and nothing else', () => {
  const table = read([fileText([row('10.96.8.10:22', '10.96.9.9:5'), listens('*:22')])]);
  assert.equal(table.rowsRead, 2);
  assert.equal(table.connections.length, 0);
});

test('more rows than the cap are counted, and the table says that it is truncated', () => {
  const links = Array.from({ length: 12 }, (_, at) =>
    row(`10.96.8.10:${at + 1}`, '10.96.8.11:3888'),
  );
  const table = read([fileText(links)], { rowCap: 10 });
  assert.equal(table.coverage.kind, 'truncated');
  assert.equal(table.connections.length, 10);
  assert.equal(table.ports.get(3888)?.states.established, 12);
  assert.equal(read([fileText(links.slice(0, 10))], { rowCap: 10 }).coverage.kind, 'whole');
});

test("a proxy's rows take no more than half of the cap from the peers'", () => {
  const proxied = Array.from({ length: 9 }, (_, at) =>
    row('10.96.8.10:15006', `10.96.9.${at}:1`, 1337),
  );
  const links = Array.from({ length: 5 }, (_, at) =>
    row(`10.96.8.10:${at + 1}`, '10.96.8.11:3888'),
  );
  const table = read([fileText([...proxied, ...links])], { rowCap: 10 });
  const onCapture = table.connections.filter(({ local }) => local.port === 15_006);
  assert.equal(onCapture.length, 5);
  assert.equal(table.connections.length, 10);
  assert.equal(table.coverage.kind, 'truncated');
});

test("one client's crowd of proxied connections leaves room for the peers'", () => {
  const crowd = Array.from({ length: 500 }, (_, at) =>
    row(`10.96.8.10:15006`, `10.96.9.1:${at + 1}`, 1337),
  );
  for (const family of ['tcp', 'tcp6'] as const) {
    const peer = row('10.96.8.10:15006', '10.96.8.11:5', 1337);
    const table = read([fileText([...crowd, peer], { family })]);
    assert.deepEqual(table.connections.at(-1), peer);
    assert.equal(table.connections.length, 17);
    assert.equal(table.coverage.kind, 'whole');
  }
});

test('closed connections of a proxy are no evidence of what happens on the peer ports', () => {
  const past = orphan(
    { ...row('10.96.8.10:15006', '10.96.9.1:5'), timer: 'time-wait' },
    'time_wait',
  );
  assert.deepEqual(read([fileText([past])]).timeWaits, []);
});

test('a crowd of TIME_WAIT rows is counted, and a few are kept', () => {
  const past = Array.from({ length: 300 }, (_, at) =>
    orphan({ ...row(`10.96.8.10:${at + 1}`, '10.96.8.11:3888'), timer: 'time-wait' }, 'time_wait'),
  );
  const table = read([fileText(past)]);
  assert.equal(table.timeWaits.length, 256);
  assert.equal(table.ports.get(3888)?.states.time_wait, 300);
  assert.equal(table.coverage.kind, 'whole');
});

test('the two ends of an in-pod connection both stand in the table', () => {
  const ends = [
    row('10.96.8.10:40000', '10.96.8.10:3888'),
    row('10.96.8.10:3888', '10.96.8.10:40000'),
  ];
  assert.deepEqual(read([fileText(ends)]).connections, ends);
});

test('captured files of a kernel are read without a malformed row', () => {
  for (const pod of [0, 1, 2]) {
    const file = (name: string): string =>
      readFileSync(
        new URL(
          `../fixtures/zookeeper/passthrough-basic/healthy/${pod}/net/${name}`,
          import.meta.url,
        ),
        'latin1',
      );
    const table = read([file('tcp'), file('tcp6')]);
    assert.deepEqual(table.malformed, {});
    assert.ok(table.connections.length > 0);
  }
});
