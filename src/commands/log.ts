import { type Logger, pino } from 'pino';
import type { LogLevel } from '../model/settings.ts';
import { logLines, openLogOutput } from './log-lines.ts';

export type Log = Logger;

/** Some fifty lines: what is new says more than what nobody read for long. */
const MOST_WAITING_BYTES = 16 * 1024;

export interface AgentLog {
  readonly log: Log;
  /** Lines that found no room, since the start. */
  linesDropped(): number;
  /** Resolves when the last lines are written, at the latest after `limitMs`. */
  flush(limitMs: number): Promise<void>;
}

/**
 * JSON lines on standard output. Nothing waits for whoever reads them: lines that find no room are
 * dropped and counted, and the next line that does says how many were.
 */
export function createLog(level: LogLevel): AgentLog {
  const lines = logLines(openLogOutput(), MOST_WAITING_BYTES, (dropped) =>
    log.warn({ dropped }, 'log lines were dropped: standard output was not read, or had no room'),
  );
  const log = pino(
    {
      level,
      base: null,
      formatters: { level: (name) => ({ level: name }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    lines,
  );
  return { log, linesDropped: lines.dropped, flush: lines.flush };
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
