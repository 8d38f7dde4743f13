import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMembersFile } from '../../src/config/members-file.ts';

const ZOO_CFG = `
# The number of milliseconds of each tick
tickTime=2000
dataDir=/var/lib/zookeeper
clientPort=2181
4lw.commands.whitelist=srvr
#server.9=old:2888:3888
server.1=zk-0.zk:2888:3888
server.2 = zk-1.zk:2888:3888:participant;2181
  server.3=10.0.0.3:2888:3888:OBSERVER;0.0.0.0:2181
server.4=[fd00:0::4]:2888:3888;[::]:2181
server.5=a.zk:2888:3888|[fd00::5]:2889:3889|a.zk:2890:3890
group.1=1:2:3
`;

test('the server lines of a zoo.cfg give the members, all others are left alone', () => {
  assert.deepEqual(parseMembersFile(ZOO_CFG, 'zk-0'), {
    kind: 'members',
    members: [
      { name: 'zk-0.zk', literal: false, observer: false },
      { name: 'zk-1.zk', literal: false, observer: false },
      { name: '10.0.0.3', literal: true, observer: true },
      { name: 'fd00::4', literal: true, observer: false },
      {
        name: 'a.zk',
        literal: false,
        observer: false,
        also: [{ name: 'fd00::5', literal: true }],
      },
    ],
  });
});

test('a dynamic file with Windows line ends and no last one is read the same', () => {
  const text =
    'server.1=a:2888:3888:participant;0.0.0.0:2181\r\nserver.2=b:2888:3888\r\nversion=100000000';
  const file = parseMembersFile(text, 'a');
  assert.ok(file.kind === 'members');
  assert.deepEqual(
    file.members.map(({ name }) => name),
    ['a', 'b'],
  );
});

test('a server at the wildcard address is this member itself', () => {
  assert.deepEqual(parseMembersFile('server.1=0.0.0.0:2888:3888\nserver.2=b:2888:3888', 'zoo1'), {
    kind: 'members',
    members: [
      { name: 'zoo1', literal: false, observer: false },
      { name: 'b', literal: false, observer: false },
    ],
  });
});

for (const [text, problem] of [
  ['', 'has no server.N= line; give a zoo.cfg or dynamic file that names the ensemble'],
  [
    'tickTime=2000\ndynamicConfigFile=/conf/zoo.cfg.dynamic.100000000\n',
    'has no server.N= line; its members are in "/conf/zoo.cfg.dynamic.100000000", give that file',
  ],
  [
    '\nserver.1=zk-0',
    'line 2: "zk-0" is no server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets',
  ],
  [
    'server.1=fd00::1:2888:3888',
    'line 1: "fd00::1:2888:3888" is no server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets',
  ],
  [
    'server.1=',
    'line 1: "" is no server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets',
  ],
  ['server.1=a:2888:99999', 'line 1: "99999" is no port; write a number from 1 to 65535'],
  [
    'server.1=a:2888:3888:leader',
    'line 1: "leader" is no type of server; write participant or observer',
  ],
  [
    'server.1=-a:2888:3888',
    'line 1: "-a" is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk',
  ],
  ['server.one=a:2888:3888', 'line 1: "server.one" has no number; write it as server.1='],
  [
    'server.1=a:2888:3888\nserver.01=b:2888:3888',
    'line 2: server.1 is on line 1 already; remove one of them',
  ],
  [
    'server.1=a:2888:3888\n\nserver.2=A.:2888:3888',
    'line 3: "A." is on line 1 already; remove one of them',
  ],
  [
    'server.1=a:2888:3888|b:2888:3888:observer',
    'line 1: its addresses disagree on participant or observer; write the same for all',
  ],
  [
    'server.1=a:2888:3888:observer',
    'has observers only; one server at least must be a participant',
  ],
] as const) {
  test(`a members file is refused: ${problem}`, () => {
    assert.deepEqual(parseMembersFile(text, 'zk-0'), { kind: 'invalid', problem });
  });
}

test('members written as server lines come back as they were', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4());
  const servers = fc.uniqueArray(fc.tuple(host, fc.boolean()), {
    minLength: 1,
    maxLength: 9,
    selector: ([name]) => name.toLowerCase(),
  });
  fc.assert(
    fc.property(
      servers.filter((all) => all.some(([name, observer]) => !observer && name !== '0.0.0.0')),
      (all) => {
        const lines = all.map(
          ([name, observer], index) =>
            `server.${index + 1}=${name}:2888:3888:${observer ? 'observer' : 'participant'};2181`,
        );
        const file = parseMembersFile(lines.join('\n'), 'self');
        assert.ok(file.kind === 'members');
        assert.deepEqual(
          file.members.map(({ name, observer }) => [name, observer]),
          all.map(([name, observer]) => [name === '0.0.0.0' ? 'self' : name, observer]),
        );
      },
    ),
  );
});

test('no text makes the parser throw', () => {
  const line = fc.oneof(
    fc.string(),
    fc.string().map((text) => `server.1=${text}`),
    fc.constantFrom(
      'server.1=a:2888:3888',
      'server.2=b:2888:3888|c:1:2',
      'server.=x',
      'server.3=;;',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const file = parseMembersFile(lines.join('\n'), 'zk-0');
      assert.ok(file.kind === 'members' ? file.members.length > 0 : file.problem.length > 0);
    }),
  );
});
