import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCounters, parseInterfaceCounters, parseInUse } from '../../src/proc/counters.ts';

const SNMP = `Ip: Forwarding DefaultTTL
Ip: 1 64
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 11 12 13 14 15 900 901 16 0 17 0
Udp: InDatagrams
Udp: 5
`;
const NETSTAT = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPTimeouts
TcpExt: 0 21 22 23
IpExt: InNoRoutes
IpExt: 0
`;

test('counters are found by name, not by place', () => {
  assert.deepEqual(parseCounters(SNMP, NETSTAT), {
    activeOpens: 11,
    passiveOpens: 12,
    attemptFails: 13,
    estabResets: 14,
    currEstab: 15,
    retransSegs: 16,
    outRsts: 17,
    listenOverflows: 21,
    listenDrops: 22,
    timeouts: 23,
  });
});

test('a file that is missing, empty or without values gives null, never 0', () => {
  for (const text of [null, '', 'Tcp:\nTcp:\n', 'Tcp: ActiveOpens\n', 'Tcp: ActiveOpens\nTcp:\n']) {
    const counters = parseCounters(text, text);
    assert.ok(Object.values(counters).every((value) => value === null));
  }
});

test('a value that is no count is null, and the others are read', () => {
  const counters = parseCounters('Tcp: ActiveOpens OutRsts RetransSegs\nTcp: -5 x 7\n', null);
  assert.deepEqual([counters.activeOpens, counters.outRsts, counters.retransSegs], [null, null, 7]);
});

test('sockets in use are read by protocol, of which one is the beginning of the other', () => {
  const text = 'sockets: used 300\nTCP6: inuse 4\nTCP: inuse 9 orphan 0 tw 3 alloc 12 mem 1\n';
  assert.equal(parseInUse(text, 'TCP'), 9);
  assert.equal(parseInUse(text, 'TCP6'), 4);
  assert.equal(parseInUse('TCP: tw 3\n', 'TCP'), null);
});

test("interface counters are read with the name's colon close to the bytes or not", () => {
  const interfaces =
    parseInterfaceCounters(`Inter-|   Receive                            |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0
  eth0:1000 10 2 3 0 0 0 0 2000 20 4 5 0 0 0 0
 broken: 1 2 3
`);
  assert.deepEqual([...interfaces.keys()], ['lo', 'eth0']);
  assert.deepEqual(interfaces.get('eth0'), {
    receive: { bytes: 1000, errors: 2, drops: 3 },
    transmit: { bytes: 2000, errors: 4, drops: 5 },
  });
});

test('no text makes them fail', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      parseCounters(`Tcp: ${one}\nTcp: ${other}`, `TcpExt: ${one}\nTcpExt: ${other}`);
      parseInUse(one, 'TCP');
      assert.equal(parseInterfaceCounters(`${one}:${other}`).get('no such'), undefined);
    }),
  );
});

test('a line of net/dev that fits nothing is refused at once: each digit once doubled the time', () => {
  const started = process.cpuUsage().user;
  for (const line of [`eth0: ${'1'.repeat(60)}x`, `eth0:${'1 '.repeat(50_000)}x`]) {
    assert.equal(parseInterfaceCounters(line).size, 0);
  }
  assert.ok(process.cpuUsage().user - started < 2_000_000);
});
