import type { Ensemble } from './ensemble.ts';
import { isServing, type Mode } from './sample.ts';
import { describe, type PodState } from './watch.ts';
import { SYNC_LIMIT_TICKS, TICK_TIME_MS } from './zookeeper.ts';

/** Compares what the agents say with what the servers say at every answer of a server. */
export interface Agreement {
  /** To be called at each fault and each repair: ZooKeeper is given time to notice. */
  disturbed(): void;
  /** The disagreements since the last call that no tolerance covers, each with its socket tables. */
  take(): Promise<string[]>;
}

/** How long a server may not have noticed a fault that the agent sees. */
const SERVER_LAG_MS = TICK_TIME_MS * SYNC_LIMIT_TICKS + 2000;
/** How long the agent may take to follow, and the server's polling interval on top. */
const AGENT_LAG_MS = 1500 + 500;
const SETTLE_MS = 5000;

/** `less`: the agent denies what the server says; `settling`: it withholds readiness; `more`: it claims more. */
type Kind = 'less' | 'settling' | 'more' | 'more-than-silence';

interface Episode {
  readonly kind: Kind;
  readonly since: number;
  reported: boolean;
}

export function watchAgreement(ensemble: Ensemble): Agreement {
  const episodes = new Map<number, Episode>();
  let disturbedAt = Date.now();
  let found: Promise<string>[] = [];

  ensemble.watch.subscribe((sample) => {
    if (sample.kind !== 'srvr') return;
    const { pod, at, mode } = sample;
    const state = ensemble.watch.states[pod];
    const kind = state === undefined ? null : compare(state, mode);
    const member = ensemble.members[pod];
    if (kind === null || state === undefined || member === undefined) {
      episodes.delete(pod);
      return;
    }
    const before = episodes.get(pod);
    const episode = before?.kind === kind ? before : { kind, since: at, reported: false };
    episodes.set(pod, episode);
    if (episode.reported || tolerated(kind, at - episode.since, at - disturbedAt)) return;
    episode.reported = true;
    const what = `${kind} for ${at - episode.since} ms, ${at - disturbedAt} ms after a fault:\n${describe(state, pod)}`;
    found.push(member.socketTables().then((tables) => `${what}\n${tables}`));
  });

  return {
    disturbed() {
      disturbedAt = Date.now();
    },
    async take() {
      const taken = found;
      found = [];
      return Promise.all(taken);
    },
  };
}

function compare(state: PodState, mode: Mode): Kind | null {
  const { report, readyz } = state;
  // A dead agent says nothing that could disagree.
  if (report === null || readyz === null || readyz === 0) return null;
  const ready = readyz === 200;
  if (isServing(mode)) {
    if (report.role !== roleOf(mode) || report.inQuorum !== true) return 'less';
    return ready ? null : 'settling';
  }
  // Links stand before the data is synced: a server that does not serve yet may show as in quorum.
  if (!ready) return null;
  return mode === 'timeout' ? 'more-than-silence' : 'more';
}

function tolerated(kind: Kind, lastedMs: number, sinceFaultMs: number): boolean {
  switch (kind) {
    case 'less':
      return sinceFaultMs <= SERVER_LAG_MS || lastedMs <= AGENT_LAG_MS;
    case 'settling':
      return lastedMs <= SETTLE_MS + AGENT_LAG_MS;
    case 'more':
      return lastedMs <= AGENT_LAG_MS;
    case 'more-than-silence':
      // A hung process is out of its quorum only when its peers have given up on it.
      return lastedMs <= SERVER_LAG_MS + AGENT_LAG_MS;
  }
}

/** The role that sockets can show for a server's mode: observers look like followers. */
function roleOf(mode: Mode): string {
  if (mode === 'follower' || mode === 'observer') return 'learner';
  return mode;
}
