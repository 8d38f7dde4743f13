import type { GetClient } from '../../evidence/bounded-get.ts';
import type { MemberReport, PeerAnswer } from '../../model/evidence.ts';
import type { Kubectl } from './kubectl.ts';
import { printable } from './printable.ts';

/** The probe's own report, or why there is none, as one line. */
export type ProbeAnswer = { readonly report: MemberReport } | { readonly none: string };

/** The probe of a pod. */
export interface ProbeAt {
  readonly pod: string;
  readonly namespace: string | null;
  readonly port: number;
}

const TIMEOUT_MS = 3_000;
const RAW_LIMITS = { timeoutMs: 5_000, maxBytes: 262_144 };

/** Its certificate is not verified: nothing secret is sent, and kubectl has shown which pod the way leads to. */
const TLS: GetClient = {
  tls: { serverName: null, isUnverified: true },
  authorization: null,
};

/** Asks the probe through a forwarded port: in plain HTTP, and by TLS where it speaks that. */
export async function askProbe(pod: string, localPort: number): Promise<ProbeAnswer> {
  const { askPeers, PEER_LIMITS } = await import('../../evidence/peers.ts');
  const limits = { ...PEER_LIMITS, timeoutMs: TIMEOUT_MS };
  const target = { name: pod, address: '127.0.0.1', port: localPort };
  const ask = async (client?: GetClient): Promise<PeerAnswer | undefined> =>
    (await askPeers([target], limits, client)).get(pod);
  const plain = await ask();
  // What the probe's port answers to plain HTTP where it speaks TLS (`http/client-hello.ts`).
  const wantsTls = plain?.kind === 'http-error' && plain.reason.endsWith(' 400');
  return answerOf(wantsTls ? await ask(TLS) : plain, wantsTls);
}

function answerOf(answer: PeerAnswer | undefined, byTls: boolean): ProbeAnswer {
  if (answer?.kind === 'answered') return { report: answer.report };
  const reason = answer === undefined ? 'it was not asked' : answer.reason;
  if (/ 40[13]$/.test(reason)) return { none: `the probe wants a password (${reason})` };
  // A client without a certificate is sent away after the handshake (`http/tls.ts`).
  const isSentAway = byTls && (answer?.kind === 'reset' || answer?.kind === 'invalid');
  return {
    none: isSentAway
      ? `the probe wants a client's certificate (${reason})`
      : `the probe gave no report: ${reason}`,
  };
}

/**
 * Asks it through the API server's own proxy to the pod, which needs another right (`pods/proxy`) than a
 * port-forward, and verifies no certificate of a pod either.
 */
export async function askThroughApi(
  kubectl: Kubectl,
  { pod, namespace, port }: ProbeAt,
): Promise<ProbeAnswer> {
  if (namespace === null) return { none: 'the probe could not be asked: its namespace is unknown' };
  const { readReport } = await import('../../evidence/peers.ts');
  let reason = '';
  for (const scheme of ['', 'https:']) {
    const path = `/api/v1/namespaces/${namespace}/pods/${scheme}${pod}:${port}/proxy/api/v1/report`;
    const result = await kubectl.run(['get', '--raw', path], RAW_LIMITS);
    if (result.kind === 'ok') {
      const answer = readReport(result.out.toString('utf8'), 0);
      if (answer.kind === 'answered') return { report: answer.report };
      reason = answer.reason;
    } else {
      reason = result.reason;
      if (result.why === 'forbidden') break;
    }
  }
  return { none: `the probe gave no report: ${printable(reason)}` };
}
