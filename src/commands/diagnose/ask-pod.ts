import { PROXY_LIMITS, SERVER_LIMITS } from '../../evidence/limits.ts';
import type { CollectedPod } from '../../model/collection.ts';
import type { MemberReport } from '../../model/evidence.ts';
import { clientPort, type Profile, peerPorts } from '../../model/profile.ts';
import type { Kubectl } from './kubectl.ts';

/** What is asked of one pod beyond its tables. */
export interface Questions {
  /** The client port on which the server reports on itself; `null` where its system does not. */
  readonly srvrPort: number | null;
  /** The admin port of the mesh's proxy; `null` where there is none that is understood. */
  readonly adminPort: number | null;
  /** The port of the probe in the pod; `null` where there is none. */
  readonly probePort: number | null;
}

export type Answers = Pick<CollectedPod, 'srvr' | 'envoy' | 'report'> & {
  /** One line for each question that had no answer because nothing could be sent. */
  readonly gaps: readonly string[];
};

const FORWARD_MS = 8_000;
const RAW_LIMITS = { timeoutMs: 5_000, maxBytes: 262_144 };

/** The questions that a system, a mesh proxy and a probe in the pod answer. */
export function questionsFor(
  profile: Profile,
  has: { readonly envoyAdmin: number | null; readonly probe: number | null },
): Questions {
  return {
    srvrPort: profile.ownWord === 'srvr' ? clientPort(profile) : null,
    adminPort: has.envoyAdmin,
    probePort: has.probe,
  };
}

/** Asks through one port-forward, and the probe through the API server where that cannot be had. Never rejects. */
export async function askPod(
  kubectl: Kubectl,
  pod: string,
  namespace: string | null,
  profile: Profile,
  { srvrPort, adminPort, probePort }: Questions,
): Promise<Answers> {
  const ports = [srvrPort, adminPort, probePort].filter((port) => port !== null);
  const nothing = { srvr: null, envoy: null, report: null };
  if (ports.length === 0) return { ...nothing, gaps: [] };
  const forward = await kubectl.forward(pod, ports, FORWARD_MS);
  if (typeof forward === 'string') {
    const report = probePort === null ? null : await rawReport(kubectl, pod, namespace, probePort);
    const asked = [
      srvrPort === null ? [] : ['the server'],
      adminPort === null ? [] : ['the mesh proxy'],
      probePort === null || report !== null ? [] : ['the probe'],
    ].flat();
    const gaps =
      asked.length === 0 ? [] : [`${pod}: ${asked.join(' and ')} could not be asked: ${forward}`];
    return { ...nothing, report, gaps };
  }
  const local = (port: number | null): number | null =>
    port === null ? null : (forward.ports.get(port) ?? null);
  try {
    const [srvr, envoy, report] = await Promise.all([
      askServer(local(srvrPort)),
      askProxy(local(adminPort), profile),
      askProbe(local(probePort), pod),
    ]);
    const gaps =
      srvr?.kind === 'failed'
        ? [`${pod}: the server gave no answer on port ${srvrPort}: ${srvr.reason}, ${srvr.detail}`]
        : [];
    return { srvr, envoy, report, gaps };
  } finally {
    forward.close();
  }
}

async function askServer(port: number | null): Promise<CollectedPod['srvr']> {
  if (port === null) return null;
  const { askSrvr } = await import('../../evidence/srvr.ts');
  return await askSrvr({ host: '127.0.0.1', port, ...SERVER_LIMITS });
}

async function askProxy(port: number | null, profile: Profile): Promise<CollectedPod['envoy']> {
  if (port === null) return null;
  const { askEnvoy } = await import('../../evidence/envoy-admin.ts');
  return await askEnvoy({
    watchedPorts: profile.ports.flatMap((spec) => spec.ports),
    peerPorts: peerPorts(profile),
    ...PROXY_LIMITS,
    ...{ host: '127.0.0.1', port },
  });
}

async function askProbe(port: number | null, pod: string): Promise<MemberReport | null> {
  if (port === null) return null;
  const { askPeers, PEER_LIMITS } = await import('../../evidence/peers.ts');
  const target = { name: pod, address: '127.0.0.1', port };
  const answers = await askPeers([target], { ...PEER_LIMITS, timeoutMs: 3_000 });
  const answer = answers.get(pod);
  return answer?.kind === 'answered' ? answer.report : null;
}

/** The API server's own proxy to the pod needs another right (`pods/proxy`) than a port-forward. */
async function rawReport(
  kubectl: Kubectl,
  pod: string,
  namespace: string | null,
  port: number,
): Promise<MemberReport | null> {
  if (namespace === null) return null;
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/api/v1/report`;
  const result = await kubectl.run(['get', '--raw', path], RAW_LIMITS);
  if (result.kind === 'failed') return null;
  const { readReport } = await import('../../evidence/peers.ts');
  const answer = readReport(result.out.toString('utf8'), 0);
  return answer.kind === 'answered' ? answer.report : null;
}
