import { viewEnsemble } from '../../../src/assess/ensemble/ensemble.ts';
import { reportEnsemble } from '../../../src/assess/ensemble/report-ensemble.ts';
import type { PageState } from '../../../src/http/page/state.ts';
import {
  NO_TIMELINE,
  rememberStandings,
  type Stage,
  type Timeline,
} from '../../../src/http/page/timeline.ts';
import type { EnsembleLink, EnsembleMember, EnsembleView } from '../../../src/model/ensemble.ts';
import type { FindingCode } from '../../../src/model/findings.ts';
import type { Check, Finding, PeerReport, PortReport, Report } from '../../../src/model/report.ts';
import { zookeeper } from '../../../src/profiles/zookeeper.ts';
import { type ReportWithoutReadiness, withReadiness } from '../readiness-of.ts';

/** A fixed moment, so that pictures and texts are the same in every run. */
export const NOW_MS = Date.parse('2026-03-01T03:14:15.000Z');
export const NOW = new Date(NOW_MS).toISOString();

type Link = Report['links'][number];

export function peer(n: number, status: PeerReport['status'] = 'linked'): PeerReport {
  return {
    name: `zk-${n}.zk-headless.prod.svc.cluster.local`,
    addresses: [`10.96.8.${10 + n}`],
    status,
    reach: 'unknown',
    vitals: null,
  };
}

export function link(
  role: 'quorum' | 'election',
  direction: Link['direction'],
  n: number | null,
  more: Partial<Link> = {},
): Link {
  return {
    role,
    port: role === 'quorum' ? 2888 : 3888,
    direction,
    peer: n === null ? null : peer(n).name,
    state: 'up',
    unackedBytes: 0,
    stalledMs: null,
    vitals: null,
    ...more,
  };
}

export function port(
  role: 'client' | 'quorum' | 'election',
  more: Partial<PortReport> = {},
): PortReport {
  const number = { client: 2181, quorum: 2888, election: 3888 }[role];
  const reach = role === 'client' ? 'wildcard' : 'pod';
  return {
    port: number,
    role,
    listener: {
      reach,
      addresses: [reach === 'pod' ? '10.96.8.10' : '*'],
      acceptQueue: 0,
      acceptQueueLimit: null,
    },
    links: { inbound: 0, outbound: 0, stalled: 0, connecting: 0, expected: null },
    unreadBytes: 0,
    unackedBytes: 0,
    states: {},
    ...more,
  };
}

export function check(name: string, status: Check['status'], reason: string): Check {
  return { name, status, reason };
}

export function finding(
  code: FindingCode,
  severity: Finding['severity'],
  more: Partial<Finding> = {},
): Finding {
  return {
    code,
    severity,
    certainty: 'confirmed',
    summary: `Something is to be said of ${code}.`,
    evidence: ['ESTAB 0 0 10.96.8.10:48836 10.96.8.11:3888 uid:101'],
    cause: 'A cause.',
    remedy: 'A remedy.',
    ...more,
  };
}

const links = (inbound: number, outbound: number, stalled = 0) => ({
  inbound,
  outbound,
  stalled,
  connecting: 0,
  expected: null,
});

