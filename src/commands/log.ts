import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from '../model/settings.ts';

export type Log = Logger;

/** JSON lines on standard output, written at once: an agent that is killed must not lose its last line. */
export function createLogger(level: LogLevel): Log {
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    destination({ dest: 1, sync: true }),
  );
}

/** Warns of a trouble when its reason changes, not each time it happens. */
export function onceAChange(log: Log): (what: string, reason: string) => void {
  const said = new Map<string, string>();
  return (what, reason) => {
    if (said.get(what) === reason) return;
    said.set(what, reason);
    log.warn({ what, reason }, 'trouble');
  };
}
