import type { Chronicle } from '../agent/chronicle.ts';
import { NO_FINDING } from '../agent/transitions.ts';
import { FINDING_CODES } from '../model/findings.ts';
import type { Report } from '../model/report.ts';
import { createLineBudget, type LineBudgetEdges } from './line-budget.ts';
import type { Log } from './log.ts';

const QUIET_CODES: ReadonlySet<string> = new Set(
  FINDING_CODES.filter(({ severity }) => severity === 'info').map(({ code }) => code),
);

/** How time passes, so that tests can let it. */
export type LogTime = Pick<LineBudgetEdges, 'clock' | 'schedule'>;

/**
 * Logs each change once, worse ones as warnings, and nothing while nothing changes. Of what changes all the time
 * the first changes of a minute are logged, and then how many more there were.
 */
export function logTransitions(
  chronicle: Pick<Chronicle, 'onTransition'>,
  report: () => Pick<Report, 'role' | 'ready' | 'verdict'>,
  log: Pick<Log, 'info' | 'warn'>,
  time: LogTime,
): void {
  const isAllowed = createLineBudget({
    ...time,
    summarise(kind, { lines, last }) {
      const { role, ready, verdict } = report();
      const text = `${kind}: changed ${lines} more times within a minute, most recently to ${last}`;
      log.warn({ kind, leftOut: lines, to: last, role, ready, verdict }, text);
    },
  });
  chronicle.onTransition(({ kind, from, to, lastedMs, detail }) => {
    // Findings come and go by themselves: one that flickers must not silence the others.
    const changing = kind === 'finding' ? `finding ${to === NO_FINDING ? from : to}` : kind;
    if (!isAllowed(changing, to)) return;
    const { role, ready, verdict } = report();
    const fields = { kind, from, to, lastedMs, role, ready, verdict };
    const text = detail === '' ? `${kind}: ${from} to ${to}` : detail;
    if (isWorse(kind, to)) log.warn(fields, text);
    else log.info(fields, text);
  });
}

function isWorse(kind: string, to: string): boolean {
  switch (kind) {
    case 'ready':
      return to === 'not-ready';
    case 'verdict':
      return to === 'broken' || to === 'unknown';
    case 'finding':
      return to !== 'none' && !QUIET_CODES.has(to);
    default:
      return false;
  }
}
