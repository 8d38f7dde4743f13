import { rememberSights } from '../assess/ensemble/sights.ts';
import {
  type Isolation,
  NEW_PEER,
  type PeerHistory,
  rememberAnswer,
  rememberHeard,
} from '../assess/quorum/isolation.ts';
import type { knock } from '../evidence/knock.ts';
import type { askPeers } from '../evidence/peers.ts';
import type { Asked, AskedMember, AskedPeers, PeerMemory } from '../model/asked.ts';
import type { PeerAnswer } from '../model/evidence.ts';
import { saidByPeers } from './said.ts';

/** How often the members' probes are asked. */
const PACE = { everyMs: 1_000, afterSilenceMs: 100, knockMs: 800 };

export interface MembersAskingEdges {
  readonly clock: () => number;
  readonly question: typeof askPeers;
  /** Whether anything comes back from a port. */
  readonly knock: typeof knock;
  /** The clients' port; `null` where the system has none. */
  readonly clientPort: number | null;
  /** What the silence of peers means under the system's rule. */
  readonly judgeIsolation: (history: PeerHistory, nowMs: number) => Isolation;
  /** The other members, as far as their addresses are known. */
  readonly members: () => readonly AskedMember[];
  /** The port on which the other members' probes listen. */
  readonly probePort: number;
  /** Takes what they said, with the part of it that judging rests on. */
  readonly take: (asked: Asked<AskedPeers>, saying: string) => void;
}

/** Asks the probes of all other members once; resolves to how soon to come again. */
export function createMembersAsking(edges: MembersAskingEdges): () => Promise<number> {
  const { clock } = edges;
  let before: AskedPeers | null = null;

  /**
   * Members whose probe is silent but whose client port sends anything back: a network policy on the
   * probe's port, or a roll-out of the probe, cuts nobody off.
   */
  async function whoStillAnswers(silent: readonly AskedMember[]): Promise<ReadonlySet<string>> {
    const { clientPort: port } = edges;
    if (port === null) return new Set();
    const answers = await Promise.all(
      silent.map(async ({ name, addresses: [address] }) =>
        address !== undefined && (await edges.knock(address, port, PACE.knockMs)) ? [name] : [],
      ),
    );
    return new Set(answers.flat());
  }

  return async () => {
    const members = edges.members();
    const targets = members.flatMap(({ name, addresses: [address] }) =>
      address === undefined ? [] : [{ name, address, port: edges.probePort }],
    );
    const askedMs = clock();
    const known: PeerHistory = before?.history ?? new Map();
    const [answers, heard] = await Promise.all([
      edges.question(targets),
      whoStillAnswers(members.filter(({ name }) => (known.get(name)?.timeouts ?? 0) > 0)),
    ]);
    const history = historyOf(members, known, answers, heard, askedMs);
    const atMs = clock();
    const sights = rememberSights(before?.sights, answers, askedMs, atMs);
    const isolation = edges.judgeIsolation(history, atMs).kind;
    before = { answers, history, sights };
    edges.take({ answer: before, atMs }, `${isolation} ${saidByPeers(answers)}`);
    // At once while somebody who answered before is silent.
    const firstSilence = [...history.values()].some(({ timeouts }) => timeouts === 1);
    return firstSilence ? PACE.afterSilenceMs : PACE.everyMs;
  };
}

/** How each voter answered so far, these answers included. */
function historyOf(
  members: readonly AskedMember[],
  before: PeerHistory,
  answers: ReadonlyMap<string, PeerAnswer>,
  heard: ReadonlySet<string>,
  askedMs: number,
): Map<string, PeerMemory> {
  const history = new Map<string, PeerMemory>();
  for (const { name, voter } of members) {
    if (!voter) continue;
    const answer = answers.get(name);
    const memory = before.get(name) ?? NEW_PEER;
    const next = answer === undefined ? memory : rememberAnswer(memory, answer, askedMs);
    history.set(name, heard.has(name) ? rememberHeard(next) : next);
  }
  return history;
}
