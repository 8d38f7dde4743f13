import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LoopbackCause } from '../../src/model/evidence.ts';
import { FINDING_CODES, type FindingCode } from '../../src/model/findings.ts';
import type { Report } from '../../src/model/report.ts';
import type { Socket, Vitals } from '../../src/model/socket.ts';
import { elasticsearch } from '../../src/profiles/elasticsearch.ts';
import { etcd } from '../../src/profiles/etcd.ts';
import { redisCluster } from '../../src/profiles/redis-cluster.ts';
import { redisSentinel } from '../../src/profiles/redis-sentinel.ts';
import {
  istioSidecar,
  listens,
  member,
  PEERS,
  POD,
  PROXY,
  row,
  tableOf,
  unanswered,
} from '../links/rows.ts';
import { withVitals } from '../links/vitals.ts';
import { admin, peers, SERVING, silent, srvr } from './asked-evidence.ts';
import { answered, capturedReports, PODS } from './captured-ensemble.ts';
import {
  AGENT,
  at,
  codes,
  held,
  lastReport,
  lookAt,
  ONE_LOOK,
  reports,
  run,
  type Step,
} from './judging.ts';
import { counters } from './observation.ts';
import {
  endsAtProxy,
  LEADER,
  LEARNER,
  LOOKING,
  OTHER,
  PEER,
  passthroughClients,
} from './zookeeper-rows.ts';

const once = (rows: readonly Socket[], step: Partial<Step> = {}): Report =>
  lastReport([{ rows, ...step }], ONE_LOOK);

async function captured(moment: string, pod: 0 | 1 | 2): Promise<Report> {
  const report = (await capturedReports(moment))[pod];
  assert.ok(report);
  return report;
}

const MESHED = [
  ...istioSidecar(),
  listens('*:2181'),
  listens(`${POD}:3888`),
  row(`${POD}:3888`, '127.0.0.6:1000'),
  row('127.0.0.6:1000', `${POD}:3888`, PROXY),
];

function secondLeader(): Step {
  const own = once(LEADER);
  const other = { ...own, member: { name: 'zk-1', addresses: [PEER] }, peers: [] };
  return { rows: LEADER, asked: peers([silent(0, 0)], new Map([[PEER, answered(other)]])) };
}

/** Both peers reach this member, and neither reaches the other. */
function cutPair(): Step {
  const answers = new Map(
    PEERS.map((name, at) => {
      const reach = (other: string) => (PEERS[1 - at] === other ? 'probe-unanswered' : 'answered');
      const other = {
        ...once(LOOKING),
        member: { name, addresses: [name] },
        peers: [POD, ...PEERS]
          .filter((one) => one !== name)
          .map((one) => ({
            ...{ name: one, addresses: [one], status: 'unknown' as const },
            ...({ reach: reach(one), vitals: null } as const),
          })),
      };
      return [name, answered(other)] as const;
    }),
  );
  return { rows: LOOKING, asked: peers([silent(0, 0), silent(0, 0)], answers) };
}

/** Each connection with a peer ended at once, for twelve seconds. */
function failingHandshakes(): Report {
  const brief = Array.from({ length: 6 }, (_, at) => ({
    local: { address: POD, port: 40_000 + at },
    remote: { address: PEER, port: 3888 },
    goneMs: at * 2_000,
  }));
  return once(LOOKING, { atMs: 12_000, table: { ...tableOf(LOOKING), brief } });
}

function otherList(): Step {
  const own = once(LEADER);
  const far = {
    name: '10.96.9.9',
    addresses: ['10.96.9.9'],
    status: 'linked' as const,
    reach: 'unknown' as const,
    vitals: null,
  };
  const other = {
    ...own,
    role: 'learner' as const,
    member: { name: 'zk-1', addresses: [PEER] },
    peers: [far],
  };
  return { rows: LEADER, asked: peers([silent(0, 0)], new Map([[PEER, answered(other)]])) };
}

function unpublished(): Report {
  const names = new Map([
    ['pod', { kind: 'unpublished', addresses: [], atMs: 0, sinceMs: 0 } as const],
  ]);
  const members = ['pod', 'zk-1', 'zk-2'].map((name) => ({
    name,
    literal: false,
    observer: false,
  }));
  return lastReport([{ rows: LOOKING, names }], {
    ...ONE_LOOK,
    ensemble: { kind: 'members', members },
  });
}

