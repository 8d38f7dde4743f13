import type { Watched } from '../../src/http/watched.ts';
import type { AgentTotals, AgentView } from '../../src/model/agent-view.ts';
import type { FindingCode } from '../../src/model/findings.ts';
import type { Check, Finding, PortReport, Report } from '../../src/model/report.ts';
import { withReadiness } from './readiness-of.ts';

export const PEERS = ['zk-0.zk', 'zk-1.zk', 'zk-3.zk', 'zk-4.zk'];

/** What a five-member ZooKeeper watches from zk-2. */
export const WATCHED: Watched = {
  ports: [
    { port: 2181, role: 'client' },
    { port: 2281, role: 'client' },
    { port: 2888, role: 'quorum' },
    { port: 3888, role: 'election' },
  ],
  checks: [
    'client-port',
    'quorum-port',
    'election-port',
    'quorum-link',
    'majority',
    'peers',
    'queues',
    'scan',
  ],
  peers: PEERS,
};

export const BUILD = { version: '1.2.3', node: 'v20.20.2' };

/** The leader of five in full health. */
export function leaderReport(changes: Partial<Report> = {}): Report {
  return withReadiness({
    schemaVersion: 1,
    at: '2026-11-22T10:00:01.000Z',
    member: { name: 'zk-2', addresses: ['10.96.6.11'] },
    profile: 'zookeeper',
    profileBy: null,
    role: 'leader',
    inQuorum: true,
    ready: true,
    bootstrap: false,
    verdict: 'healthy',
    stopping: null,
    quorum: { size: 5, majority: 3, votes: 5, margin: 2 },
    checks: WATCHED.checks.map((name) => check(name)),
    findings: [],
    ports: [
      port(2181, 'client', { inbound: 3, states: { listen: 1, established: 3, time_wait: 12 } }),
      { ...port(2281, 'client', {}), listener: null },
      port(2888, 'quorum', { inbound: 4, expected: 4, states: { listen: 1, established: 4 } }),
      port(3888, 'election', { inbound: 2, outbound: 2, states: { listen: 1, established: 4 } }),
    ],
    links: PEERS.map((peer) => ({
      role: 'quorum',
      port: 2888,
      direction: 'inbound',
      peer,
      state: 'up',
      unackedBytes: 0,
      stalledMs: null,
      vitals: null,
    })),
    peers: PEERS.map((name, index) => ({
      name,
      addresses: [`10.96.8.${index}`],
      status: 'linked',
      reach: 'unknown',
      vitals: null,
    })),
    mesh: { kind: 'istio-sidecar', inbound: 'passthrough' },
    counters: {
      activeOpens: 40,
      passiveOpens: 50,
      attemptFails: 1,
      estabResets: 2,
      currEstab: 11,
      retransSegs: 3,
      outRsts: 4,
      listenOverflows: 5,
      listenDrops: 6,
      timeouts: 7,
    },
    asked: { srvr: null, envoy: null, peers: null },
    certificate: null,
    interfaces: [
      {
        name: 'lo',
        addresses: ['127.0.0.1'],
        mtu: 65536,
        state: 'unknown',
        receive: { bytes: 1, errors: 0, drops: 0 },
        transmit: { bytes: 1, errors: 0, drops: 0 },
      },
      {
        name: 'eth0',
        addresses: ['10.96.6.11'],
        mtu: 1450,
        state: 'up',
        receive: { bytes: 123456789012, errors: 1, drops: 2 },
        transmit: { bytes: 987654, errors: 3, drops: 4 },
      },
    ],
    scan: {
      at: '2026-11-22T10:00:00.500Z',
      reason: 'change',
      source: 'proc',
      durationMs: 4.5,
      cpuMs: 3.9,
      longestHoldMs: 2,
      rows: 31,
      malformed: {},
      duplicates: 0,
      truncated: false,
      error: null,
      listing: null,
    },
    ...changes,
  });
}

