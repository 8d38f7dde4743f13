import type { Report, Verdict } from '../../model/report.ts';

/**
 * By what the page is coloured: the verdict, but for a member that is healthy and not ready yet, which is
 * neither green nor red.
 */
export type Tone = Verdict | 'settling';

/** Whether readiness follows by itself if nothing changes. */
function isOnItsWay({ readiness: { state } }: Report): boolean {
  return state === 'settling' || state === 'awaiting-server';
}

export function toneOf(report: Report): Tone {
  return report.verdict === 'healthy' && isOnItsWay(report) ? 'settling' : report.verdict;
}

/** Readiness in a word, and its colour. */
export function readinessBadge(report: Report): {
  readonly words: string;
  readonly tone: 'yes' | 'no' | 'settling' | 'unknown';
} {
  switch (report.readiness.state) {
    case 'ready':
      return { words: 'ready', tone: 'yes' };
    case 'settling':
      return { words: 'settling', tone: 'settling' };
    case 'awaiting-server':
      return { words: 'waiting for the server', tone: 'settling' };
    case 'unknown':
      return { words: 'readiness unknown', tone: 'unknown' };
    case 'out':
      return { words: 'not ready', tone: 'no' };
  }
}