function unreadable(): Report {
  const { scan } = once(LOOKING);
  const error = 'EACCES: permission denied';
  return once(LOOKING, { table: null, scan: { ...scan, error } });
}

/** A leader that pinged each second, and is heard no more. */
function silentLeader(): Report {
  const scans = run();
  const look = (nowMs: number, heardMs: number): Report => {
    const table = withVitals(tableOf(LEARNER), () => ({ lastHeardMs: nowMs - heardMs }));
    return scans.look(nowMs, LEARNER, { table });
  };
  for (let nowMs = 0; nowMs < 10_000; nowMs += 500) look(nowMs, nowMs);
  look(12_600, 10_000);
  return look(12_800, 10_000);
}

/** A leader that sends 20 segments a second, with these figures besides. */
function exchanging(figures: (at: { readonly second: number }) => Partial<Vitals>): Report {
  const scans = run();
  const look = (second: number): Report => {
    const sent = { sentSegments: second * 20, sentBytes: second * 20 * 1_448 };
    const table = withVitals(tableOf(LEADER), () => ({ ...sent, ...figures({ second }) }));
    return scans.look(second * 1_000, LEADER, { table });
  };
  for (let second = 0; second < 40; second += 1) look(second);
  return look(40);
}

/** Ninety days long, of which one is left at the time of these scans. */
const SOON = {
  subject: 'CN=zk-0',
  notBefore: '2025-10-04T00:00:00.000Z',
  notAfter: '2026-01-02T00:00:00.000Z',
};

/** What brings each finding about; rows of a real pod where there are any of it. */
const CASES: Readonly<Record<FindingCode, () => Report | Promise<Report>>> = {
  'stale-scan': unreadable,
  'client-port-closed': () => captured('none-basic/follower-down-3s', 0),
  'peer-port-closed': () => once([listens('*:2181')]),
  'mesh-loopback-delivery': () => captured('loopback-podip/16s', 1),
  'loopback-only-listener': () => once([listens('*:2181'), listens('127.0.0.1:3888')]),
  'exhausted-passthrough-ports': () => once([...MESHED, ...passthroughClients(25_500)]),
  isolated: () => once(LEARNER, { asked: peers([silent(0, 2), silent(0, 2)]) }),
  'partial-partition': () => lastReport([cutPair()], ONE_LOOK),
  'handshake-fails': () => failingHandshakes(),
  'duplicate-leader': () => lastReport([secondLeader()], ONE_LOOK),
  'leader-without-quorum': () =>
    once(LEADER.filter(({ local, state }) => local.port !== 2888 || state === 'listen')),
  'no-quorum': () => captured('none-basic/two-down-12', 0),
  'service-mismatch': () =>
    lastReport([{ rows: LEARNER }], {
      ...ONE_LOOK,
      service: { from: 'option', name: 'zok' },
      identity: { kind: 'known', pod: 'zk-0', service: 'zk', namespace: 'data', domain: 'local' },
    }),
  'not-a-member': () => lastReport([{ rows: LEARNER }], { ...ONE_LOOK, ensemble: at(PEER) }),
  'members-unresolved': unpublished,
  'bootstrap-unpublished': unpublished,
  'stalled-link': () => captured('none-cut-follower/cut-4', 2),
  'silent-peer': silentLeader,
  'mtu-black-hole': () => {
    const rows = [...LOOKING, unanswered(row(`${POD}:40000`, `${PEER}:2888`), 4, 5_000)];
    return once(rows, { table: withVitals(tableOf(rows), () => ({ sackedSegments: 1 })) });
  },
  'lossy-link': () =>
    exchanging(({ second }) => ({
      retransmittedSegments: second,
      retransmittedBytes: second * 1_448,
    })),
  'slow-peer': () => exchanging(({ second }) => ({ windowLimitedMs: second * 800 })),
  'peer-connecting': () =>
    once([...LOOKING, row(`${POD}:40000`, `${PEER}:3888`, 1001, { state: 'syn_sent' })]),
  'peer-missing': () => captured('none-basic/follower-down-3s', 2),
  'port-in-no-service': () => once(LOOPED, { asked: admin({ kind: 'catch-all' }) }),
  'proxy-missing-upstream': () => once(endsAtProxy()),
  'accept-queue-backlog': () => once([listens('*:2181', 1001, 3), ...LEARNER.slice(1)]),
  'unread-bytes': () => captured('none-hung/stopped-6', 0),
  'srvr-disagrees': () => once(LEARNER, { asked: srvr({ ...SERVING, mode: 'leader' }, 0) }),
  'member-list-mismatch': () => lastReport([otherList()], ONE_LOOK),
  'stale-peer-address': () => once([...LEARNER, row(`${POD}:40001`, '10.96.9.9:3888')]),
  'certificate-expiring': () => once(LEARNER, { certificate: SOON }),
  'members-unmatched': () =>
    once([
      ...member(POD, 'leader'),
      ...['10.9.9.1', '10.9.9.2'].map((peer) => row(`${POD}:2888`, `${peer}:1`)),
    ]),
  'mixed-owners': () =>
    once([...member(POD, 'other', 0), row(`${POD}:40000`, `${PEER}:2888`, 1001)]),
  'foreign-sockets': () => once([...LEARNER, row(`${POD}:40001`, `${OTHER}:2888`, 2000)]),
  'connection-churn': () =>
    once([
      ...LEARNER,
      ...Array.from({ length: 10 }, (_, at) =>
        row(`${POD}:3888`, `${PEER}:${5000 + at}`, 0, { state: 'time_wait', accepted: false }),
      ),
    ]),
  'idle-election-links': () => captured('passthrough-idle/links-cut', 0),
  'keepalive-off': () => once(LEARNER),
};