/** A member that has lost its leader. */
export function lookingReport(changes: Partial<Report> = {}): Report {
  return leaderReport({
    role: 'looking',
    inQuorum: false,
    ready: false,
    verdict: 'broken',
    quorum: { size: 5, majority: 3, votes: null, margin: null },
    checks: WATCHED.checks.map((name) =>
      name === 'quorum-link'
        ? check(name, 'fail', 'no link to a leader on port 2888')
        : check(name),
    ),
    findings: [finding('peer-connecting', 'warning'), finding('no-quorum', 'critical')],
    peers: PEERS.map((name) => ({
      name,
      addresses: [],
      status: 'unknown',
      reach: 'unknown',
      vitals: null,
    })),
    ...changes,
  });
}

/** Before the first look: nothing known. */
export function blankReport(): Report {
  const { readiness: _, ...blank } = leaderReport();
  return withReadiness({
    ...blank,
    role: 'unknown',
    inQuorum: null,
    ready: false,
    verdict: 'unknown',
    quorum: { size: 5, majority: 3, votes: null, margin: null },
    checks: [],
    ports: [],
    links: [],
    peers: [],
    mesh: { kind: 'unknown', inbound: 'unknown' },
    counters: {
      activeOpens: null,
      passiveOpens: null,
      attemptFails: null,
      estabResets: null,
      currEstab: null,
      retransSegs: null,
      outRsts: null,
      listenOverflows: null,
      listenDrops: null,
      timeouts: null,
    },
    interfaces: [],
    scan: { ...blank.scan, at: null, reason: 'start', durationMs: 0, rows: 0 },
  });
}

export function check(
  name: string,
  status: Check['status'] = 'pass',
  reason = 'as it should',
): Check {
  return { name, status, reason };
}

export function finding(code: FindingCode, severity: Finding['severity']): Finding {
  return {
    code,
    severity,
    certainty: 'confirmed',
    summary: `The ${code} of 10.96.6.11.`,
    evidence: ['LISTEN 0 50 10.96.6.11:3888 *:*'],
    cause: 'It happens.',
    remedy: `Undo the ${code}.`,
  };
}

interface PortFigures {
  readonly inbound?: number;
  readonly outbound?: number;
  readonly expected?: number;
  readonly states?: Readonly<Record<string, number>>;
}

function port(number: number, role: string, figures: PortFigures): PortReport {
  const { inbound = 0, outbound = 0, expected = null, states = {} } = figures;
  return {
    port: number,
    role,
    listener: { reach: 'wildcard', addresses: ['*'], acceptQueue: 0, acceptQueueLimit: null },
    links: { inbound, outbound, stalled: 0, connecting: 0, expected },
    unreadBytes: 0,
    unackedBytes: 0,
    states: { ...states },
  };
}

export const TOTALS: AgentTotals = {
  scans: { start: 1, change: 20, 'max-age': 300, confirm: 2 },
  scanErrors: {
    'table-unreadable': 0,
    'table-malformed': 0,
    'table-truncated': 0,
    'netlink-failed': 0,
    'sources-differ': 0,
    'counters-unreadable': 0,
    'interfaces-unreadable': 0,
    'names-failed': 0,
    'members-file-unreadable': 0,
    'web-config-unreadable': 0,
    'certificate-unreadable': 0,
    'judging-failed': 0,
    'collect-failed': 0,
  },
  linksOpened: new Map([[2888, 9]]),
  linksLost: new Map([[2888, 5]]),
  verdictChanges: new Map([['healthy degraded', 2]]),
  failedConnects: new Map(),
};

/** A view whose every answer a test may set while the server runs. */
export interface FakeView extends AgentView {
  current: Report;
  isAlive: boolean;
  isStopping: boolean;
  readonly errors: string[];
}

export function fakeView(report: Report = leaderReport()): FakeView {
  const view: FakeView = {
    current: report,
    isAlive: true,
    isStopping: false,
    errors: [],
    report: () => view.current,
    totals: () => TOTALS,
    alive: () => view.isAlive,
    stopping: () => view.isStopping,
    countError: (error) => {
      view.errors.push(error);
    },
  };
  return view;
}
