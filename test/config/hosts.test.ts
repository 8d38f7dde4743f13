import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalAddress } from '../../src/config/addresses.ts';
import { parseHost } from '../../src/config/hosts.ts';
import { parseListen } from '../../src/config/listen.ts';
import { Problem } from '../../src/config/problem.ts';

test('addresses are brought to their shortest form, IPv4-mapped ones to IPv4', () => {
  assert.equal(normalAddress('10.0.0.1'), '10.0.0.1');
  assert.equal(normalAddress('::ffff:10.0.0.1'), '10.0.0.1');
  assert.equal(normalAddress('::FFFF:0a00:0001'), '10.0.0.1');
  assert.equal(normalAddress('FD00:0:0:0:0:0:0:7'), 'fd00::7');
  assert.equal(normalAddress('[fd00::7]'), 'fd00::7');
});

test('what is no plain address is none', () => {
  for (const text of [
    '',
    'zk-0',
    '10.1',
    '010.0.0.1',
    '10.0.0.256',
    'fe80::1%eth0',
    '[10.0.0.1]',
    '1::2::3',
    '0x7f.0.0.1',
  ]) {
    assert.equal(normalAddress(text), null, text);
  }
});

test('an address normalised once stays as it is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = normalAddress(text);
      assert.ok(address !== null);
      assert.equal(normalAddress(address), address);
    }),
  );
});

test('members are addresses or names, and say which', () => {
  assert.deepEqual(parseHost('10.0.0.1'), { name: '10.0.0.1', literal: true });
  assert.deepEqual(parseHost('[fd00:0::1]'), { name: 'fd00::1', literal: true });
  assert.deepEqual(parseHost('fd00::1'), { name: 'fd00::1', literal: true });
  for (const name of ['zk-0', 'zk-0.zk.default.svc.cluster.local.', 'zoo_1', '1a', 'ZK']) {
    assert.deepEqual(parseHost(name), { name, literal: false });
  }
});

for (const [text, message] of [
  ['zk-0:2888', '"zk-0:2888" has a port; write "zk-0", and set other ports with --ports'],
  ['zk-0:2888:3888', '"zk-0:2888:3888" has a port; write "zk-0", and set other ports with --ports'],
  [
    '10.0.0.1:2181',
    '"10.0.0.1:2181" has a port; write "10.0.0.1", and set other ports with --ports',
  ],
  [
    '[fd00::1]:2181',
    '"[fd00::1]:2181" has a port; write "[fd00::1]", and set other ports with --ports',
  ],
  [
    'server.1=zk-0:2888:3888',
    '"server.1=zk-0:2888:3888" is a line of zoo.cfg; write only the name, or name the file with --members-file',
  ],
  ['fe80::1%eth0', '"fe80::1%eth0" names an interface; leave out the part from the % on'],
  ['0.0.0.0', '"0.0.0.0" means every address; write the member\'s own'],
  [
    '10.0.0.256',
    '"10.0.0.256" is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk',
  ],
  [
    '-zk',
    '"-zk" is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk',
  ],
  [
    'zk\n0',
    '"zk\\n0" is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk',
  ],
] as const) {
  test(`the member ${JSON.stringify(text)} is refused with what to write instead`, () => {
    assert.throws(() => parseHost(text), { message });
  });
}

test('any text is a host or a problem of one printable line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.domain()), (text) => {
      try {
        assert.ok(parseHost(text).name !== '');
      } catch (error) {
        assert.ok(error instanceof Problem);
        assert.match(error.message, /^[\x20-\x7e…]+$/);
      }
    }),
  );
});

test('--listen takes a port, with or without a host before it', () => {
  assert.deepEqual(parseListen('4888'), { host: null, port: 4888 });
  assert.deepEqual(parseListen(':4888'), { host: null, port: 4888 });
  assert.deepEqual(parseListen('*:0'), { host: null, port: 0 });
  assert.deepEqual(parseListen('0.0.0.0:80'), { host: '0.0.0.0', port: 80 });
  assert.deepEqual(parseListen('[::1]:80'), { host: '::1', port: 80 });
  assert.deepEqual(parseListen('localhost:80'), { host: 'localhost', port: 80 });
});
