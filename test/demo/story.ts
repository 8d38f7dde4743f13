import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, Observation } from './agent.ts';
import type { StandIn } from './stand-in.ts';

/** How long each part of the story is left to be looked at. */
export interface Pace {
  readonly healthyMs: number;
  readonly lookingMs: number;
  readonly recoveredMs: number;
  /** The agent's `--settle`. */
  readonly settleMs: number;
}

export interface Stage {
  readonly standIn: StandIn;
  readonly agent: Agent;
  readonly pace: Pace;
  readonly say: (line: string) => void;
  /** Aborted when the demo is told to stop; what is under way then rejects. */
  readonly signal: AbortSignal;
}

const POLL_MS = 200;
const START_LIMIT_MS = 20_000;
const LOSS_LIMIT_MS = 5_000;
const GAIN_LIMIT_MS = 10_000;

/** Tells the story once; true if readiness was seen to be given, lost with the leader and given again. */
export async function tellOnce(stage: Stage): Promise<boolean> {
  const { standIn, pace, say } = stage;
  const watching = watch(stage);

  if (!(await watching.until(true, START_LIMIT_MS + pace.settleMs))) return false;
  await watching.during(pace.healthyMs);

  const lost = await standIn.loseLeader();
  say(`${lost.name} (${lost.address}), the leader, is lost: all its sockets close`);
  if (!(await watching.until(false, LOSS_LIMIT_MS))) return false;
  await watching.during(pace.lookingMs);

  const leader = await standIn.elect();
  say(`${leader.name} (${leader.address}) is elected and the others follow it`);
  say(`  the agent waits until the link with it has held for ${pace.settleMs / 1_000} s`);
  if (!(await watching.until(true, GAIN_LIMIT_MS + pace.settleMs))) return false;
  await watching.during(pace.recoveredMs);

  await standIn.restore();
  say(`${lost.name} (${lost.address}) is back, as a learner`);
  return true;
}

interface Watch {
  /** Polls until the agent's readiness is as wanted; false when the time is over. */
  until(ready: boolean, limitMs: number): Promise<boolean>;
  /** Polls for that long, to show what changes meanwhile. */
  during(ms: number): Promise<void>;
}

/** Asks the agent again and again and says what it answers, each time that changes. */
function watch({ agent, say, signal }: Stage): Watch {
  let shown = '';

  async function poll(): Promise<Observation | null> {
    await sleep(POLL_MS, undefined, { signal });
    const seen = await agent.observe();
    const line = describe(seen);
    if (seen !== null && line !== shown) {
      shown = line;
      say(line);
    }
    return seen;
  }

  return {
    async until(ready, limitMs) {
      const end = performance.now() + limitMs;
      while (performance.now() < end) {
        if ((await poll())?.ready === ready) return true;
      }
      say(`  the agent did not turn ${ready ? 'ready' : 'not ready'} within ${limitMs / 1_000} s`);
      return false;
    },
    async during(ms) {
      const end = performance.now() + ms;
      while (performance.now() < end) await poll();
    },
  };
}

function describe(seen: Observation | null): string {
  if (seen === null) return '  the agent does not answer';
  const readiness = seen.ready ? 'ready (200)' : 'NOT ready (503)';
  return `  the agent says ${readiness}, role ${seen.role || 'not told'}`;
}
