import type { Chronicle } from '../agent/chronicle.ts';
import { FINDING_CODES } from '../model/findings.ts';
import type { Report } from '../model/report.ts';
import type { Log } from './log.ts';

const QUIET_CODES: ReadonlySet<string> = new Set(
  FINDING_CODES.filter(({ severity }) => severity === 'info').map(({ code }) => code),
);

/** Logs each change once, worse ones as warnings, and nothing while nothing changes. */
export function logTransitions(chronicle: Chronicle, report: () => Report, log: Log): void {
  chronicle.onTransition(({ kind, from, to, lastedMs, detail }) => {
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
