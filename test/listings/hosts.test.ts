import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { read } from './reading.ts';

const listing = (own: string, peer: string): string[] => [
  'tcp6       0      0 :::2181                 :::*                    LISTEN',
  `tcp6       0      0 ${own}:3888           :::*                    LISTEN`,
  `tcp6       0      0 ${own}:40000          ${peer}:2888           ESTABLISHED`,
];
const ONE = listing('10.0.0.1', '10.0.0.3');
const TWO = listing('10.0.0.2', '10.0.0.3');
const HEADER = 'Active Internet connections (servers and established)';

const hosts = (...lines: readonly string[]): readonly (string | null)[] =>
  read(lines.join('\n')).hosts;

const NAMED: readonly (readonly [title: string, one: string, two: string])[] = [
  ['prompts with a user', '[root@zk1 ~ 18:31:01]# netstat -an', '[root@zk2 ~]# netstat -an'],
  ['prompts of Debian', 'root@zk1:/# netstat -an', 'root@zk2:~$ netstat -an'],
  ['prompts of a name alone', 'zk1$ netstat -an', 'zk2# netstat -an'],
  ['prompts of macOS', 'zk1:~ me$ netstat -an', 'zk2:logs me$ netstat -an'],
  [
    'kubectl exec',
    '$ kubectl exec -n prod zk1 -c zk -- netstat -an',
    '$ kubectl exec zk2 -- ss -tan',
  ],
  ['docker exec', '$ docker exec -it zk1 netstat -an', '$ docker exec -u root zk2 netstat -an'],
  ['ssh', '$ ssh root@zk1 netstat -an', '$ ssh -p 2222 zk2 netstat -an'],
  ['headings', 'zk1:', '### zk2'],
  ['headings in words', 'Node zk1:', '-- Node zk2 --'],
  ['headings with a role', 'zk1 (leader):', 'On zk2 (follower):'],
  ['ansible', 'zk1 | CHANGED | rc=0 >>', 'zk2 | CHANGED | rc=0 >>'],
];

for (const [title, one, two] of NAMED) {
  test(`two hosts are told apart by ${title}`, () => {
    const found = hosts(one, ...ONE, two, ...TWO);
    assert.deepEqual(
      found.map((name) => /zk\d/.exec(name ?? '')?.[0]),
      ['zk1', 'zk2'],
    );
  });
}

test('two hosts are told apart by headings of addresses', () => {
  assert.deepEqual(hosts('10.0.0.1:', ...ONE, '=== 10.0.0.2 ===', ...TWO), [
    '10.0.0.1',
    '10.0.0.2',
  ]);
});

test('a prefix of every row tells hosts apart, in any order', () => {
  const lines = [...ONE.map((row) => `zk1  | ${row}`), ...TWO.map((row) => `zk2  | ${row}`)];
  assert.deepEqual(hosts(...lines), ['zk1', 'zk2']);
  assert.deepEqual(hosts(lines[0] ?? '', lines[3] ?? '', ...lines), ['zk1', 'zk2']);
});

test('one host with several prompts and commands is one', () => {
  assert.deepEqual(
    hosts(
      '[root@zk1 ~]# netstat -ltn',
      ...ONE.slice(0, 2),
      '[root@zk1 conf]# ss -tn',
      ...ONE.slice(2),
    ),
    ['zk1'],
  );
  assert.deepEqual(hosts('$ netstat -ltn', ...ONE.slice(0, 2), '$ netstat -tn', ...ONE.slice(2)), [
    null,
  ]);
  assert.deepEqual(
    hosts('root@zk1.example.com:~# netstat', ...ONE, 'root@zk1:~# netstat -an', ...ONE),
    ['zk1.example.com'],
  );
});

test('a prompt above a shell in a pod is no host of its own', () => {
  assert.deepEqual(
    hosts('[me@laptop ~]$ kubectl exec -it zk-0 -- bash', 'root@zk-0:/# netstat -an', ...ONE),
    ['zk-0'],
  );
});

test('sentences, file names and notes name no host', () => {
  for (const line of [
    'Output:',
    'zkServer.sh',
    '# netstat -an',
    '12:',
    'see below:',
    '## Result',
  ]) {
    assert.deepEqual(
      hosts('$ netstat -an', ...ONE.slice(0, 2), line, ...ONE.slice(2)).length,
      1,
      line,
    );
  }
});

test('without names, hosts are told apart by addresses that cannot be one host’s', () => {
  assert.equal(hosts(HEADER, ...ONE, HEADER, ...TWO).length, 2);
  const other = ['tcp6 0 0 10.0.0.3:2888 10.0.0.1:40000 ESTABLISHED'];
  assert.equal(hosts('$ netstat -tn', ...ONE.slice(2), '$ netstat -tn', ...other).length, 2);
});

test('hosts are told apart by the names that lsof prints for their own addresses', () => {
  const row = (ends: string): string => `java 91 root 30u IPv4 71449 0t0 TCP ${ends}`;
  const found = read(
    [
      'lsof -i:2888',
      row('node1:42424->172.17.0.3:spcsdlobby (ESTABLISHED)'),
      'lsof -i:2888',
      row('node2:spcsdlobby (LISTEN)'),
      row('node2:spcsdlobby->172.17.0.2:42424 (ESTABLISHED)'),
    ].join('\n'),
  );
  assert.equal(found.hosts.length, 2);
  assert.deepEqual(found.malformed, {});
});

test('without names, an address more is no other host', () => {
  const second = ['tcp6 0 0 192.168.7.7:2181 192.168.7.9:50000 ESTABLISHED'];
  assert.equal(
    hosts('$ netstat -an | grep 888', ...ONE.slice(1), '$ netstat -an | grep 2181', ...second)
      .length,
    1,
  );
});

test('one connection from both ends in one listing is of two hosts, which are parted by address', () => {
  const found = read([...ONE, 'tcp6 0 0 10.0.0.3:2888 10.0.0.1:40000 ESTABLISHED'].join('\n'));
  assert.deepEqual(found.hosts, ['10.0.0.1', '10.0.0.3']);
  assert.ok(found.sockets.every(({ local }) => local.address !== '*'));
});

test('both ends of a connection inside of one pod, also through its proxy, are of one host', () => {
  const inside = [
    'tcp 0 0 10.0.0.1:2888 10.0.0.1:40001 ESTABLISHED',
    'tcp 0 0 10.0.0.1:40001 10.0.0.1:2888 ESTABLISHED',
    'tcp 0 0 127.0.0.6:40002 10.0.0.1:2888 ESTABLISHED',
    'tcp 0 0 10.0.0.1:2888 127.0.0.6:40002 ESTABLISHED',
  ];
  assert.deepEqual(hosts(...ONE, ...inside), [null]);
});

test('tables of two pods behind a proxy that bears the peers’ addresses are two hosts, and each alone is one', () => {
  const table = (pod: string): string =>
    readFileSync(new URL(`../fixtures/rows/tproxy.pod${pod}.tcp`, import.meta.url), 'latin1');
  assert.equal(read(table('A')).hosts.length, 1);
  assert.equal(read(`${table('A')}\n${table('B')}`).hosts.length, 2);
});

test('the listings before and after a change are judged apart', () => {
  assert.deepEqual(hosts('## Before', ...ONE, '## After', ...ONE), ['Before', 'After']);
});