for (const { code, severity } of FINDING_CODES) {
  test(`${code} is found where it is, ${severity}, with all that a finding tells`, async () => {
    const report = await CASES[code]();
    const finding = report.findings.find((one) => one.code === code);
    assert.ok(finding, codes(report).join());
    assert.equal(finding.severity, severity);
    assert.ok(finding.evidence.length > 0);
    for (const text of [finding.summary, finding.cause, finding.remedy, ...finding.evidence]) {
      assert.ok(text.length > 3);
      assert.doesNotMatch(text, /undefined|null|NaN|\[object|,\s*,| {2,}\S* {2}/);
    }
    if (severity !== 'info') assert.notEqual(report.verdict, 'healthy');
  });
}

const HEALTHY = /\/(healthy|links-cut|follower-back|leader-back|healed|resumed)$/;
const ZOOKEEPER = fileURLToPath(new URL('../fixtures/zookeeper/', import.meta.url));
const moments = readdirSync(ZOOKEEPER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(`${ZOOKEEPER}${name}`).map((moment) => `${name}/${moment}`))
  .filter((moment) => HEALTHY.test(moment));

test('no captured moment of health shows more than what is good to know', async () => {
  assert.ok(moments.length >= 9, moments.join());
  for (const moment of moments) {
    for (const report of await capturedReports(moment)) assertQuiet(report, moment);
  }
});

for (const profile of [elasticsearch, etcd, redisCluster, redisSentinel]) {
  test(`no healthy ${profile.title} shows more than that either`, async () => {
    for (const [pod, address] of PODS.entries()) {
      const root = fileURLToPath(
        new URL(`../fixtures/others/${profile.name}/healthy/${pod}`, import.meta.url),
      );
      assertQuiet(await lookAt(root, address, { profile }), address);
    }
  });
}

function assertQuiet({ findings, verdict }: Report, where: string): void {
  const loud = findings.filter(({ severity }) => severity !== 'info');
  assert.deepEqual(loud, [], where);
  assert.equal(verdict, 'healthy', where);
}

const LOOPED = [...istioSidecar(), ...LOOKING];
const FAILING = { attemptFails: 9, outRsts: 12 };

function looped(step: Partial<Step> = {}): Report {
  return once(LOOPED, { counters: counters(FAILING), ...step });
}

const toLoopback = { kind: 'loopback', address: '127.0.0.1', port: 3888 } as const;

test("delivery to loopback is suspected by the kernel's counters alone", () => {
  const finding = looped().findings.find(({ code }) => code === 'mesh-loopback-delivery');
  assert.equal(finding?.certainty, 'suspected');
  assert.match(finding.remedy, /Istio 1\.10 .*quorumListenOnAllIPs=true.*excludeInboundPorts/);
});

for (const [cause, way, remedy] of [
  [
    'istio-before-1.10',
    /Istiod is older than Istio 1\.10/,
    /Upgrade Istiod to Istio 1\.10 or later/,
  ],
  [
    'inbound-passthrough-disabled',
    /PILOT_ENABLE_INBOUND_PASSTHROUGH=false/,
    /Remove PILOT_ENABLE_INBOUND_PASSTHROUGH=false/,
  ],
  ['inbound-traffic-policy-localhost', /LOCALHOST/, /inboundTrafficPolicy\.mode to PASSTHROUGH/],
  ['sidecar-default-endpoint', /defaultEndpoint/, /Remove defaultEndpoint/],
] as const satisfies readonly (readonly [LoopbackCause, RegExp, RegExp])[]) {
  test(`the proxy's admin confirms it, counters or not, and names the way: ${cause}`, () => {
    const asked = admin(toLoopback, [cause]);
    for (const report of [looped({ asked }), once(LOOPED, { asked })]) {
      const finding = report.findings.find(({ code }) => code === 'mesh-loopback-delivery');
      assert.equal(finding?.certainty, 'confirmed');
      assert.match(finding.cause, way);
      assert.match(finding.remedy, remedy);
    }
  });
}

test('the admin naming the original destination, or none, withdraws it', () => {
  for (const delivery of [
    { kind: 'original-destination', source: '127.0.0.6' },
    { kind: 'catch-all' },
  ] as const) {
    assert.ok(!codes(looped({ asked: admin(delivery) })).includes('mesh-loopback-delivery'));
  }
});

test('an admin that knows nothing, or failed, leaves it to the counters', () => {
  const failed = { envoy: { answer: { kind: 'failed', reason: 'refused' }, atMs: 0 } } as const;
  for (const asked of [admin({ kind: 'unknown' }), failed]) {
    const finding = looped({ asked }).findings.find(
      ({ code }) => code === 'mesh-loopback-delivery',
    );
    assert.equal(finding?.certainty, 'suspected');
  }
});

test('a link to an address that no member has is stale after a minute, whatever was known before', () => {
  const rows = [...LEARNER, row(`${POD}:40001`, '10.96.9.9:3888')];
  const all = reports(held(rows, 61), AGENT);
  assert.equal(
    all.findIndex((report) => codes(report).includes('stale-peer-address')),
    60,
  );
  const finding = all[60]?.findings.find(({ code }) => code === 'stale-peer-address');
  assert.match(finding?.summary ?? '', /10\.96\.9\.9/);
});

test('while a name is not published its member may be anywhere: no address is stale', () => {
  const rows = [...LEARNER, row(`${POD}:40001`, '10.96.9.9:3888')];
  const names = new Map([
    ['zk-1', { kind: 'published', addresses: [PEER], atMs: 0 } as const],
    ['zk-2', { kind: 'unpublished', addresses: [OTHER], atMs: 0, sinceMs: 0 } as const],
  ]);
  const members = [
    { name: POD, literal: true, observer: false },
    { name: 'zk-1', literal: false, observer: false },
    { name: 'zk-2', literal: false, observer: false },
  ];
  const settings = { ...AGENT, ensemble: { kind: 'members', members } } as const;
  const all = reports(held(rows, 90, { names }), settings);
  assert.ok(all.every((report) => !codes(report).includes('stale-peer-address')));
});

test('a way that ends at the local proxy is suspected after its time, and confirmed by connect failures', () => {
  const all = reports(held(endsAtProxy(), 12), AGENT);
  const first = all.findIndex((report) => codes(report).includes('proxy-missing-upstream'));
  assert.equal(first, 10);
  const { findings } = once(endsAtProxy(), { asked: admin({ kind: 'catch-all' }) });
  const confirmed = findings.find(({ code }) => code === 'proxy-missing-upstream');
  assert.equal(confirmed?.certainty, 'confirmed');
  assert.ok(confirmed.evidence.includes(`proxy: 7 failed connects to ${PEER}:2888`));
});

test("passthrough's source ports are no concern before nine tenths of them are used", () => {
  const some = once([...MESHED, ...passthroughClients(2_000)]);
  assert.equal(some.mesh.inbound, 'passthrough');
  assert.ok(!codes(some).includes('exhausted-passthrough-ports'));
});
