import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Socket } from '../../src/model/socket.ts';
import { read } from './reading.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

/** What every tool can tell of a socket. */
const shape = ({ local, remote, state, rxQueueBytes, txQueueBytes }: Socket): string =>
  `${local.address}:${local.port} ${remote.address}:${remote.port} ${state} ${rxQueueBytes} ${txQueueBytes}`;

const shapes = (name: string): string[] => read(fixture(name)).sockets.map(shape).sort();

/** One namespace, listed by each tool in turn. */
const SAME_MOMENT = [
  '*:2181 *:0 listen 0 0',
  '*:2888 *:0 listen 0 0',
  '10.20.0.5:2888 10.20.0.5:45790 established 128512 0',
  '10.20.0.5:3888 *:0 listen 0 0',
  '10.20.0.5:3888 10.20.0.5:54768 established 1234 0',
  '10.20.0.5:45790 10.20.0.5:2888 established 0 3782144',
  '10.20.0.5:54768 10.20.0.5:3888 established 0 0',
  '10.20.0.5:9999 *:0 listen 0 0',
  '127.0.0.1:2181 127.0.0.1:45384 established 0 0',
  '127.0.0.1:2181 127.0.0.1:45400 time_wait 0 0',
  '127.0.0.1:45384 127.0.0.1:2181 established 0 0',
  '::1:38300 ::1:8080 established 0 0',
  '::1:8080 *:0 listen 1 0',
  '::1:8080 ::1:38300 established 0 0',
  'fd00::5:2181 fd00::5:58396 close_wait 1 0',
  'fd00::5:58396 fd00::5:2181 fin_wait2 0 0',
  'fe80::50ba:8eff:fe8d:d0df:4888 *:0 listen 0 0',
];

for (const name of [
  'ss-tan.txt',
  'ss-tanp.txt',
  'ss-tanoi.txt',
  'ss-an.txt',
  'ss-Htanp.txt',
  'netstat-natWe.txt',
  'proc-tcp-tcp6.txt',
]) {
  test(`${name} gives the sockets that every tool saw`, () => {
    const listing = read(fixture(`listings/${name}`));
    assert.deepEqual(listing.sockets.map(shape).sort(), SAME_MOMENT);
    assert.deepEqual(listing.malformed, {});
    assert.equal(listing.duplicates, 0);
    assert.equal(listing.mayBeCut, false);
  });
}

for (const name of ['netstat-na.txt', 'netstat-natp.txt', 'netstat-nato.txt']) {
  test(`${name} gives the same sockets, but for an address that netstat cut, which it says`, () => {
    const listing = read(fixture(`listings/${name}`));
    const expected = SAME_MOMENT.filter((row) => !row.startsWith('fe80'));
    expected.push('fe80::50ba:8eff:fe:4888 *:0 listen 0 0');
    assert.deepEqual(listing.sockets.map(shape).sort(), expected);
    assert.equal(listing.mayBeCut, true);
  });
}

test('names of the loopback address and of services are read', () => {
  const listing = read(fixture('listings/netstat-at.txt'));
  assert.deepEqual(listing.malformed, {});
  assert.equal(listing.sockets.length, SAME_MOMENT.length);
  assert.ok(listing.sockets.some(({ local }) => local.address === '::1' && local.port === 8080));
});

test('a name that tells no number makes a row unread, not wrong', () => {
  const listing = read(
    [
      'tcp        0      0 zk-0.zk:47032           zk-2.zk:2888            ESTABLISHED',
      'tcp        0      0 *:ssh                   *:*                     LISTEN',
    ].join('\n'),
  );
  assert.deepEqual(listing.malformed, { name: 2 });
  assert.deepEqual(listing.sockets, []);
});

test('lines of other families and headers are counted and left out', () => {
  assert.equal(read(fixture('listings/ss-an.txt')).ignoredLines, 14);
  assert.equal(read(fixture('listings/netstat-na.txt')).ignoredLines, 7);
});

test('details on the lines below a row of ss belong to it and are not counted as ignored', () => {
  assert.equal(read(fixture('listings/ss-tanoi.txt')).ignoredLines, 2);
});

