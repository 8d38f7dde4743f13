import { type Request, type Response, Router } from 'express';
import { holdAnswer } from './connections/house.ts';

/** How a question ended; see the agent's stop requests, which answer it. */
export interface StopAnswer {
  readonly kind: 'allowed' | 'held' | 'timed-out' | 'given-up';
  readonly reason: string;
}

/** Who answers whether this member's server may stop. */
export interface StopQuestions {
  /** The decision of this moment. */
  decide(): StopAnswer;
  /** Answers once, after `waitMs` at the latest, and gives what ends the question without an answer. */
  hold(waitMs: number, answer: (answer: StopAnswer) => void): () => void;
}

/** Longer than any sensible grace period of a pod. */
const LONGEST_WAIT_MS = 600_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/**
 * `GET /stop-allowed?wait=60s`, for a container's `preStop.httpGet`: answers 200 as soon as the ensemble can
 * spare this member, and 503 where it could not within the time. Without `wait` it only says whether it could
 * now, and no other member learns of the question.
 */
export function stopRouter(questions: StopQuestions): Router {
  const router = Router({ caseSensitive: true });
  router.get('/stop-allowed', (request, response) => {
    const waitMs = waitOf(request.query['wait']);
    if (waitMs === null) {
      const text = 'wait must be a time of at most 10m, such as /stop-allowed?wait=60s\n';
      response.status(400).type('text/plain').send(text);
      return;
    }
    if (waitMs === 0 || request.method === 'HEAD') say(response, questions.decide());
    else hold(request, response, questions, waitMs);
  });
  return router;
}

function hold(
  request: Request,
  response: Response,
  questions: StopQuestions,
  waitMs: number,
): void {
  const answer = (given: StopAnswer): void => {
    if (!response.writableEnded && !response.destroyed) say(response, given);
  };
  const isHeld = holdAnswer(request, () => {
    end();
    answer({ kind: 'given-up', reason: 'too many requests are waiting; try again' });
  });
  if (!isHeld) {
    answer({ kind: 'given-up', reason: 'the probe is closing and cannot hold this any longer' });
    return;
  }
  const end = questions.hold(waitMs, answer);
  response.once('close', end);
}

/** A time in milliseconds; 0 where none is given, `null` for what is no time. */
function waitOf(given: unknown): number | null {
  if (given === undefined) return 0;
  const [, digits = '', unit = ''] =
    typeof given === 'string' ? (/^(\d{1,6})(ms|s|m)$/.exec(given) ?? []) : [];
  const factor = UNITS[unit];
  if (factor === undefined) return null;
  const waitMs = Number(digits) * factor;
  return waitMs <= LONGEST_WAIT_MS ? waitMs : null;
}

function say(response: Response, { kind, reason }: StopAnswer): void {
  response.status(kind === 'allowed' ? 200 : 503).type('text/plain');
  response.send(`${kind}: ${reason}\n`);
}
