import type { Surroundings } from '../agent/surroundings.ts';
import { rememberSights } from '../assess/ensemble/sights.ts';
import { NEW_PEER, rememberAnswer } from '../assess/quorum/isolation.ts';
import type { GetClient } from '../evidence/bounded-get.ts';
import { PROXY_LIMITS, SERVER_LIMITS } from '../evidence/limits.ts';
import type { AskedEvidence, AskedMember, AskedPeers, PeerMemory } from '../model/asked.ts';
import { clientPort, type Profile, peerPorts } from '../model/profile.ts';
import type { JudgeSettings, ScanCommand } from '../model/settings.ts';
import { otherMembers } from './ask.ts';

/** Asks each source that was opted into once, all at the same time. */
export async function askOnce(
  { ask, listen, envoyAdmin, peerClientConfig, ensemble: wantsEnsemble }: ScanCommand,
  { ensemble, podName, profile }: JudgeSettings,
  { names, podAddresses }: Pick<Surroundings, 'names' | 'podAddresses'>,
): Promise<AskedEvidence> {
  const port = clientPort(profile);
  const [srvr, envoy, peers] = await Promise.all([
    ask.includes('srvr') && port !== null ? askServer(port) : null,
    ask.includes('envoy') ? askProxy(profile, envoyAdmin) : null,
    ask.includes('peers') || wantsEnsemble
      ? askMembers(
          otherMembers(podName, { ensemble, names, podAddresses }),
          listen.port,
          peerClientConfig,
        )
      : null,
  ]);
  const atMs = performance.now();
  return {
    srvr: srvr === null ? null : { answer: srvr, atMs },
    envoy: envoy === null ? null : { answer: envoy, atMs },
    peers: peers === null ? null : { answer: peers, atMs },
  };
}

async function askServer(port: number) {
  const { askSrvr } = await import('../evidence/srvr.ts');
  return await askSrvr({ host: '127.0.0.1', port, ...SERVER_LIMITS });
}

async function askProxy(profile: Profile, admin: ScanCommand['envoyAdmin']) {
  const { askEnvoy } = await import('../evidence/envoy-admin.ts');
  return await askEnvoy({
    watchedPorts: profile.ports.flatMap((spec) => spec.ports),
    peerPorts: peerPorts(profile),
    ...PROXY_LIMITS,
    ...admin,
  });
}

async function askMembers(
  members: readonly AskedMember[],
  port: number,
  peerClientConfig: string | null,
): Promise<AskedPeers> {
  const { askPeers, PEER_LIMITS } = await import('../evidence/peers.ts');
  const client = peerClientConfig === null ? undefined : await clientOf(peerClientConfig);
  const askedMs = performance.now();
  const answers = await askPeers(
    members.flatMap(({ name, addresses: [address] }) =>
      address === undefined ? [] : [{ name, address, port }],
    ),
    PEER_LIMITS,
    client,
  );
  const history = new Map<string, PeerMemory>();
  for (const { name, voter } of members) {
    const answer = answers.get(name);
    if (voter && answer !== undefined) {
      history.set(name, rememberAnswer(NEW_PEER, answer, askedMs));
    }
  }
  return {
    answers,
    history,
    sights: rememberSights(new Map(), answers, askedMs, performance.now()),
  };
}

async function clientOf(path: string): Promise<GetClient> {
  const { readPeerClient } = await import('../evidence/peer-client.ts');
  return (await readPeerClient(path)).value;
}
