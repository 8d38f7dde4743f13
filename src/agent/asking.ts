import type { Isolation, PeerHistory } from '../assess/quorum/isolation.ts';
import type { knock } from '../evidence/knock.ts';
import type { askPeers } from '../evidence/peers.ts';
import type { askSrvr } from '../evidence/srvr.ts';
import { type AskedEvidence, type AskedMember, NOTHING_ASKED } from '../model/asked.ts';
import type { Address } from '../model/socket.ts';
import { createMembersAsking } from './members-asking.ts';
import { createProxyAsking, type ProxyQuestions } from './proxy-asking.ts';
import { saidByProxy, saidByServer } from './said.ts';
import { createServerAsking, type ServerAsking } from './server-asking.ts';

/** How often the server is asked. */
const SRVR_EVERY_MS = 5_000;

export interface AskingEdges {
  readonly clock: () => number;
  /** Is told of a fault of the probe itself. */
  readonly onFault: (error: unknown) => void;
  readonly schedule: (work: () => void, afterMs: number) => void;
  /** The ways to ask; `null` where a source is not to be asked. */
  readonly srvr: typeof askSrvr | null;
  readonly envoy: ProxyQuestions | null;
  readonly peers: typeof askPeers | null;
  /** Whether anything comes back from a port. */
  readonly knock: typeof knock;
  /** The clients' port, which answers `srvr`; `null` where the system has none. */
  readonly clientPort: number | null;
  /** What the silence of peers means under the system's rule. */
  readonly judgeIsolation: (history: PeerHistory, nowMs: number) => Isolation;
  /** The ports that the proxy may deliver to. */
  readonly watchedPorts: readonly number[];
  /** Those among them between members. */
  readonly peerPorts: readonly number[];
  /** Where the proxy's admin is; both families' loopback where no host is given. */
  readonly envoyAdmin: { readonly host: string | null; readonly port: number };
  /** Whether the proxy's failed connects may explain what is seen now. */
  readonly failuresMatter: () => boolean;
  /** Is told how many more of the proxy's connects to an address have failed. */
  readonly onFailedConnects: (address: Address, more: number) => void;
  /** The other members, as far as their addresses are known. */
  readonly members: () => readonly AskedMember[];
}

export interface Asking {
  evidence(): AskedEvidence;
  /** Grows whenever an answer says something else than the one before. */
  revision(): number;
  /** Asks `srvr` again at once: the sockets show another role. */
  roleChanged(): void;
  /** Begins; the other members' probes listen on `probePort`, as this one does. */
  start(probePort: number): void;
  stop(): void;
}

/** Asks what was opted into, each source at its own pace and never while one of its answers is due. */
export function createAsking(edges: AskingEdges): Asking {
  const said = createSaid();
  const server = serverAsking(edges, said);
  let stopped = false;

  function repeat(ask: () => Promise<number>): void {
    if (stopped) return;
    void ask()
      .catch((error: unknown) => {
        edges.onFault(error);
        return SRVR_EVERY_MS;
      })
      .then((afterMs) => edges.schedule(() => repeat(ask), afterMs));
  }

  return {
    evidence: said.evidence,
    revision: said.revision,
    roleChanged() {
      if (!stopped) server?.askAnew();
    },
    start(probePort) {
      if (server !== null) repeat(() => server.ask().then(() => SRVR_EVERY_MS));
      if (edges.envoy !== null) repeat(proxyAsking(edges, edges.envoy, said));
      if (edges.peers !== null) repeat(membersAsking(edges, edges.peers, probePort, said));
    },
    stop() {
      stopped = true;
      server?.stop();
    },
  };
}

/** The newest answers, and how often they said something else than before. */
interface Said {
  evidence(): AskedEvidence;
  revision(): number;
  /** `saying` is what of the answer the judging rests on. */
  take(source: keyof AskedEvidence, next: Partial<AskedEvidence>, saying: string): void;
}

function createSaid(): Said {
  let evidence = NOTHING_ASKED;
  let revision = 0;
  const sayings = { srvr: '', envoy: '', peers: '' };
  return {
    evidence: () => evidence,
    revision: () => revision,
    take(source, next, saying) {
      evidence = { ...evidence, ...next };
      if (sayings[source] !== saying) revision += 1;
      sayings[source] = saying;
    },
  };
}

function serverAsking(
  { clock, srvr: question, clientPort: port }: AskingEdges,
  said: Said,
): ServerAsking | null {
  if (question === null || port === null) return null;
  return createServerAsking({
    ...{ clock, question, port },
    take: (srvr) => said.take('srvr', { srvr }, saidByServer(srvr.answer)),
  });
}

function proxyAsking(
  {
    clock,
    watchedPorts,
    peerPorts,
    envoyAdmin: admin,
    failuresMatter,
    onFailedConnects,
  }: AskingEdges,
  questions: ProxyQuestions,
  said: Said,
): () => Promise<number> {
  return createProxyAsking({
    ...{ clock, questions, watchedPorts, peerPorts, admin, failuresMatter, onFailedConnects },
    take: (envoy) => said.take('envoy', { envoy }, saidByProxy(envoy.answer)),
  });
}

function membersAsking(
  { clock, knock, clientPort, judgeIsolation, members }: AskingEdges,
  question: typeof askPeers,
  probePort: number,
  said: Said,
): () => Promise<number> {
  return createMembersAsking({
    ...{ clock, knock, clientPort, judgeIsolation, members, question, probePort },
    take: (peers, saying) => said.take('peers', { peers }, saying),
  });
}