const leader: ReportWithoutReadiness = {
  schemaVersion: 1,
  at: NOW,
  member: { name: peer(0).name, addresses: ['10.96.8.10'] },
  profile: 'zookeeper',
  profileBy: null,
  role: 'leader',
  inQuorum: true,
  ready: true,
  bootstrap: false,
  verdict: 'healthy',
  stopping: null,
  quorum: { size: 3, majority: 2, votes: 3, margin: 1 },
  checks: [
    check('client-port', 'pass', '2181 is open on all addresses'),
    check('quorum-port', 'pass', '2888 is open on the pod address, as a leader needs'),
    check('election-port', 'pass', '3888 is open on the pod address'),
    check('quorum-link', 'pass', '2 learners are linked on 2888'),
    check('majority', 'pass', '3 of 3 voters, majority 2'),
    check('peers', 'pass', 'every peer is linked'),
    check('queues', 'pass', 'no queue waits'),
    check('scan', 'pass', 'scanned 0.4 s ago'),
  ],
  findings: [],
  ports: [
    port('client', { links: links(12, 0) }),
    port('quorum', { links: links(2, 0) }),
    port('election', { links: links(0, 2) }),
  ],
  links: [
    link('quorum', 'inbound', 1),
    link('quorum', 'inbound', 2),
    link('election', 'inbound', 1),
    link('election', 'outbound', 2),
  ],
  peers: [peer(1), peer(2)],
  mesh: { kind: 'none', inbound: 'none' },
  counters: {
    activeOpens: 41,
    passiveOpens: 90,
    attemptFails: 2,
    estabResets: 1,
    currEstab: 16,
    retransSegs: 0,
    outRsts: 3,
    listenOverflows: 0,
    listenDrops: 0,
    timeouts: 0,
  },
  asked: { srvr: null, envoy: null, peers: null },
  interfaces: [],
  certificate: null,
  scan: {
    at: new Date(NOW_MS - 400).toISOString(),
    reason: 'max-age',
    source: 'proc',
    durationMs: 1.9,
    cpuMs: 1.1,
    longestHoldMs: 0.7,
    rows: 214,
    malformed: {},
    duplicates: 0,
    truncated: false,
    error: null,
    listing: null,
  },
};

/** How long ago a member began to stand as what; it leads where that is said. */
type Steps = readonly (readonly [number, Stage, 'leads'?])[];

/** The timeline of members, as reports every five seconds would have made it. */
export function timelineOf(members: Readonly<Record<string, Steps>>): Timeline {
  let timeline = NO_TIMELINE;
  for (let agoMs = 30 * 60_000; agoMs >= 0; agoMs -= 5_000) {
    const standings = new Map(
      Object.entries(members).flatMap(([name, steps]) => {
        const last = steps.findLast(([beganMs]) => beganMs >= agoMs);
        return last === undefined ? [] : [[name, { stage: last[1], leads: last[2] === 'leads' }]];
      }),
    );
    if (standings.size > 0) timeline = rememberStandings(timeline, standings, NOW_MS - agoMs);
  }
  return timeline;
}

/** A page's state around a report. */
export function pageState(report: Partial<Report>, more: Partial<PageState> = {}): PageState {
  const own = withReadiness({ ...leader, ...report });
  const seen = { own, answers: null, profile: zookeeper, observers: new Set<string>() };
  const view = more.ensemble ?? viewEnsemble(seen);
  const moment = { nowMs: 0, at: own.at };
  const { ensemble } = reportEnsemble(view, zookeeper.quorum, new Map(), moment);
  return {
    nowMs: NOW_MS,
    report: { ...own, ensemble },
    profile: zookeeper,
    timeline: timelineOf({ [own.member.name]: [[14 * 60_000, 'ready']] }),
    transitions: [],
    ensemble: view,
    evidence: null,
    probePort: 4888,
    runbookUrl: 'https://example.org/quorum-probe/RUNBOOK.md',
    ...more,
  };
}

const learnerReport: Partial<Report> = {
  role: 'learner',
  quorum: { size: 3, majority: 2, votes: null, margin: null },
  checks: leader.checks.map((c) =>
    c.name === 'quorum-link'
      ? check('quorum-link', 'pass', 'the link with the leader zk-2 on 2888 is up')
      : c.name === 'quorum-port'
        ? check('quorum-port', 'pass', '2888 is closed, as on every learner')
        : c,
  ),
  ports: [
    port('client', { links: links(7, 0) }),
    port('quorum', { listener: null, links: links(0, 1) }),
    port('election', { links: links(1, 0) }),
  ],
  links: [link('quorum', 'outbound', 2), link('election', 'inbound', 2)],
  peers: [peer(1, 'unknown'), peer(2)],
};

const recovered = timelineOf({
  [peer(0).name]: [
    [28 * 60_000, 'ready'],
    [6 * 60_000, 'out'],
    [5.2 * 60_000, 'settling'],
    [5 * 60_000, 'ready'],
  ],
});

const lost = timelineOf({
  [peer(0).name]: [
    [12 * 60_000, 'ready'],
    [72_000, 'out'],
  ],
});

