import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { coversConnections, coversListener } from '../../src/model/coverage.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { redisCluster } from '../../src/profiles/redis-cluster.ts';
import { type Covers, covers, readings } from './covers.ts';

const row = (local: string, remote = '0.0.0.0:*', state = 'LISTEN', program = ''): string =>
  `tcp        0      0 ${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)} ${program}`;

const CLIENT = row('0.0.0.0:2181');
const ELECTION = row('10.0.0.1:3888');
const QUORUM = row('10.0.0.1:2888');
const SSH = row('0.0.0.0:22');
const LINK = row('10.0.0.1:40000', '10.0.0.3:2888', 'ESTABLISHED');
const LEARNER = row('10.0.0.1:2888', '10.0.0.3:40000', 'ESTABLISHED');

const ALL = 'every-port';
const EACH = '2181 2281 2888 3888';
const CLIENTS = '2181 2281';

const stated = (listeners: string, connections: string, gaps = ''): Covers => ({
  listeners,
  connections,
  basis: 'stated',
  gaps,
});
const assumed = (ports: string, gaps = ''): Covers => ({
  listeners: ports,
  connections: ports,
  basis: 'assumed',
  gaps,
});

/** What is pasted, line by line, and what it covers. */
const LISTINGS: readonly (readonly [title: string, lines: readonly string[], covers: Covers])[] = [
  ['netstat -an shows all', ['$ netstat -an', CLIENT, ELECTION, LINK], stated(ALL, ALL)],
  ['netstat -t no listener', ['$ netstat -tn', LINK], stated('-', ALL, 'no-listeners')],
  ['netstat -l no connection', ['# netstat -tln', CLIENT], stated(ALL, '-', 'no-connections')],
  ['netstat -l -a both', ['$ netstat -lntp -all', CLIENT, LINK, SSH], stated(ALL, ALL)],
  [
    'the header of netstat alone',
    ['Active Internet connections (servers and established)', CLIENT, ELECTION, LINK],
    stated(ALL, ALL),
  ],
  [
    'the header of netstat without servers',
    ['Active Internet connections (w/o servers)', LINK],
    stated('-', ALL, 'no-listeners'),
  ],
  [
    'the header of netstat in German, listeners alone',
    ['Aktive Internetverbindungen (Nur Server)', CLIENT],
    stated(ALL, '-', 'no-connections'),
  ],
  [
    'the Portuguese header, which says the same for both',
    ['Conexões Internet Ativas (sem os servidores)', CLIENT],
    stated(ALL, '-', 'no-connections'),
  ],
  [
    'the header of netstat in Chinese',
    ['激活Internet连接 (服务器和已建立连接的)', CLIENT, ELECTION, LINK],
    stated(ALL, ALL),
  ],
  [
    'the header of BSD without listeners',
    ['Active Internet connections', 'tcp4 0 0 10.0.0.1.40000 10.0.0.3.2888 ESTABLISHED'],
    stated('-', ALL, 'no-listeners'),
  ],
  ['one port by grep', ['$ netstat -an | grep 2181', CLIENT], stated(CLIENTS, CLIENTS, 'filtered')],
  [
    'two ports by egrep',
    ["$ netstat -natp | egrep '(3888|2888)'", ELECTION, LINK],
    stated('2888 3888', '2888 3888', 'filtered'),
  ],
  [
    'all ports by a class',
    ['$ netstat -ntu -a | egrep "2181|[23]888"', CLIENT, ELECTION, LINK],
    stated(EACH, EACH),
  ],
  [
    'alternatives of a basic pattern',
    ["$ netstat -an | grep '2181\\|2888\\|3888'", CLIENT, ELECTION],
    stated(EACH, EACH),
  ],
  [
    'a part of a port',
    ['$ netstat -an | grep 888', ELECTION, LINK],
    stated('2888 3888', '2888 3888', 'filtered'),
  ],
  [
    'several patterns',
    ['$ netstat -an | grep -e 2181 -e 3888', CLIENT, ELECTION],
    stated('2181 2281 3888', '2181 2281 3888', 'filtered'),
  ],
  ['whole words', ['$ netstat -an | grep -w 2181', CLIENT], stated(CLIENTS, CLIENTS, 'filtered')],
  ['one peer', ['$ netstat -an | grep 10.0.0.3', LINK], stated('-', '-', 'filtered')],
  [
    'listeners by a word',
    ['$ netstat -an | grep LISTEN', CLIENT, ELECTION],
    stated(EACH, '-', 'filtered'),
  ],
  [
    'connections by a word',
    ['$ netstat -an | grep -i established', LINK],
    stated('-', EACH, 'filtered'),
  ],
  [
    'all but a state that is no link',
    ['$ netstat -an | grep -v TIME_WAIT', CLIENT, ELECTION, LINK],
    stated(EACH, EACH),
  ],
  [
    'a program',
    ['# netstat -tanp | grep java', row('0.0.0.0:2181', '0.0.0.0:*', 'LISTEN', '7/java')],
    stated(EACH, EACH),
  ],
  [
    'a pattern that is not understood',
    ["$ netstat -an | perl -ne 'print if /2181/'", CLIENT],
    stated('-', '-', 'filter-unknown'),
  ],
  ['the first lines', ['$ netstat -an | head -5', CLIENT], stated('-', '-', 'filter-unknown')],
  [
    'awk by a pattern',
    ["$ netstat -an | awk '/2181/ {print $4,$5,$6}'", '0.0.0.0:2181 0.0.0.0:* LISTEN'],
    stated(CLIENTS, CLIENTS, 'filtered'),
  ],
  [
    'awk by a column',
    ["$ netstat -an | awk '$4 ~ /:2181$/'", CLIENT],
    stated(CLIENTS, '-', 'filtered'),
  ],
  [
    'findstr with alternatives',
    ['C:\\>netstat -ano | findstr "2181 3888"', '  TCP    0.0.0.0:2181  0.0.0.0:0  LISTENING  7'],
    stated('2181 2281 3888', '2181 2281 3888', 'filtered'),
  ],
  [
    'Select-String',
    [
      "PS C:\\> netstat -an | Select-String '2181|2888'",
      '  TCP    0.0.0.0:2181  0.0.0.0:0  LISTENING',
    ],
    stated('2181 2281 2888', '2181 2281 2888', 'filtered'),
  ],
  [
    'ss -tan',
    ['$ ss -tan', 'LISTEN 0 50 *:2181 *:*', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated(ALL, ALL),
  ],
  [
    'ss without -a',
    ['$ ss -tn', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated('-', ALL, 'no-listeners'),
  ],
  ['ss -l', ['$ ss -lnt', 'LISTEN 0 50 *:2181 *:*'], stated(ALL, '-', 'no-connections')],
  [
    'ss -l without a peer column',
    ['$ ss -lnt', 'LISTEN 0 50 *:2181'],
    stated(ALL, '-', 'no-connections'),
  ],
  [
    'ss, of -a and -l the last',
    ['$ ss -antl', 'LISTEN 0 50 *:2181 *:*'],
    stated(ALL, '-', 'no-connections'),
  ],
  ['ss -H', ['$ ss -Htan', 'LISTEN 0 50 *:2181 *:*'], stated(ALL, ALL)],
  [
    'ss of one source port',
    ['# ss -tan sport = :2181', 'LISTEN 0 50 *:2181 *:*'],
    stated(CLIENTS, '-', 'filtered'),
  ],
  [
    'ss of one port at either end',
    ["# ss -tan '( sport = :2888 or dport = :2888 )'", 'LISTEN 0 50 *:2888 *:*'],
    stated('2888', '2888', 'filtered'),
  ],
  [
    'ss by a name of a service',
    ["# ss -tan 'sport = :eforward or dport = :eforward'", 'LISTEN 0 50 *:2181 *:*'],
    stated(CLIENTS, CLIENTS, 'filtered'),
  ],
  [
    'ss of one state, which is not printed',
    [
      '# ss -tn state established',
      'Recv-Q Send-Q Local Address:Port Peer Address:Port',
      '0 0 10.0.0.1:4 10.0.0.3:2888',
    ],
    stated('-', ALL, 'no-listeners'),
  ],
  [
    'ss of one peer',
    ['# ss -tan dst 10.0.0.3', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated('-', '-', 'filtered'),
  ],
  [
    'netstat without the rows of tcp6, among which the server may be',
    ['$ netstat -tan | grep -v tcp6', CLIENT, LINK],
    stated('-', '-', 'filtered'),
  ],
  [
    'ss without its header and first row',
    ['$ ss -tan | tail -n +3', 'LISTEN 0 50 *:2181 *:*', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated('-', '-', 'filter-unknown'),
  ],
  [
    'ss without the states of links that are gone',
    ['# ss -tan exclude time-wait', 'LISTEN 0 50 *:2181 *:*', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated(ALL, ALL),
  ],
  [
    'ss without one that matters',
    ['# ss -tan exclude syn-sent', 'LISTEN 0 50 *:2181 *:*', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated('-', '-', 'filter-unknown'),
  ],
  [
    'ss of a condition that is not understood',
    ['# ss -tan autobound', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated('-', '-', 'filter-unknown'),
  ],
  [
    'one family, in which the server does not listen',
    ['$ netstat -4tan', SSH, row('10.0.0.1:22', '10.0.0.9:5', 'ESTABLISHED')],
    stated('-', '-', 'one-family'),
  ],
  ['one family, in which it does', ['$ netstat -4tan', CLIENT, SSH], stated(ALL, ALL)],
  [
    'lsof of one port',
    ['$ lsof -nPi :2181', 'java 7 zk 5u IPv6 1 0t0 TCP *:2181 (LISTEN)'],
    stated(CLIENTS, CLIENTS, 'filtered'),
  ],
  [
    'lsof of another process',
    ['$ lsof -Pan -p 86960 -i', 'beam.smp 86960 user1 75u IPv4 1 0t0 TCP *:25672 (LISTEN)'],
    stated('-', '-', 'some-processes'),
  ],
  [
    'lsof of the server',
    ['$ lsof -Pan -p 7 -i', 'java 7 zk 5u IPv6 1 0t0 TCP *:2181 (LISTEN)'],
    stated(EACH, EACH),
  ],
  [
    'lsof of a list of ports',
    ['$ lsof -nP -iTCP:2181,2888-3888', 'java 7 zk 5u IPv6 1 0t0 TCP *:2181 (LISTEN)'],
    stated(EACH, EACH),
  ],
  [
    'lsof of listeners',
    ['$ lsof -nP -iTCP -sTCP:LISTEN', 'java 7 zk 5u IPv6 1 0t0 TCP *:2181 (LISTEN)'],
    stated(EACH, '-', 'no-connections'),
  ],
  [
    'lsof of a process',
    ['$ lsof -Pan -p 7 -i', 'java 7 zk 5u IPv6 1 0t0 TCP *:2181 (LISTEN)'],
    stated(EACH, EACH),
  ],
  ['no command: what a member needs, with connections', [CLIENT, ELECTION, LINK], assumed(EACH)],
  ['no command: connections alone', [LINK], assumed('-', 'fragment no-listeners')],
  ['no command: listeners alone', [CLIENT, ELECTION], assumed('-', 'fragment no-connections')],
  [
    'no command: all of one port',
    [CLIENT, row('10.0.0.1:2181', '10.0.0.9:5', 'ESTABLISHED')],
    assumed('2181', 'fragment'),
  ],
  [
    'no command: a linked member without its client port',
    [ELECTION, LINK, row('10.0.0.1:3888', '10.0.0.2:5', 'ESTABLISHED')],
    { listeners: '-', connections: '2888 3888', basis: 'assumed', gaps: 'contradicted' },
  ],
  [
    'no command: a connection that came in, without its listener',
    [CLIENT, ELECTION, LEARNER],
    { listeners: '-', connections: '2181 2888 3888', basis: 'assumed', gaps: 'contradicted' },
  ],
  [
    'a whole listing of a linked member whose client port is closed',
    ['$ netstat -an', QUORUM, ELECTION, LEARNER, SSH],
    stated(ALL, ALL),
  ],
  [
    'the same, cut by hand',
    ['$ netstat -an', QUORUM, ELECTION, LEARNER],
    stated('-', '-', 'contradicted'),
  ],
  [
    'one end of a connection inside of the host',
    [
      '$ netstat -pan | grep 3888',
      row('127.0.0.1:45104', '127.0.0.1:3888', 'ESTABLISHED', '19/envoy'),
    ],
    stated('-', '-', 'contradicted filtered'),
  ],
  [
    'names in place of numbers',
    ['$ netstat -a', row('*:eforward', '*:*'), row('zk-0.zk:47032', 'zk-2.zk:2888', 'ESTABLISHED')],
    stated('-', '-', 'names'),
  ],
  [
    'a row that is not read',
    ['$ netstat -an', CLIENT, ELECTION, 'tcp 0 0 10.0.0.1:40000 10.0.0.999:2888 ESTABLISHED'],
    stated('-', '-', 'unread'),
  ],
  [
    'rows that the command does not print: it is not what printed them',
    ['$ netstat -an | grep 9999', CLIENT, ELECTION, LINK],
    assumed(EACH),
  ],
  [
    'two commands together',
    ['$ ss -lnt', 'LISTEN 0 50 *:2181 *:*', '$ ss -tn', 'ESTAB 0 0 10.0.0.1:4 10.0.0.3:2888'],
    stated(ALL, ALL),
  ],
  [
    'an output that is empty, as the next prompt shows',
    [
      '$ netstat -an | grep 2181',
      CLIENT,
      '$ netstat -an | grep 2888',
      '$ netstat -an | grep 3888',
      ELECTION,
    ],
    stated(EACH, EACH),
  ],
  [
    'an output that was not pasted',
    ['$ netstat -an | grep 2181', CLIENT, '$ netstat -an | grep 2888'],
    stated(CLIENTS, CLIENTS, 'filtered'),
  ],
  [
    'hyphens that a word processor made longer',
    ['$ netstat –an | grep 2181', CLIENT],
    stated(CLIENTS, CLIENTS, 'filtered'),
  ],
];

for (const [title, lines, expected] of LISTINGS) {
  test(`what is covered: ${title}`, () => assert.deepEqual(covers(lines.join('\n')), expected));
}

test('both tables of the kernel, row by row, are as good as a look at the pod', () => {
  const tables = (rows: readonly string[]): string =>
    [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      ...rows,
      '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    ].join('\n');
  const raw = (slot: number, port: string): string =>
    `   ${slot}: 00000000:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 7 1`;
  assert.equal(covers(tables([raw(0, '0885'), raw(1, '0F30')])).basis, 'whole');
  const torn = covers(tables([raw(0, '0885'), raw(2, '0F30')]));
  assert.deepEqual(torn, assumed('-', 'fragment no-connections'));
  const [one] = tables([raw(0, '0016')]).split('\n  sl  local_address   ');
  assert.equal(covers(one ?? '').gaps, 'one-family');
});

test('other systems are covered by their own ports', () => {
  assert.deepEqual(
    covers(
      [
        '# netstat -tulnp | grep etcd',
        row('10.1.1.1:2379', '0.0.0.0:*', 'LISTEN', '2164/./etcd'),
      ].join('\n'),
      etcd,
    ),
    stated('2379 2380', '-', 'no-connections'),
  );
  assert.deepEqual(
    covers(['$ netstat -anp | grep 6379', row('0.0.0.0:16379')].join('\n'), redisCluster),
    stated('6379 16379', '6379 16379'),
  );
});

test('a filter of the ports says nothing of a mesh, whose listeners it leaves out', () => {
  const [reading] = readings(['$ netstat -an | egrep "2181|2888|3888"', CLIENT, LINK].join('\n'));
  assert.ok(reading);
  assert.equal(coversListener(reading.coverage, 3888), true);
  assert.equal(coversListener(reading.coverage, 15_006), false);
  assert.equal(coversConnections(reading.coverage, 15_006), false);
});

test("the article's broken pod is taken to be listed with all of its ports", () => {
  const text = readFileSync(new URL('../fixtures/article/before.netstat', import.meta.url), 'utf8');
  assert.deepEqual(covers(text), assumed(EACH));
});
