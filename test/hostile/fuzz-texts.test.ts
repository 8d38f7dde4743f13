import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readConfigFile } from '../../src/config/config-file.ts';
import { parseMembersFile } from '../../src/config/members-file.ts';
import { Problem } from '../../src/config/problem.ts';
import { readProfileFile } from '../../src/config/profile-file.ts';
import { readInboundClusters } from '../../src/evidence/envoy-clusters.ts';
import { readConnectFailures } from '../../src/evidence/envoy-failures.ts';
import { readMemberReport } from '../../src/evidence/member-report.ts';
import { parseNarrowJson } from '../../src/evidence/narrow-json.ts';
import { parseSrvr } from '../../src/evidence/srvr-text.ts';
import { parseListing } from '../../src/listings/listing.ts';
import { parseCounters, parseInUse } from '../../src/proc/counters.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { leaderReport } from '../http/sample-report.ts';
import { row } from '../links/rows.ts';
import { fileText } from '../proc/kernel-text.ts';
import { iterations } from './iterations.ts';

/** How long reading one small text may take, several times what a busy machine makes of a few milliseconds. */
const SLOW_MS = 1_000;
const LONGEST = 20_000;

/** What breaks readers: separators, escapes, names with a meaning, numbers out of range, long runs. */
const ODD: readonly string[] = [
  ...['\0', '\u202e', '\r', '\n', '\t', ' ', '%', '"', "'", '{', '}', '[', ']', ':', '=', '|', ';'],
  ...['-', '*', '&a', '*a', '!!', '__proto__', 'constructor', 'toString', '1e999', '-1', '0x10'],
  ...['99999999999999999999', '.', '..', '::', '::ffff:1.2.3.4', 'fe80::1%eth0', '\ud800', 'é'],
  ...['a'.repeat(3_000), ' '.repeat(500), '1 '.repeat(300), 'tcp6 ', 'LISTEN', 'timer:(on,', '0: '],
];

const change = fc.record({
  at: fc.nat(LONGEST),
  length: fc.nat(60),
  kind: fc.constantFrom('insert', 'cut', 'repeat', 'replace'),
  text: fc.oneof(fc.constantFrom(...ODD), fc.string({ maxLength: 4 })),
});

/** The text with some changes, of bounded length. */
function damaged(text: string): fc.Arbitrary<string> {
  return fc.array(change, { maxLength: 6 }).map((changes) => {
    let changed = text;
    for (const { at: anywhere, length, kind, text: odd } of changes) {
      const at = anywhere % (changed.length + 1);
      const [before, piece, after] = [
        changed.slice(0, at),
        changed.slice(at, at + length),
        changed.slice(at + length),
      ];
      const middle = { insert: odd + piece, cut: '', repeat: piece + piece, replace: odd }[kind];
      changed = `${before}${middle}${after}`.slice(0, LONGEST);
    }
    return changed;
  });
}

const LISTING = [
  'tcp        0      0 10.0.0.1:2888     10.0.0.2:41000    ESTABLISHED 1000   4242   77/java   on (0.20/3/0)',
  'tcp6       0      0 :::2181           :::*              LISTEN',
  'ESTAB      0      0      [::ffff:10.0.0.1]:2888   [::ffff:10.0.0.2]:41000 timer:(on,200ms,3)',
  '\t cubic rto:204 timer:(keepalive,1min,0)',
  'tcp   LISTEN 0 50 *:3888 *:*',
  fileText([row('10.0.0.1:2888', '10.0.0.2:4000')]),
].join('\n');

const MEMBERS =
  'tickTime=2000\nserver.1=zk-0.zk:2888:3888:participant;2181\nserver.2=[fd00::2]:2888:3888|zk-1b:2889:3889;0.0.0.0:2181\nserver.3=zk-2.zk:2888:3888:observer\ngroup.1=1:2\nweight.1=1\nweight.2=3\n';

const CONFIG =
  'profile: zookeeper\nmembers:\n  - zk-0.zk\n  - zk-1.zk\nports:\n  client: [2181, 2281]\nask: [srvr, envoy]\nsettle: 5s\nlisten: "0.0.0.0:4888"\n';

const SRVR =
  'Zookeeper version: 3.8.0-11, built on 2022\nLatency min/avg/max: 0/0.5/10\nReceived: 10\nSent: 9\nConnections: 1\nOutstanding: 0\nZxid: 0x100000002\nMode: follower\nNode count: 5\n';

const CLUSTERS = JSON.stringify({
  configs: [
    {
      cluster: {
        name: 'inbound|2888||',
        type: 'ORIGINAL_DST',
        upstream_bind_config: { source_address: { address: '127.0.0.6' } },
      },
    },
  ],
  cluster_statuses: [
    {
      name: 'outbound|2888||zk',
      host_statuses: [
        {
          address: { socket_address: { address: '10.0.0.2', port_value: 2888 } },
          stats: [{ name: 'cx_connect_fail', value: '5' }],
        },
      ],
    },
  ],
});

const COUNTERS =
  'Tcp: RtoAlgorithm ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab RetransSegs OutRsts\nTcp: 1 10 20 3 4 5 6 7\nTcpExt: ListenOverflows ListenDrops TCPTimeouts\nTcpExt: 1 2 3\nTCP: inuse 12 orphan 0 tw 3\nTCP6: inuse 5\n';

function readJson(text: string): void {
  const json = parseNarrowJson(text, { maxValues: 8_192, maxEntries: 256 });
  if (json.kind !== 'json') return;
  readMemberReport(json.value);
  readInboundClusters(json.value);
  readConnectFailures(json.value, [2888, 3888]);
}

const READERS: readonly {
  readonly of: string;
  readonly text: string;
  readonly read: (text: string) => unknown;
  readonly runs: number;
}[] = [
  { of: 'a pasted listing', text: LISTING, read: parseListing, runs: 3_000 },
  {
    of: 'a members file',
    text: MEMBERS,
    read: (text) => parseMembersFile(text, 'zk-0'),
    runs: 3_000,
  },
  { of: 'a configuration file', text: CONFIG, read: (t) => readConfigFile('f', t), runs: 1_000 },
  {
    of: 'a profile file',
    text: stringify(zookeeper),
    read: (text) => readProfileFile('f', text),
    runs: 500,
  },
  { of: "the server's answer", text: SRVR, read: parseSrvr, runs: 5_000 },
  { of: "the proxy's answer", text: CLUSTERS, read: readJson, runs: 3_000 },
  { of: "a peer's report", text: JSON.stringify(leaderReport()), read: readJson, runs: 2_000 },
  {
    of: "the kernel's counters",
    text: COUNTERS,
    read(text) {
      parseCounters(text, text);
      parseInUse(text, 'TCP');
    },
    runs: 5_000,
  },
];

for (const { of, text, read, runs } of READERS) {
  test(`${of} may hold anything: reading it is quick, and nothing is thrown but a problem in words`, () => {
    fc.assert(
      fc.property(damaged(text), (foreign) => {
        const beganMs = performance.now();
        try {
          read(foreign);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          assert.notEqual(error.message, '');
        }
        const tookMs = performance.now() - beganMs;
        assert.ok(tookMs < SLOW_MS, `took ${tookMs.toFixed(0)} ms`);
      }),
      iterations(runs),
    );
  });
}