function at(beforeMs: number): string {
  return new Date(NOW_MS - beforeMs).toISOString();
}

const loopbackDelivery = finding('mesh-loopback-delivery', 'critical', {
  certainty: 'confirmed',
  summary:
    'The istio-sidecar hands peer connections to 127.0.0.1, but ZooKeeper listens on 10.96.8.10:3888 only.',
  evidence: [
    'LISTEN    0   50     10.96.8.10:3888    0.0.0.0:*    uid:101',
    'LISTEN    0   4096   0.0.0.0:15006      0.0.0.0:*    uid:1337',
    'AttemptFails +14 and OutRsts +14 in 10 s',
  ],
  cause: 'The inbound cluster for 3888 is STATIC 127.0.0.1, the way of Istio before 1.10.',
  remedy:
    'Upgrade to Istio 1.10 or newer, or set inboundTrafficPolicy to PASSTHROUGH; until then start ZooKeeper with quorumListenOnAllIPs=true.',
});

/** A member as its own probe has it, in the view of the members together. */
export function ensembleMember(
  name: string,
  probe: EnsembleMember['probe'],
  role: Report['role'],
  ready: boolean | null = true,
): EnsembleMember {
  const known = { inQuorum: true, verdict: 'healthy', votes: null, size: 3 } as const;
  return {
    ...{ name, self: probe === 'self', voter: true, pod: name.split('.')[0] ?? null, probe },
    rttMs: probe === 'answered' ? 2.4 : null,
    report: { schema: 'same', role, ready, ...known },
  };
}

function ensembleLink(
  role: string,
  [a, b]: readonly [number, number],
  sight: EnsembleLink['sight'],
  need: EnsembleLink['need'],
): EnsembleLink {
  const oneSided = sight.includes('up') && sight.includes('none');
  return { role, between: [peer(a).name, peer(b).name], sight, oneSided, need };
}

const ensemble: EnsembleView = {
  at: at(900),
  asked: true,
  quorum: { size: 3, majority: 2 },
  roles: ['quorum', 'election'],
  members: [
    ensembleMember(peer(0).name, 'self', 'learner'),
    ensembleMember(peer(1).name, 'answered', 'learner', false),
    ensembleMember(peer(2).name, 'answered', 'leader'),
  ],
  links: [
    ensembleLink('quorum', [0, 1], ['none', 'none'], 'not-needed'),
    ensembleLink('quorum', [0, 2], ['up', 'up'], 'needed'),
    ensembleLink('quorum', [1, 2], ['none', 'none'], 'needed'),
    ensembleLink('election', [0, 1], ['up', 'none'], 'not-needed'),
    ensembleLink('election', [0, 2], ['up', 'unknown'], 'not-needed'),
    ensembleLink('election', [1, 2], ['troubled', 'up'], 'not-needed'),
  ],
  leaders: [peer(2).name],
  reaches: [],
  mismatches: [],
};

/** A leader of an ensemble of this size with all its links. */
export function leaderOf(members: number): PageState {
  const others = Array.from({ length: members - 1 }, (_, i) => i + 1);
  return pageState({
    quorum: {
      size: members,
      majority: Math.floor(members / 2) + 1,
      votes: members,
      margin: Math.floor((members - 1) / 2),
    },
    peers: others.map((n) => peer(n)),
    links: others.flatMap((n) => [link('quorum', 'inbound', n), link('election', 'outbound', n)]),
    ports: [
      port('client', { links: links(40, 0) }),
      port('quorum', { links: links(members - 1, 0) }),
      port('election', { links: links(0, members - 1) }),
    ],
  });
}

