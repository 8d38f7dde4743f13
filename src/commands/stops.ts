import type { Agent } from '../agent/agent.ts';
import { createStopRequests, type StopRequests } from '../agent/stop-requests.ts';
import type { WatchedSurroundings } from './surroundings.ts';

/** The questions whether this member's server may stop, about what the agent and its peers report. */
export function stopRequestsOf(
  agent: Agent,
  { asked, isVoter, otherMembers }: WatchedSurroundings,
  clock: () => number,
): StopRequests {
  return createStopRequests({
    ...{ asked, isVoter, otherMembers, clock },
    report: agent.report,
    onReport: agent.onReport,
    publish: agent.stoppingIs,
    wallClock: () => new Date(),
    every(ms, work) {
      const timer = setInterval(work, ms).unref();
      return () => clearInterval(timer);
    },
  });
}
