import {
  type StopDecision,
  stopAllowed,
  type VoterSight,
  voterSight,
} from '../assess/stop/stop-allowed.ts';
import type { AskedEvidence, AskedMember } from '../model/asked.ts';
import type { Report, StoppingReport } from '../model/report.ts';

/** How often what decides is read while an answer is held. */
const READ_EVERY_MS = 200;
/** A server that has not stopped so long after the answer does not stop. */
const GOING_FOR_MS = 120_000;

/** How a question ended. `timed-out` and `given-up` are not permissions; the stop goes on all the same. */
export interface StopAnswer {
  readonly kind: 'allowed' | 'held' | 'timed-out' | 'given-up';
  readonly reason: string;
}

export interface StopEdges {
  readonly report: () => Report;
  readonly onReport: (listener: (report: Report) => void) => unknown;
  readonly asked: () => AskedEvidence;
  /** Whether this member has a vote. */
  readonly isVoter: () => boolean;
  readonly otherMembers: () => readonly AskedMember[];
  /** Puts the stop into the report. */
  readonly publish: (stopping: StoppingReport) => void;
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  readonly wallClock: () => Date;
  /** Repeats `work`; answers how to end that. */
  readonly every: (ms: number, work: () => void) => () => void;
}

/** The questions of this member's container hooks whether its server may stop. */
export interface StopRequests {
  /** The decision of this moment; nothing is held, and no member learns of it. */
  decide(): StopAnswer;
  /**
   * Holds a question for at most `waitMs`, and answers it once. Who is returned ends the question without
   * an answer: its client has gone, or its place is needed.
   */
  hold(waitMs: number, answer: (answer: StopAnswer) => void): () => void;
  /** Answers all that are held: the probe itself stops. */
  stop(): void;
}

interface Waiting {
  readonly untilMs: number;
  readonly waitMs: number;
  readonly answer: (answer: StopAnswer) => void;
}

interface Stop {
  readonly since: string;
  /** Ends of rounds of questions to the other members since then; the first may have begun before. */
  roundEnds: number;
  lastRoundMs: number | null;
  /** When a question was last answered, after which the server goes; `null` before. */
  answeredMs: number | null;
  /** Whether the server was seen in no quorum since the answer. */
  hasLeft: boolean;
}

/** Holds the questions, and keeps in the report that this member is to stop. */
export function createStopRequests(edges: StopEdges): StopRequests {
  const waiting = new Set<Waiting>();
  let stop: Stop | null = null;
  let stopReading: () => void = () => {};

  function begin(): Stop {
    stopReading = edges.every(READ_EVERY_MS, read);
    return newStop(edges);
  }

  function end(): void {
    stop = null;
    stopReading();
    edges.publish(null);
  }

  function read(): void {
    if (stop === null) return;
    const atMs = edges.asked().peers?.atMs ?? null;
    if (atMs !== stop.lastRoundMs) stop.roundEnds += 1;
    stop.lastRoundMs = atMs;
    if (waiting.size > 0) settle(edges, waiting, stop);
    else if (stop.answeredMs !== null && edges.clock() - stop.answeredMs >= GOING_FOR_MS) end();
  }

  edges.onReport(({ inQuorum }) => {
    if (stop === null || stop.answeredMs === null) return;
    if (inQuorum === false) stop.hasLeft = true;
    // The server is back in this same pod.
    else if (inQuorum === true && stop.hasLeft) end();
  });

  return {
    decide: () => decide(edges, stop),
    hold(waitMs, answer) {
      stop ??= begin();
      const one: Waiting = { untilMs: edges.clock() + waitMs, waitMs, answer };
      waiting.add(one);
      settle(edges, waiting, stop);
      return () => {
        if (!waiting.delete(one) || waiting.size > 0) return;
        // Nobody was told that it may stop.
        if (stop?.answeredMs === null) end();
      };
    },
    stop() {
      const reason = 'the probe is stopping and cannot hold this any longer';
      for (const one of [...waiting]) {
        waiting.delete(one);
        one.answer({ kind: 'given-up', reason });
      }
      if (stop !== null) end();
    },
  };
}

function newStop({ wallClock, asked }: StopEdges): Stop {
  return {
    since: wallClock().toISOString(),
    roundEnds: 0,
    lastRoundMs: asked().peers?.atMs ?? null,
    answeredMs: null,
    hasLeft: false,
  };
}

/** The decision of this moment; `stop` is what was begun, `null` where nobody asked for it yet. */
function decide(edges: StopEdges, stop: Stop | null): StopDecision {
  const asked = edges.asked();
  const own = edges.report();
  return stopAllowed({
    own,
    isVoter: edges.isVoter(),
    outForMs: outForMs(own, edges.wallClock()),
    others: edges
      .otherMembers()
      .filter(({ voter }) => voter)
      .map(({ name }) => sightOf(name, asked)),
    // The first round may have begun before the others could see this stop.
    rounds: asked.peers === null || stop === null ? null : Math.max(0, stop.roundEnds - 1),
  });
}

/** Answers those who may stop now or have waited long enough, and reports that the others are held. */
function settle(edges: StopEdges, waiting: Set<Waiting>, stop: Stop): void {
  const now = decide(edges, stop);
  const give = (one: Waiting, answer: StopAnswer): void => {
    waiting.delete(one);
    stop.answeredMs = edges.clock();
    // The others are to know before the server begins to stop.
    say(edges, stop, 'going', answer.reason);
    one.answer(answer);
  };
  for (const one of [...waiting]) {
    if (now.kind === 'allowed') give(one, now);
    else if (edges.clock() >= one.untilMs) {
      const reason = `not spared within ${one.waitMs / 1000} s: ${now.reason}`;
      give(one, { kind: 'timed-out', reason });
    }
  }
  if (stop.answeredMs === null) say(edges, stop, 'held', now.reason);
}

/** Puts the stop into the report, where that does not say so already. */
function say(edges: StopEdges, { since }: Stop, state: 'held' | 'going', reason: string): void {
  const said = edges.report().stopping;
  if (said?.state === state && said.reason === reason && said.since === since) return;
  edges.publish({ since, state, reason });
}

/** How long a member has been in no quorum; `null` where it is in one, or that is not known. */
function outForMs({ inQuorum, readiness: { state, since } }: Report, now: Date): number | null {
  if (inQuorum !== false || state !== 'out' || since === null) return null;
  return Math.max(0, now.getTime() - Date.parse(since));
}

function sightOf(name: string, { peers }: AskedEvidence): VoterSight {
  const answer = peers?.answer.answers.get(name);
  if (answer?.kind === 'answered') return voterSight(answer.report, name);
  const before = peers?.answer.history.get(name);
  const isSilent = answer?.kind === 'timeout' && before !== undefined && before.timeouts > 0;
  return isSilent && before.lastAnswerMs !== null ? { kind: 'silent' } : { kind: 'unknown' };
}