/** One state of the page for each thing that an operator may meet. */
export const STATES = {
  leader: pageState({}, { timeline: recovered }),
  learner: pageState(learnerReport, {
    timeline: recovered,
    transitions: [
      {
        at: at(360_000),
        kind: 'role',
        from: 'learner',
        to: 'looking',
        lastedMs: 86_400_000,
        detail: '',
      },
      {
        at: at(359_000),
        kind: 'ready',
        from: 'ready',
        to: 'not ready',
        lastedMs: 86_300_000,
        detail: 'quorum-link failed',
      },
      {
        at: at(320_000),
        kind: 'role',
        from: 'looking',
        to: 'learner',
        lastedMs: 39_800,
        detail: '',
      },
      {
        at: at(312_000),
        kind: 'ready',
        from: 'not ready',
        to: 'ready',
        lastedMs: 47_000,
        detail: '',
      },
    ],
    evidence: { mtls: [], server: { mode: 'follower', version: '3.8.4' } },
  }),
  looking: pageState(
    {
      role: 'looking',
      inQuorum: false,
      ready: false,
      verdict: 'broken',
      quorum: { size: 3, majority: 2, votes: 1, margin: -1 },
      checks: [
        check('client-port', 'pass', '2181 is open on all addresses'),
        check('quorum-port', 'unknown', 'nobody leads'),
        check('election-port', 'pass', '3888 is open on the pod address'),
        check('quorum-link', 'fail', 'no link on 2888'),
        check('majority', 'fail', '1 of 3 voters, majority 2'),
        check('peers', 'fail', 'zk-1 and zk-2 are not linked'),
        check('queues', 'pass', 'no queue waits'),
        check('scan', 'pass', 'scanned 0.4 s ago'),
      ],
      findings: [
        finding('no-quorum', 'critical', {
          summary: 'zk-0 finds no leader: neither 10.96.8.11 nor 10.96.8.12 answers on 3888.',
          evidence: ['SYN-SENT  0   1     10.96.8.10:41822     10.96.8.11:3888   uid:101'],
          cause: 'Both peers are down, or the network between the pods is cut.',
          remedy:
            'See whether zk-1 and zk-2 run, and whether a network policy allows 2888 and 3888.',
        }),
        finding('idle-election-links', 'info'),
      ],
      ports: [
        port('client', { links: links(0, 0) }),
        port('quorum', { listener: null }),
        port('election'),
      ],
      links: [link('election', 'outbound', 1, { state: 'connecting' })],
      peers: [peer(1, 'connecting'), peer(2, 'missing')],
    },
    {
      timeline: lost,
      transitions: [
        {
          at: at(72_000),
          kind: 'role',
          from: 'learner',
          to: 'looking',
          lastedMs: 4_000_000,
          detail: '',
        },
        {
          at: at(72_000),
          kind: 'ready',
          from: 'ready',
          to: 'not ready',
          lastedMs: 4_000_000,
          detail: 'quorum-link failed',
        },
        {
          at: at(71_000),
          kind: 'finding',
          from: 'none',
          to: 'no-quorum',
          lastedMs: null,
          detail: '',
        },
      ],
    },
  ),
  stalled: pageState(
    {
      verdict: 'degraded',
      quorum: { size: 3, majority: 2, votes: 2, margin: 0 },
      checks: leader.checks.map((c) =>
        c.name === 'peers' ? check('peers', 'warn', 'the link with zk-1 is stalled') : c,
      ),
      findings: [
        finding('stalled-link', 'warning', {
          summary: 'The quorum link with zk-1 (10.96.8.11) has not answered for 12 s.',
          evidence: [
            'ESTAB     0   468   10.96.8.10:2888      10.96.8.11:51334  uid:101 timer:(on,3.1s,5)',
          ],
          cause: 'The peer or the network to it is gone without closing the connection.',
          remedy:
            'Look at the node of zk-1; ZooKeeper itself drops the link after tickTime × syncLimit.',
        }),
      ],
      links: [
        link('quorum', 'inbound', 1, { state: 'stalled', unackedBytes: 468, stalledMs: 12_300 }),
        link('quorum', 'inbound', 2),
        link('election', 'outbound', 2),
      ],
      peers: [peer(1, 'stalled'), peer(2)],
      ports: [
        port('client', { links: links(12, 0) }),
        port('quorum', { links: links(2, 0, 1) }),
        port('election', { links: links(0, 1) }),
      ],
    },
    { timeline: recovered },
  ),
  mesh: pageState(
    {
      mesh: { kind: 'istio-sidecar', inbound: 'passthrough' },
      links: [
        link('quorum', 'inbound', null),
        link('quorum', 'inbound', null),
        link('election', 'outbound', 1),
        link('election', 'outbound', 2),
      ],
    },
    {
      evidence: {
        mtls: [
          { port: 2888, mode: 'strict' },
          { port: 3888, mode: 'strict' },
        ],
        server: { mode: 'leader', version: '3.9.3' },
      },
      timeline: recovered,
    },
  ),
  broken: pageState(
    {
      role: 'looking',
      inQuorum: false,
      ready: false,
      verdict: 'broken',
      quorum: { size: 3, majority: 2, votes: 1, margin: -1 },
      mesh: { kind: 'istio-sidecar', inbound: 'loopback' },
      checks: [
        check('client-port', 'pass', '2181 is open on all addresses'),
        check('quorum-port', 'unknown', 'nobody leads'),
        check('election-port', 'pass', '3888 is open on the pod address'),
        check('quorum-link', 'fail', 'no link on 2888'),
        check('majority', 'fail', '1 of 3 voters, majority 2'),
        check('peers', 'fail', 'zk-1 and zk-2 are not linked'),
        check('queues', 'pass', 'no queue waits'),
        check('scan', 'pass', 'scanned 0.4 s ago'),
      ],
      findings: [loopbackDelivery],
      ports: [port('client'), port('quorum', { listener: null }), port('election')],
      links: [],
      peers: [peer(1, 'missing'), peer(2, 'missing')],
    },
    {
      timeline: lost,
      evidence: {
        mtls: [
          { port: 2888, mode: 'strict' },
          { port: 3888, mode: 'strict' },
        ],
        server: null,
      },
      transitions: [
        {
          at: at(72_000),
          kind: 'mesh',
          from: 'none',
          to: 'istio-sidecar',
          lastedMs: null,
          detail: 'inbound loopback',
        },
        {
          at: at(72_000),
          kind: 'role',
          from: 'learner',
          to: 'looking',
          lastedMs: 640_000,
          detail: '',
        },
        {
          at: at(70_000),
          kind: 'finding',
          from: 'none',
          to: 'mesh-loopback-delivery',
          lastedMs: null,
          detail: '',
        },
      ],
    },
  ),
  hung: pageState({
    verdict: 'degraded',
    checks: leader.checks.map((c) =>
      c.name === 'queues' ? check('queues', 'warn', '51 connections wait on 2181 since 34 s') : c,
    ),
    findings: [
      finding('accept-queue-backlog', 'critical', {
        summary: 'ZooKeeper accepts nothing: 51 connections wait on *:2181 since 34 s.',
        cause: 'The process hangs: a long garbage collection, a stopped process, or a full disk.',
        remedy: 'Take a thread dump of the server, then restart it.',
      }),
      finding('unread-bytes', 'warning', {
        summary: '8.4 KiB from 10.96.8.11 lie unread on 10.96.8.10:2888 since 34 s.',
      }),
    ],
    ports: [
      port('client', {
        listener: { reach: 'wildcard', addresses: ['*'], acceptQueue: 51, acceptQueueLimit: null },
        links: links(51, 0),
      }),
      port('quorum', { links: links(2, 0), unreadBytes: 8_600 }),
      port('election', { links: links(1, 1) }),
    ],
  }),
  unknown: pageState(
    {
      role: 'unknown',
      inQuorum: null,
      ready: false,
      verdict: 'unknown',
      quorum: { size: 3, majority: 2, votes: null, margin: null },
      checks: [check('scan', 'fail', 'the last good scan is 41 s old')],
      findings: [],
      ports: [],
      links: [],
      peers: [peer(1, 'unknown'), peer(2, 'unknown')],
      scan: {
        ...leader.scan,
        error: '/proc/net/tcp: permission denied; mount /proc readable for the probe’s user',
      },
    },
    { timeline: lost },
  ),
  asked: pageState(learnerReport, { ensemble }),
  settling: pageState({ ...learnerReport, ready: false }, { timeline: recovered }),
} as const satisfies Record<string, PageState>;