for (const name of [
  'cut-ss-tanoi.txt',
  'cut-ss-tano.txt',
  'cut-netstat-nato.txt',
  'cut-proc-tcp.txt',
]) {
  test(`${name} shows retransmission as the kernel's own table does`, () => {
    const [, link, dial] = read(fixture(`listings/${name}`)).sockets;
    assert.equal(link?.state, 'established');
    assert.equal(link?.txQueueBytes, 4);
    assert.deepEqual([link?.timer, link?.retransmits], ['retransmit', 3]);
    assert.equal(dial?.state, 'syn_sent');
    assert.deepEqual([dial?.timer, dial?.retransmits], ['retransmit', 3]);
  });
}

test('window probes and keepalive are told by either tool, and their counts are no retransmissions', () => {
  for (const name of ['ss-tanoi.txt', 'netstat-nato.txt', 'proc-tcp-tcp6.txt']) {
    const { sockets } = read(fixture(`listings/${name}`));
    const full = sockets.find((socket) => socket.local.port === 45_790);
    assert.deepEqual([full?.timer, full?.retransmits], ['window-probe', 0], name);
    const kept = sockets.find((socket) => socket.local.port === 45_384);
    assert.equal(kept?.timer, 'keepalive', name);
    const waiting = sockets.find((socket) => socket.state === 'time_wait');
    assert.equal(waiting?.timer, 'time-wait', name);
  }
});

test('only rows of the kernel table name an owner and tell what was not accepted', () => {
  const raw = read(fixture('listings/proc-tcp-tcp6.txt')).sockets;
  assert.deepEqual(raw.find((socket) => socket.local.port === 2888)?.owner, {
    kind: 'uid',
    uid: 0,
  });
  assert.deepEqual(
    raw
      .filter(({ accepted, state }) => state === 'established' && !accepted)
      .map((socket) => socket.remote.port),
    [38_300],
  );
  const printed = read(fixture('listings/ss-tanp.txt')).sockets;
  assert.ok(printed.every((socket) => socket.owner.kind !== 'uid' && socket.accepted));
});

test('a mix of tools keeps each socket once, with its owner where one listing knows it', () => {
  const listing = read(
    `root@zk-0:/# ss -tan\n${fixture('listings/ss-tan.txt')}\n${fixture('listings/proc-tcp-tcp6.txt')}\n$ exit\n`,
  );
  assert.deepEqual(listing.sockets.map(shape).sort(), SAME_MOMENT);
  assert.equal(listing.duplicates, SAME_MOMENT.length);
  const listener = listing.sockets.find((socket) => socket.local.port === 2181);
  assert.equal(listener?.owner.kind, 'uid');
});

test('rows are found behind log prefixes, quotes, colours and carriage returns', () => {
  const lines = [
    '2024-05-01T10:00:00Z zk-0 | tcp        0      0 10.0.0.1:3888   0.0.0.0:*   LISTEN\r',
    '12:tcp6       0      0 ::ffff:10.0.0.1:40000   ::ffff:10.0.0.2:3888   ESTABLISHED',
    '{"log":"ESTAB 0 0 [::ffff:10.0.0.1]:3888 [::ffff:10.0.0.3]:40001"}',
    '> \u001b[32mESTAB\u001b[0m 0 0 10.0.0.1%eth0:2888 10.0.0.2:40002',
    'LISTEN 0 50 *:2181 *:*',
    'LISTEN 0 50 :::2182 :::*',
    'tcp 0 0 :::2183 :::* LISTEN -',
    '[zk-0] 0: 0100000A:0B48 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 77 1',
  ];
  assert.deepEqual(
    read(lines.join('\n')).sockets.map((socket) => shape(socket)),
    [
      '10.0.0.1:3888 *:0 listen 0 0',
      '10.0.0.1:40000 10.0.0.2:3888 established 0 0',
      '10.0.0.1:3888 10.0.0.3:40001 established 0 0',
      '10.0.0.1:2888 10.0.0.2:40002 established 0 0',
      '*:2181 *:0 listen 0 0',
      '*:2182 *:0 listen 0 0',
      '*:2183 *:0 listen 0 0',
      '10.0.0.1:2888 *:0 listen 0 0',
    ],
  );
});

