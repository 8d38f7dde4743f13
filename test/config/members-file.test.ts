import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMembersFile, portsFromFile } from '../../src/config/members-file.ts';
import { isQuorum } from '../../src/model/quorum-verifier.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';

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
weird.setting=a \\
  server.6=continued:2888:3888
`;

function read(text: string, podName = 'zk-0') {
  const file = parseMembersFile(text, podName);
  assert.ok(file.kind === 'members', file.kind === 'invalid' ? file.problem : '');
  return file;
}

function membersIn(text: string, podName: string) {
  return read(text, podName).ensemble.members;
}

test('the server lines of a zoo.cfg give the members, all others are left alone', () => {
  assert.deepEqual(membersIn(ZOO_CFG, 'zk-0'), [
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
  ]);
});

test('a dynamic file with Windows line ends and no last one is read the same', () => {
  const text =
    'server.1=a:2888:3888:participant;0.0.0.0:2181\r\nserver.2=b:2888:3888\r\nversion=100000000';
  assert.deepEqual(
    membersIn(text, 'a').map(({ name }) => name),
    ['a', 'b'],
  );
});

test('a server at the wildcard address is this member itself', () => {
  assert.deepEqual(membersIn('server.1=0.0.0.0:2888:3888\nserver.2=b:2888:3888', 'zoo1'), [
    { name: 'zoo1', literal: false, observer: false },
    { name: 'b', literal: false, observer: false },
  ]);
});

for (const [text, problem] of [
  ['', 'has no server.N= line; give a zoo.cfg or dynamic file that names the ensemble'],
  [
    'tickTime=2000\ndynamicConfigFile=/conf/zoo.cfg.dynamic.100000000\n',
    'has no server.N= line; its members are in "/conf/zoo.cfg.dynamic.100000000", give that file',
  ],
  [
    '\nserver.1=zk-0',
    'line 2: "zk-0" is not a server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets',
  ],
  [
    'server.1=fd00::1:2888:3888',
    'line 1: "fd00::1:2888:3888" is not a server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets',
  ],
  [
    'server.1=',
    'line 1: "" is not a server; write it as zk-0.zk:2888:3888, IPv6 addresses in brackets',
  ],
  ['server.1=a:2888:99999', 'line 1: "99999" is not a port; write a number from 1 to 65535'],
  [
    'server.1=a:2888:3888:leader',
    'line 1: "leader" is not a type of server; write participant or observer',
  ],
  [
    'server.1=-a:2888:3888',
    'line 1: "-a" is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk',
  ],
  ['server.one=a:2888:3888', 'line 1: "server.one" has no number; write it as server.1='],
  [
    'server.1=a:2888:3888\nserver.01=b:2888:3888',
    'line 2: server.1 is already on line 1; remove one of them',
  ],
  [
    'server.1=a:2888:3888\n\nserver.2=A.:2888:3888',
    'line 3: "A." is already on line 1; remove one of them',
  ],
  [
    'server.1=a:2888:3888:participant|b:2888:3888:observer',
    'line 1: its addresses differ in participant or observer; write the same for all',
  ],
  [
    'server.1=a:2888:3888:observer',
    'has only observers; at least one server must be a participant',
  ],
  [
    'server.1=a:2888:2888',
    'line 1: port 2888 cannot be both quorum and election; give each its own',
  ],
  [
    'server.1=a:2888:3888;2181;2182',
    'line 1: "a:2888:3888;2181;2182" has more than one semicolon; write one client address',
  ],
  [
    'server.1=a:2888:3888;a:b:2181',
    'line 1: "a:b:2181" is not a client address; write it as 2181 or 0.0.0.0:2181, IPv6 addresses in brackets',
  ],
  ['server.1=a:2888:3888;70000', 'line 1: "70000" is not a port; write a number from 1 to 65535'],
  [
    'server.1=a\\:2888\\:3888',
    'line 1: "a\\\\:2888\\\\:3888" has a backslash; write the addresses without it',
  ],
  [
    'clientPort=client\nserver.1=a:2888:3888',
    'line 1: "client" is not a port; write a number from 1 to 65535',
  ],
  [
    'server.1=a:2888:3888\nweight.1=2',
    'server.1 is in no group, and with weights or groups every participant must be in one; add it to a group.N line',
  ],
  [
    'server.1=a:2888:3888\nserver.2=b:2888:3888\ngroup.1=1',
    'server.2 is in no group, and with weights or groups every participant must be in one; add it to a group.N line',
  ],
  [
    'server.1=a:2888:3888\ngroup.1=1\ngroup.2=1',
    'line 3: server.1 is already in the group on line 2',
  ],
  [
    'server.1=a:2888:3888\ngroup.1=1:2',
    'line 2: group.1 names server.2, which is not a participant and has no weight; leave it out',
  ],
  [
    'server.1=a:2888:3888\ngroup.1=1,2',
    'line 2: "1,2" is not the number of a server; write the group as 1:2:3',
  ],
  ['server.1=a:2888:3888\ngroups=1', 'line 2: "groups" is not a group; write it as group.1=1:2:3'],
  [
    'server.1=a:2888:3888\ngroup.1=1\nweight.1=-1',
    'line 3: "-1" is not a weight; write a whole number from 0 to 1000000000',
  ],
  [
    'server.1=a:2888:3888\ngroup.1=1\nweight.1=1\nweight.01=2',
    'line 4: weight.01 is given twice; remove one of them',
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
        assert.deepEqual(
          membersIn(lines.join('\n'), 'self').map(({ name, observer }) => [name, observer]),
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
      'group.1=1:2',
      'group.2=:',
      'weight.1=0',
      'weight.9=99999999999',
      'clientPort=\\',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const file = parseMembersFile(lines.join('\n'), 'zk-0');
      assert.ok(
        file.kind === 'members' ? file.ensemble.members.length > 0 : file.problem.length > 0,
      );
    }),
  );
});

test('a blank ends a key as an equals sign does, and a backslash at its end continues a line', () => {
  const text = 'server.1 a:2888:3888\nserver.2:b:2888:\\\n   3888\n! server.3=c:2888:3888\n';
  assert.deepEqual(
    membersIn(text, 'a').map(({ name }) => name),
    ['a', 'b'],
  );
});

test('a type stands for all addresses of its server', () => {
  const text = 'server.1=a:2888:3888:observer|b:2889:3889\nserver.2=c:2888:3888';
  assert.deepEqual(
    membersIn(text, 'c').map(({ observer }) => observer),
    [true, false],
  );
});

test('groups and weights are of the voters by their names', () => {
  const { ensemble } = read(
    'server.1=a:2888:3888\nserver.2=b:2888:3888\nserver.3=c:2888:3888:observer\ngroup.1=1:2:3\nweight.1=3\nweight.3=1',
  );
  assert.deepEqual(ensemble.verifier, {
    kind: 'weights',
    groups: [
      {
        totalWeight: 5,
        weights: new Map([
          ['a', 3],
          ['b', 1],
        ]),
      },
    ],
  });
  assert.equal(read('server.1=a:2888:3888').ensemble.verifier, undefined);
});

test('the sets of voters that ZooKeeper 3.8 calls quorums are quorums, and no others', () => {
  const cases: readonly { text: string; quorums: number[] }[] = JSON.parse(
    readFileSync(
      join(import.meta.dirname, '../fixtures/zookeeper/hierarchical-quorums.json'),
      'utf8',
    ),
  );
  assert.ok(cases.length > 50);
  for (const { text, quorums } of cases) {
    const { members, verifier } = read(text).ensemble;
    assert.ok(verifier?.kind === 'weights');
    const seen: number[] = [];
    for (let set = 1; set < 2 ** members.length; set += 1) {
      const voters = members.filter((_, index) => (set >> index) % 2 === 1);
      if (voters.some(({ observer }) => observer)) continue;
      if (isQuorum(verifier, new Set(voters.map(({ name }) => name)))) seen.push(set);
    }
    assert.deepEqual(seen, quorums, text);
  }
});

test('whether the leader serves is as the file says it, in the way that the server takes it', () => {
  const servers = 'server.1=a:2888:3888';
  assert.equal(read(`leaderServes=no\n${servers}`).ensemble.leaderServes, false);
  assert.equal(read(`leaderServes=yes\n${servers}`).ensemble.leaderServes, true);
  assert.equal(read(`leaderServes=No\n${servers}`).ensemble.leaderServes, true);
  assert.equal(read(servers).ensemble.leaderServes, undefined);
});

test('how often the members speak, and how long silence is borne, is as the file says it', () => {
  const servers = 'server.1=a:2888:3888';
  const of = (text: string) => read(`${text}\n${servers}`).ensemble.heartbeat;
  assert.deepEqual(of('tickTime=2000\nsyncLimit=5'), { everyMs: 1_000, bearsMs: 10_000 });
  assert.deepEqual(of('tickTime=4000'), { everyMs: 2_000, bearsMs: 20_000 });
  assert.deepEqual(of('syncLimit=10'), { everyMs: 1_500, bearsMs: 30_000 });
  assert.deepEqual(of('tickTime=100\ntickTime=501\nsyncLimit=2'), { everyMs: 250, bearsMs: 1_002 });
  for (const text of [
    '',
    'tickTime=0',
    'tickTime=-2000',
    'tickTime=2s',
    'tickTime=99999999',
    'syncLimit=',
  ]) {
    assert.equal(of(text), undefined, text);
  }
});

const PORTS: readonly (readonly [what: string, text: string, ports: Record<string, number[]>])[] = [
  ['the usual ones', 'server.1=zk-0:2888:3888', { quorum: [2888], election: [3888] }],
  [
    'those of each server and each of its addresses',
    'server.1=zk-0:2890:3890|10.0.0.1:2891:3891\nserver.2=zk-1:2888:3888',
    { quorum: [2890, 2891, 2888], election: [3890, 3891, 3888] },
  ],
  [
    "this member's client port in the place of the plain one",
    'server.1=zk-0:2888:3888;0.0.0.0:2182\nserver.2=zk-1:2888:3888;2183',
    { quorum: [2888], election: [3888], client: [2182, 2281] },
  ],
  [
    'the client port of a zoo.cfg',
    'clientPort=2182\nserver.1=zk-0:2888:3888',
    { quorum: [2888], election: [3888], client: [2182, 2281] },
  ],
  [
    'both client ports of a zoo.cfg',
    'clientPort=2182\nsecureClientPort=2282\nserver.1=zk-0:2888:3888',
    { quorum: [2888], election: [3888], client: [2182, 2282] },
  ],
  [
    'no port that is set to 0',
    'clientPort=0\nsecureClientPort=2281\nserver.1=zk-0:2888:3888',
    { quorum: [2888], election: [3888], client: [2281] },
  ],
];

for (const [what, text, expected] of PORTS) {
  test(`the ports that are watched are ${what}`, () => {
    assert.deepEqual(Object.fromEntries(portsFromFile(zookeeper, read(text).ports, [])), expected);
  });
}

test('ports that were given otherwise stay, and profiles with other roles take none', () => {
  const { ports } = read('clientPort=2182\nserver.1=zk-0:2890:3890');
  assert.deepEqual(Object.fromEntries(portsFromFile(zookeeper, ports, ['client', 'quorum'])), {
    election: [3890],
  });
  assert.equal(portsFromFile(etcd, ports, []).size, 0);
});

test('a port of two roles is refused', () => {
  const { ports } = read('server.1=a:2888:3888\nserver.2=b:3888:2888');
  assert.throws(
    () => portsFromFile(zookeeper, ports, []),
    /port 3888 cannot be both quorum and election|port 2888 cannot be both/,
  );
});

test('an oracle has a word among two voters, groups or not, and none among three', () => {
  const two = 'oraclePath=/oracle\nserver.1=a:2888:3888\nserver.2=b:2888:3888\n';
  assert.deepEqual(read(two).ensemble.verifier, { kind: 'oracle' });
  assert.deepEqual(read(`${two}group.1=1:2`).ensemble.verifier, { kind: 'oracle' });
  assert.deepEqual(read(`${two}server.3=c:2888:3888:observer`).ensemble.verifier, {
    kind: 'oracle',
  });
  assert.equal(read(`${two}server.3=c:2888:3888`).ensemble.verifier, undefined);
});

test('a line of backslashes is read in time that does not grow with its square', () => {
  const started = process.cpuUsage().user;
  parseMembersFile(`server.1=${'\\'.repeat(400_000)}x`, 'zk-0');
  parseMembersFile(`server.1=zk-0:2888:3888${'a\\\n'.repeat(200_000)}`, 'zk-0');
  assert.ok(process.cpuUsage().user - started < 2_000_000);
});
