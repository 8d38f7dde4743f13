import type { AskedEvidence, PeerMemory, PeerSight } from '../../src/model/asked.ts';
import type {
  EnvoyAnswer,
  EnvoyPort,
  LoopbackCause,
  PeerAnswer,
  ServingAnswer,
  SidecarName,
  SrvrAnswer,
} from '../../src/model/evidence.ts';
import { PEERS } from '../links/rows.ts';

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

/** Every report is made as late as can be. */
function newest(answers: ReadonlyMap<string, PeerAnswer>): ReadonlyMap<string, PeerSight> {
  const sight = { askedMs: 0, madeAfterMs: Number.POSITIVE_INFINITY, leadsSinceMs: 0 };
  return new Map(
    [...answers].flatMap(([name, answer]) =>
      answer.kind === 'answered' ? [[name, { ...sight, at: answer.report.at }]] : [],
    ),
  );
}

export function peers(
  history: readonly PeerMemory[],
  answers: ReadonlyMap<string, PeerAnswer> = new Map(),
): Pick<AskedEvidence, 'peers'> {
  const byName = new Map(history.map((memory, at) => [PEERS[at] ?? '', memory]));
  return { peers: { answer: { answers, history: byName, sights: newest(answers) }, atMs: 0 } };
}

export function admin(
  delivery: EnvoyPort['delivery'],
  causes: readonly LoopbackCause[] = [],
  more: { readonly sidecar?: SidecarName; readonly redirection?: 'told' | 'not-told' } = {},
): Pick<AskedEvidence, 'envoy'> {
  const port: EnvoyPort = { delivery, mtls: 'strict', causes, sidecar: more.sidecar ?? null };
  return adminOf(new Map([2181, 2888, 3888].map((number) => [number, port])), more.redirection);
}

export function adminOf(
  ports: ReadonlyMap<number, EnvoyPort>,
  redirection: 'told' | 'not-told' = 'told',
): Pick<AskedEvidence, 'envoy'> {
  const answer: EnvoyAnswer = {
    kind: 'answered',
    version: '1.30.1',
    istioVersion: '1.22.1',
    redirection,
    ports,
    connectFailures: [{ address: PEERS[0], port: 2888, failures: 7 }],
    missing: [],
    tooLong: [],
  };
  return { envoy: { answer, atMs: 0 } };
}
