import type { Agent } from '../agent/agent.ts';
import type { Log } from './log.ts';

/** Logs what changed from report to report, and nothing while nothing does. */
export function logTransitions(agent: Agent, log: Log): void {
  agent.onReport((next, previous) => {
    const changed =
      next.ready !== previous.ready ||
      next.role !== previous.role ||
      next.verdict !== previous.verdict ||
      codes(next) !== codes(previous);
    if (!changed) return;
    const level = next.verdict === 'healthy' || next.ready ? 'info' : 'warn';
    log[level](
      { role: next.role, ready: next.ready, verdict: next.verdict, findings: codes(next) },
      next.findings[0]?.summary ?? `${next.role}, ${next.verdict}`,
    );
  });
}

function codes(report: { findings: readonly { code: string; severity: string }[] }): string {
  return report.findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code }) => code)
    .join(' ');
}
