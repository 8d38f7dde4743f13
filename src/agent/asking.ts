import { rememberSights } from '../assess/ensemble/sights.ts';
import {
  type Isolation,
  NEW_PEER,
  type PeerHistory,
  rememberAnswer,
  rememberHeard,
} from '../assess/quorum/isolation.ts';
import type { knock } from '../evidence/knock.ts';
import { SERVER_LIMITS } from '../evidence/limits.ts';
import type { askPeers } from '../evidence/peers.ts';
import type { askSrvr } from '../evidence/srvr.ts';
import {
  type AskedEvidence,
  type AskedMember,
  NOTHING_ASKED,
  type PeerMemory,
} from '../model/asked.ts';
import { createProxyAsking, type ProxyQuestions } from './proxy-asking.ts';
import { saidByPeers, saidByProxy, saidByServer } from './said.ts';

/** How often each source is asked. */
const SRVR_EVERY_MS = 5_000;
const PEERS = { everyMs: 1_000, afterSilenceMs: 100, knockMs: 800 };

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
  let evidence = NOTHING_ASKED;
  let revision = 0;
  let stopped = false;
  let srvrUnderWay = false;
  let srvrAgain = false;
  const said = { srvr: '', envoy: '', peers: '' };

  function take(source: keyof AskedEvidence, next: Partial<AskedEvidence>, saying: string): void {
    evidence = { ...evidence, ...next };
    if (said[source] !== saying) revision += 1;
    said[source] = saying;
  }

  async function askServer(): Promise<void> {
    const { clientPort: port } = edges;
    if (edges.srvr === null || port === null || srvrUnderWay) return;
    srvrUnderWay = true;
    const question = { host: '127.0.0.1', port, ...SERVER_LIMITS };
    do {
      srvrAgain = false;
      const answer = await edges.srvr(question);
      take('srvr', { srvr: { answer, atMs: edges.clock() } }, saidByServer(answer));
    } while (srvrAgain && !stopped);
    srvrUnderWay = false;
  }

  function proxyAsking(questions: ProxyQuestions): () => Promise<number> {
    const { clock, watchedPorts, peerPorts, envoyAdmin: admin, failuresMatter } = edges;
    return createProxyAsking({
      ...{ clock, questions, watchedPorts, peerPorts, admin, failuresMatter },
      take: (envoy) => take('envoy', { envoy }, saidByProxy(envoy.answer)),
    });
  }

  /**
   * Members whose probe is silent but whose client port sends anything back: a network policy on the
   * probe's port, or a roll-out of the probe, cuts nobody off.
   */
  async function whoStillAnswers(silent: readonly AskedMember[]): Promise<ReadonlySet<string>> {
    const { clientPort: port } = edges;
    if (port === null) return new Set();
    const answers = await Promise.all(
      silent.map(async ({ name, addresses: [address] }) =>
        address !== undefined && (await edges.knock(address, port, PEERS.knockMs)) ? [name] : [],
      ),
    );
    return new Set(answers.flat());
  }

  /** Resolves to how soon to ask again: at once while somebody who answered before is silent. */
  async function askMembers(probePort: number): Promise<number> {
    if (edges.peers === null) return PEERS.everyMs;
    const members = edges.members();
    const targets = members.flatMap(({ name, addresses: [address] }) =>
      address === undefined ? [] : [{ name, address, port: probePort }],
    );
    const askedMs = edges.clock();
    const before = evidence.peers?.answer.history ?? new Map<string, PeerMemory>();
    const [answers, heard] = await Promise.all([
      edges.peers(targets),
      whoStillAnswers(members.filter(({ name }) => (before.get(name)?.timeouts ?? 0) > 0)),
    ]);
    const history = new Map<string, PeerMemory>();
    for (const { name, voter } of members) {
      if (!voter) continue;
      const answer = answers.get(name);
      const memory = before.get(name) ?? NEW_PEER;
      const next = answer === undefined ? memory : rememberAnswer(memory, answer, askedMs);
      history.set(name, heard.has(name) ? rememberHeard(next) : next);
    }
    const atMs = edges.clock();
    const sights = rememberSights(evidence.peers?.answer.sights, answers, askedMs, atMs);
    const isolation = edges.judgeIsolation(history, atMs).kind;
    const saying = `${isolation} ${saidByPeers(answers)}`;
    take('peers', { peers: { answer: { answers, history, sights }, atMs } }, saying);
    const firstSilence = [...history.values()].some(({ timeouts }) => timeouts === 1);
    return firstSilence ? PEERS.afterSilenceMs : PEERS.everyMs;
  }

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
    evidence: () => evidence,
    revision: () => revision,
    roleChanged() {
      if (stopped) return;
      // The answer that is under way may be of the role before.
      srvrAgain = srvrUnderWay;
      void askServer();
    },
    start(probePort) {
      if (edges.srvr !== null) repeat(() => askServer().then(() => SRVR_EVERY_MS));
      if (edges.envoy !== null) repeat(proxyAsking(edges.envoy));
      if (edges.peers !== null) repeat(() => askMembers(probePort));
    },
    stop() {
      stopped = true;
    },
  };
}
