import { type Assessment, assess } from '../../src/assess/assess.ts';
import { EMPTY_MEMORY, type Memory, type Observation } from '../../src/assess/observation.ts';
import { type AskedEvidence, NOTHING_ASKED, type PeerMemory } from '../../src/model/asked.ts';
import type {
  EnvoyAnswer,
  EnvoyPort,
  LoopbackCause,
  PeerAnswer,
  ServingAnswer,
  SrvrAnswer,
} from '../../src/model/evidence.ts';
import type { Report } from '../../src/model/report.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { listens, member, PEERS, POD, PROXY, row, tableOf } from '../links/rows.ts';
import { settingsFor } from './look.ts';

export const [PEER, OTHER] = PEERS;

/** The agent's own pace: five seconds to settle, ten for what must persist. */
export const AGENT: JudgeSettings = {
  ...settingsFor([POD, ...PEERS]),
  settleMs: 5_000,
  persistMs: 10_000,
};
/** One look judges what it sees. */
export const ONE_LOOK: JudgeSettings = settingsFor([POD, ...PEERS]);

export const LOOKING = member(POD, 'other');
const ELECTION = [row(`${POD}:3888`, `${PEER}:1`), row(`${POD}:3888`, `${OTHER}:2`)];
export const LEARNER = [...LOOKING, row(`${POD}:40000`, `${PEER}:2888`), ...ELECTION];
export const LEADER = [
  ...member(POD, 'leader'),
  row(`${POD}:2888`, `${PEER}:1`),
  row(`${POD}:2888`, `${OTHER}:2`),
  ...ELECTION,
];

/** What one look brings, beyond a quiet pod in which nothing was asked. */
export interface Step {
  readonly rows: readonly Socket[];
  readonly atMs?: number;
  readonly asked?: Partial<AskedEvidence>;
  readonly changes?: Partial<Observation>;
}

export function observed({ rows, atMs = 0, asked = {}, changes = {} }: Step): Observation {
  const table = tableOf(rows);
  return {
    nowMs: atMs,
    at: new Date(Date.UTC(2026, 0, 1) + atMs).toISOString(),
    table,
    counters: {
      activeOpens: 9,
      passiveOpens: 9,
      attemptFails: 0,
      estabResets: 0,
      currEstab: 9,
      retransSegs: 0,
      outRsts: 0,
      listenOverflows: 0,
      listenDrops: 0,
      timeouts: 0,
    },
    names: new Map(),
    podAddresses: [POD],
    interfaces: [],
    asked: { ...NOTHING_ASKED, ...asked },
    scan: {
      at: null,
      reason: 'start',
      durationMs: 0,
      cpuMs: 0,
      longestHoldMs: 0,
      rows: table.rowsRead,
      malformed: {},
      duplicates: 0,
      truncated: false,
      error: null,
    },
    ...changes,
  };
}

/** The reports of one look after the other. */
export function reports(steps: readonly Step[], settings: JudgeSettings = AGENT): Report[] {
  let memory: Memory = EMPTY_MEMORY;
  return steps.map((step) => {
    const assessment: Assessment = assess(observed(step), memory, settings);
    memory = assessment.memory;
    return assessment.report;
  });
}

/** The report of the last look. */
export function lastReport(steps: readonly Step[], settings: JudgeSettings = AGENT): Report {
  const last = reports(steps, settings).at(-1);
  if (last === undefined) throw new Error('no look was given');
  return last;
}

/** The same rows looked at once a second, from 0 s up to the given one. */
export function held(
  rows: readonly Socket[],
  seconds: number,
  changes: Partial<Step> = {},
): Step[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    rows,
    atMs: second * 1_000,
    ...changes,
  }));
}

export function codes({ findings }: Report): string[] {
  return findings.map(({ code }) => code);
}

export const SERVING: ServingAnswer = {
  kind: 'serving',
  mode: 'follower',
  version: '3.9.3',
  zxid: '0x10',
  outstanding: 0,
  connections: 1,
  nodeCount: 5,
  latencyMs: { min: 0, avg: 0, max: 1 },
  received: 1,
  sent: 1,
};

export function srvr(answer: SrvrAnswer, atMs: number): Pick<AskedEvidence, 'srvr'> {
  return { srvr: { answer, atMs } };
}

/** A peer that answered last at one time and let the questions since then time out. */
export function silent(lastAnswerMs: number | null, timeouts: number): PeerMemory {
  return { lastAnswerMs, timeouts, silentSinceMs: timeouts === 0 ? null : (lastAnswerMs ?? 0) };
}

export function peers(
  history: readonly PeerMemory[],
  answers: ReadonlyMap<string, PeerAnswer> = new Map(),
): Pick<AskedEvidence, 'peers'> {
  const byName = new Map(history.map((memory, at) => [PEERS[at] ?? '', memory]));
  return { peers: { answer: { answers, history: byName }, atMs: 0 } };
}

export function admin(
  delivery: EnvoyPort['delivery'],
  loopbackCauses: readonly LoopbackCause[] = [],
): Pick<AskedEvidence, 'envoy'> {
  const answer: EnvoyAnswer = {
    kind: 'answered',
    version: '1.30.1',
    istioVersion: '1.22.1',
    ports: new Map([2181, 2888, 3888].map((port) => [port, { delivery, mtls: 'strict' }])),
    loopbackCauses,
    connectFailures: [{ address: PEER, port: 2888, failures: 7 }],
    missing: [],
  };
  return { envoy: { answer, atMs: 0 } };
}

/** Clients that Istio's sidecar dials the server for, from the one address it has. */
export function passthroughClients(count: number): Socket[] {
  return Array.from({ length: count }, (_, at) => {
    const from = `127.0.0.6:${1024 + at}`;
    return [row(`${POD}:2181`, from), row(from, `${POD}:2181`, PROXY)];
  }).flat();
}

/** A learner behind Istio's sidecar whose way to the leader ends at the proxy. */
export function endsAtProxy(): Socket[] {
  return [
    ...LOOKING,
    listens('*:15001', PROXY),
    listens('*:15006', PROXY),
    listens('127.0.0.1:15000', PROXY),
    listens('*:15020', PROXY),
    row(`${POD}:40000`, `${PEER}:2888`),
    row('127.0.0.1:15001', `${POD}:40000`, PROXY),
  ];
}
