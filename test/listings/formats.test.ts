import assert from 'node:assert/strict';
import { test } from 'node:test';
import { READ_FORMATS, REFUSED_FORMATS, refusal } from '../../src/listings/formats.ts';
import { parseListing } from '../../src/listings/listing.ts';
import type { Tool } from '../../src/listings/rows.ts';

/** A row of every format that the documentation says is read. */
const ROWS: Readonly<Record<Tool, readonly string[]>> = {
  proc: ['   0: 0100000A:0B48 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 77 1'],
  ss: [
    'LISTEN 0 50 *:2181 *:*',
    'tcp   ESTAB  0  0  [::ffff:10.0.0.1]:40000  [::ffff:10.0.0.3]:2888',
    'LISTEN     0      50                        :::2181                    :::*',
  ],
  netstat: [
    'tcp        0      0 0.0.0.0:2181            0.0.0.0:*               LISTEN',
    'tcp6       0      0 :::2181                 :::*                    ESCUCHAR',
    'tcp        0      0 ::ffff:10.0.0.1:40000   ::ffff:10.0.0.3:2888    ESTABELECIDA',
    'tcp        0      0 *:eforward              *:*                     LISTEN',
    'tcp        0      0 localhost:2181          localhost:50000         ESTABLISHED',
  ],
  'bsd-netstat': [
    'tcp46      0      0  *.2181                 *.*                    LISTEN',
    'tcp4       0      0  127.0.0.1.54671        127.0.0.1.2181         TIME_WAIT',
    'tcp6       0      0  fe80::1%lo0.49152      fe80::1%lo0.2181       SYN_RCVD',
  ],
  'windows-netstat': [
    '  TCP    0.0.0.0:2181           0.0.0.0:0              LISTENING       7456',
    '  TCP    [::]:2181              [::]:0                 ABHÖREN         7456',
    '  TCP    10.0.0.1:50123         10.0.0.3:2888          HERGESTELLT     7456',
  ],
  lsof: [
    'java    2017 zk   23u  IPv6  22946      0t0  TCP *:2181 (LISTEN)',
    'java    2017 zk   25u  IPv6  22948      0t0  TCP 10.0.0.1:47032->10.0.0.3:2888 (ESTABLISHED)',
    'java    2017 zk   25u  IPv6  22948      0t0  TCP [::1]:47032->[::1]:spcsdlobby (CLOSE_WAIT)',
  ],
  columns: ['10.0.0.1:40000 10.0.0.3:2888 ESTABLISHED', '0.0.0.0:2181 0.0.0.0:* LISTEN'],
};

for (const [tool, rows] of Object.entries(ROWS)) {
  test(`rows of ${tool} are read as the documentation says`, () => {
    for (const row of rows) {
      const [section] = parseListing(row).sections;
      assert.equal(section?.sockets.length, 1, row);
      assert.deepEqual([...section.tools], [tool], row);
    }
  });
}

test('the documentation names a command to run for every format that is read', () => {
  assert.deepEqual(new Set(Object.keys(READ_FORMATS)), new Set(Object.keys(ROWS)));
});

/** A text of every format that is refused by its name. */
const REFUSED: Readonly<Record<string, string>> = {
  'docker ps': 'CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES',
  'kubectl get': 'NAME   READY   STATUS    RESTARTS   AGE\nzk-0   1/1     Running   0          5d',
  nmap: 'Nmap scan report for 10.0.0.1\nPORT     STATE SERVICE\n2181/tcp open  eforward',
  'Get-NetTCPConnection':
    'LocalAddress  LocalPort RemoteAddress  RemotePort State\n0.0.0.0  2181  0.0.0.0  0  Listen',
  'netstat of Solaris or illumos':
    '   Local Address        Remote Address    Swind Send-Q Rwind Recv-Q    State\n      *.2181  *.*  0  0 128000  0 LISTEN',
  'netstat -L': 'Current listen queue sizes (qlen/incqlen/maxqlen)\ntcp4  0/0/50  10.0.0.1.2181',
  sockstat:
    'USER     COMMAND    PID   FD PROTO  LOCAL ADDRESS         FOREIGN ADDRESS\nzk java 7 5 tcp4 *:2181 *:*',
  'ss -s': 'Total: 190\nTCP:   12 (estab 4, closed 2, orphaned 0, timewait 1)',
  'netstat -r or -i': 'Kernel IP routing table\nDestination Gateway Genmask',
  'netstat -s': 'Tcp:\n    12 segments retransmitted',
  conntrack:
    'tcp 6 86399 ESTABLISHED src=10.0.0.1 dst=10.0.0.3 sport=40000 dport=2888 src=10.0.0.3 dst=10.0.0.1',
  tcpdump: '10:00:00.1 IP 10.0.0.1.40000 > 10.0.0.3.2888: Flags [S], seq 1',
  'lsof -F': 'p2017\ncjava\nf23\nn*:2181',
  fuser: '2181/tcp:            2017',
  'a table of /proc/net/udp':
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n 1: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 3 2 0 0',
  'a listing of UDP sockets alone': 'udp        0      0 0.0.0.0:68              0.0.0.0:*',
  'a list of port numbers': '22\n25\n2181\n',
};

test('what is refused is refused by its name, with the command to run instead', () => {
  assert.deepEqual(new Set(REFUSED_FORMATS.map(({ name }) => name)), new Set(Object.keys(REFUSED)));
  for (const { name, run } of REFUSED_FORMATS) {
    const text = REFUSED[name] ?? '';
    assert.ok(
      parseListing(text).sections.every(({ sockets }) => sockets.length === 0),
      name,
    );
    const why = refusal(text);
    assert.ok(why.includes(`looks like ${name}`) && why.includes(run), `${name}: ${why}`);
  }
});

test('a text of nothing that is known is refused without a name', () => {
  assert.equal(
    refusal('command not found: netstat'),
    'holds no TCP socket; paste the output of netstat -na, ss -tan or cat /proc/net/tcp',
  );
});

test('every row that is seen and not read is counted', () => {
  const count = (text: string): number =>
    parseListing(text).sections.reduce((sum, { unread }) => sum + unread.length, 0);
  assert.equal(count('tcp 0 0 10.0.0.1:99999 0.0.0.0:* LISTEN'), 1);
  assert.equal(count('tcp 0 0 10.0.0.1:2888 10.0.0.2:5 DAZED'), 1);
  assert.equal(count('tcp 0 0 10.0.0.1:2888 10.0.0.2:5'), 1);
  assert.equal(count('tcp 0 0 ::ffff:10.244.12.38:473 ::ffff:10.244.11.6:2888 ESTABLISHED'), 1);
  assert.equal(count('conn 10.0.0.1:2888 -> 10.0.0.2:40000 up'), 0);
  assert.equal(count('established 10.0.0.1:2888 10.0.0.2:40000'), 1);
  assert.equal(count('tcp 0 0 zk-0:2888 zk-1:40000 ESTABLISHED'), 1);
});
