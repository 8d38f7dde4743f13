import { type Asking, createAsking } from '../agent/asking.ts';
import type { ProxyQuestions } from '../agent/proxy-asking.ts';
import type { Surroundings } from '../agent/surroundings.ts';
import { judgeIsolation } from '../assess/quorum/isolation.ts';
import { observerNames, resolveMembers } from '../assess/quorum/members.ts';
import { verifierOf } from '../assess/quorum/verified.ts';
import { knock } from '../evidence/knock.ts';
import type { askPeers as askPeersPlainly } from '../evidence/peers.ts';
import type { AskedMember } from '../model/asked.ts';
import { clientPort, peerPorts } from '../model/profile.ts';
import type { Ensemble, ServeCommand } from '../model/settings.ts';
import type { Address } from '../model/socket.ts';

/** What decides whom to ask. */
export interface AskedOf {
  readonly ensemble: () => Ensemble;
  readonly otherMembers: () => readonly AskedMember[];
  readonly behindProxy: () => boolean;
  /** Whether a mesh proxy's failed connects may explain what is seen now. */
  readonly failuresMatter: () => boolean;
  readonly onFault: (error: unknown) => void;
  /** Is told why a change of how peers are asked is not followed. */
  readonly onPeerClient: (reason: string) => void;
  /** Is told how many more of the proxy's connects to an address have failed. */
  readonly onFailedConnects: (address: Address, more: number) => void;
}

/** The asking that `--ask` opted into; a source's code is loaded only where it is asked. */
export async function askAsTold(
  { ask, judge, envoyAdmin, peerClientConfig }: ServeCommand,
  clock: () => number,
  of: AskedOf,
): Promise<Asking> {
  const { ports } = judge.profile;
  return createAsking({
    clock,
    onFault: of.onFault,
    schedule: (work, afterMs) => void setTimeout(work, afterMs).unref(),
    srvr: ask.includes('srvr') ? (await import('../evidence/srvr.ts')).askSrvr : null,
    envoy: ask.includes('envoy') ? await proxyQuestions() : null,
    peers: ask.includes('peers') ? await peersQuestion(peerClientConfig, of.onPeerClient) : null,
    // Behind a mesh the local proxy accepts for everybody: an open connection proves nothing there.
    knock: async (...where) => !of.behindProxy() && (await knock(...where)),
    clientPort: clientPort(judge.profile),
    judgeIsolation: (history, nowMs) =>
      judgeIsolation(history, nowMs, judge.profile.quorum.kind, verifierOf(of.ensemble())),
    watchedPorts: ports.flatMap((spec) => spec.ports),
    peerPorts: peerPorts(judge.profile),
    envoyAdmin,
    failuresMatter: of.failuresMatter,
    onFailedConnects: of.onFailedConnects,
    members: of.otherMembers,
  });
}

async function peersQuestion(
  peerClientConfig: string | null,
  onTrouble: (reason: string) => void,
): Promise<typeof askPeersPlainly> {
  const { askPeers, PEER_LIMITS } = await import('../evidence/peers.ts');
  if (peerClientConfig === null) return askPeers;
  const { followPeerClient } = await import('../evidence/peer-client.ts');
  const client = await followPeerClient(peerClientConfig, onTrouble);
  return async (targets, limits = PEER_LIMITS) => {
    await client.poll();
    return await askPeers(targets, limits, client.value());
  };
}

async function proxyQuestions(): Promise<ProxyQuestions> {
  const { askEnvoy, askConnectFailures } = await import('../evidence/envoy-admin.ts');
  return { all: askEnvoy, failures: askConnectFailures };
}

/** The members without a vote, by the names that this member's report has for them. */
export function observersOf(
  podName: string,
  { ensemble, names, podAddresses }: Pick<Surroundings, 'ensemble' | 'names' | 'podAddresses'>,
): ReadonlySet<string> {
  return observerNames(resolveMembers(ensemble, names, podName, podAddresses ?? []), podName);
}

/** Only configured members are ever asked. */
export function otherMembers(
  podName: string,
  { ensemble, names, podAddresses }: Pick<Surroundings, 'ensemble' | 'names' | 'podAddresses'>,
): AskedMember[] {
  return resolveMembers(ensemble, names, podName, podAddresses ?? [])
    .filter(({ self }) => !self)
    .map(({ name, addresses, observer }) => ({ name, addresses, voter: !observer }));
}

/** Whether this member votes; one that is not among those configured does not say that it is an observer. */
export function isVoter(
  podName: string,
  { ensemble, names, podAddresses }: Pick<Surroundings, 'ensemble' | 'names' | 'podAddresses'>,
): boolean {
  const own = resolveMembers(ensemble, names, podName, podAddresses ?? []).find(({ self }) => self);
  return own === undefined || !own.observer;
}