test('a pasted udp table is not taken for one of tcp', () => {
  const udp = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    ' 1: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 33806 2 0000000000000000 0',
  ].join('\n');
  assert.deepEqual(read(udp).sockets, []);
  const both = read(`${udp}\n${fixture('listings/proc-tcp-tcp6.txt')}`);
  assert.equal(both.sockets.length, SAME_MOMENT.length);
});

test('rows with impossible states, ports and queues are faults', () => {
  const listing = read(
    [
      'tcp 0 0 10.0.0.1:3888 0.0.0.0:* UNKNOWN',
      'tcp 0 0 10.0.0.1:99999 0.0.0.0:* LISTEN',
      'tcp 0 0 10.0.0.999:3888 0.0.0.0:* LISTEN',
      'tcp 99999999999999999999 0 10.0.0.1:3888 10.0.0.2:1 ESTABLISHED',
      '0: 0100000A:0B48 00000000:0000 FF 00000000:00000000 00:00000000 00000000 1000 0 77 1',
    ].join('\n'),
  );
  assert.deepEqual(listing.sockets, []);
  assert.deepEqual(listing.malformed, { 'bad-state': 2, 'bad-address': 2, 'bad-number': 1 });
});

test("the article's listing of the broken pod shows a pod-only election listener and no link", () => {
  const { sockets } = read(fixture('article/before.netstat'));
  assert.deepEqual(sockets.filter((socket) => socket.state !== 'time_wait').map(shape), [
    '*:2181 *:0 listen 0 0',
    '10.96.7.7:3888 *:0 listen 0 0',
  ]);
});

test("the article's listing of the mended pod shows both ends of its two learners' links", () => {
  const established = shapes('article/after.netstat').filter((row) => row.includes('established'));
  assert.equal(established.length, 8);
  assert.equal(established.filter((row) => row.startsWith('10.96.8.10:2888 127.0.0.6')).length, 2);
});

const address = fc.oneof(fc.ipV4(), fc.ipV6());
const port = fc.integer({ min: 1, max: 65_535 });
const endpoint = fc.record({ address, port });

test('any established socket is read alike from rows of netstat and of ss', () => {
  fc.assert(
    fc.property(endpoint, endpoint, fc.nat(), fc.nat(), (local, remote, rx, tx) => {
      const bracket = (text: string): string => (text.includes(':') ? `[${text}]` : text);
      const [fromNetstat] = read(
        `tcp6 ${rx} ${tx} ${local.address}:${local.port} ${remote.address}:${remote.port} ESTABLISHED`,
      ).sockets;
      const [fromSs] = read(
        `ESTAB ${rx} ${tx} ${bracket(local.address)}:${local.port} ${bracket(remote.address)}:${remote.port}`,
      ).sockets;
      assert.deepEqual(fromNetstat, fromSs);
      assert.equal(fromSs?.local.port, local.port);
      assert.equal(fromSs?.rxQueueBytes, rx);
    }),
  );
});

/** Both ends and the state are all that a row needs. */
const SHORTEST_ROW = '*:* *:* ESTAB';

test('no text makes the parser throw or invent a port', () => {
  const pieces = fc.constantFrom(
    'tcp',
    'tcp6',
    'ESTAB',
    'LISTEN',
    'ESTABLISHED',
    '0',
    '12',
    '10.0.0.1:2888',
    '[::1]:1',
    '*:*',
    '0:',
    '0A08600A:0F30',
    '0A',
    '00000000:00000000',
    '00:00000000',
    '\n',
    '\t',
    '(',
    'timer:(on,1ms,2)',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(text, (input) => {
      for (const socket of read(input).sockets) {
        assert.ok(socket.local.port <= 65_535 && socket.remote.port <= 65_535);
        assert.ok(input.length >= SHORTEST_ROW.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('a hostile megabyte is read in well under a second', () => {
  for (const unit of ['tcp ', 'tcp 0 0 a:1 ', 'ESTAB 0 0 ', '0: 0A08600A:0F30 ', ' ', '\u001b[']) {
    const started = process.cpuUsage().user;
    read(unit.repeat(1_000_000 / unit.length));
    read(`${unit.repeat(200)}\n`.repeat(1_000_000 / (unit.length * 200)));
    assert.ok(process.cpuUsage().user - started < 1_000_000, unit);
  }
});
